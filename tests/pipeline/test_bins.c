/*
 * Histograms from a trial to bins.csv and back, and what an interruption leaves.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "pipeline/bins.h"
#include "pipeline/capture.h"

struct home {
	char dir[64], path[96];
	struct arena arena;
	int fd;
};

static int setup(void **state)
{
	struct home *h = calloc(1, sizeof *h);
	char number[12];

	strcpy(h->dir, "/tmp/test_bins.XXXXXX");
	if (!mkdtemp(h->dir))
		return -1;
	snprintf(h->path, sizeof h->path, "%s/bins.csv", h->dir);
	h->fd = bins_open();
	snprintf(number, sizeof number, "%d", h->fd);
	setenv(BINS_ENV, number, 1);
	*state = h;
	return h->fd < 0 ? -1 : 0;
}

static int teardown(void **state)
{
	struct home *h = *state;

	unsetenv(BINS_ENV);
	close(h->fd);
	unlink(h->path);
	rmdir(h->dir);
	arena_release(&h->arena);
	free(h);
	return 0;
}

static void send(uint64_t rep, const char *kind, const uint64_t *value, size_t n)
{
	static struct hist h;

	memset(&h, 0, sizeof h);
	for (size_t i = 0; i < n; i++)
		hist_add(&h, value[i]);
	assert_int_equal(bins_send(rep, kind, &h), 0);
}

static struct bins_row *read_all(struct home *h, size_t n)
{
	struct bins_row *row = NULL;
	size_t got;

	assert_int_equal(bins_read(h->dir, &row, &got, &h->arena), 0);
	assert_int_equal(got, n);
	return row;
}

static void test_round_trip(void **state)
{
	static const uint64_t units[] = { 0, 5, 5, 1000, 1234567, UINT64_MAX };
	static const uint64_t holds[] = { 77 };
	struct home *h = *state;
	static struct hist back, want;
	struct bins_row *row;

	send(1, "unit", units, 6);
	send(1, "hold", holds, 1);
	send(2, "unit", holds, 1);
	assert_int_equal(bins_append(h->dir, h->fd, 0xabc, 4), 0);
	row = read_all(h, 3);
	assert_int_equal(row[0].trial, 0xabc);
	assert_int_equal(row[0].rep, 5);	/* counted on from 4 */
	assert_int_equal(row[2].rep, 6);
	assert_string_equal(row[1].kind, "hold");
	assert_int_equal(bins_add(&row[0], &back), 0);
	for (size_t i = 0; i < 6; i++)
		hist_add(&want, units[i]);
	assert_int_equal(back.n, 6);
	assert_memory_equal(back.count, want.count, sizeof want.count);
}

static void test_nothing(void **state)
{
	static struct hist empty;
	struct home *h = *state;

	assert_int_equal(bins_send(1, "unit", &empty), 0);
	assert_int_equal(bins_append(h->dir, h->fd, 1, 0), 0);
	read_all(h, 0);
	unsetenv(BINS_ENV);	/* nobody asked */
	empty.n = 1;
	assert_int_equal(bins_send(1, "unit", &empty), 0);
	empty.n = 0;
}

static void test_torn(void **state)
{
	static const uint64_t value[] = { 9 };
	struct home *h = *state;
	static const char *const torn[] = { "00000000000", "0" };

	send(1, "unit", value, 1);
	assert_int_equal(bins_append(h->dir, h->fd, 1, 0), 0);
	for (size_t i = 0; i < 2; i++) {
		FILE *f = fopen(h->path, "a");

		fputs(torn[i], f);
		fclose(f);
		read_all(h, i + 1);
		assert_int_equal(bins_append(h->dir, h->fd, i + 2, 0), 0);
		assert_int_equal(read_all(h, i + 2)[i + 1].trial, i + 2);
	}
}

static void test_nonsense(void **state)
{
	static const char *const bad[] = { "x", "1", "1=", "1=2;x", "1=2,", "1=2;3" };
	static struct hist h;
	char said[256];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct bins_row row = { .bins = bad[i] };
		struct capture c = capture_start();
		int rc = bins_add(&row, &h);

		capture_stop(&c, said, sizeof said);
		assert_int_equal(rc, -1);
		assert_non_null(strstr(said, "not bins"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_round_trip, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_torn, setup, teardown),
		cmocka_unit_test(test_nonsense),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

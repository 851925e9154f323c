/* The one dialect: what is read, and what is refused with its line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/csv.h"
#include "pipeline/capture.h"

static char path[64];

static int setup(void **state)
{
	int fd;

	(void)state;
	strcpy(path, "/tmp/test_csv.XXXXXX");
	fd = mkstemp(path);
	return fd < 0 ? -1 : close(fd);
}

static int teardown(void **state)
{
	(void)state;
	return unlink(path);
}

/* Read @n bytes as a file; what is said goes to @said. */
static int read_bytes(struct csv *c, struct arena *a, const char *text, size_t n, char said[256])
{
	FILE *f = fopen(path, "w");
	struct capture cap;
	int rc;

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n, f), n);
	fclose(f);
	cap = capture_start();
	rc = csv_read(c, path, a);
	capture_stop(&cap, said, 256);
	return rc;
}

static void test_read(void **state)
{
	static const char text[] = "a,bb,c\n1,2,3\n,,\nx y,;,=\n";
	struct arena a = { 0 };
	char said[256];
	struct csv c;

	(void)state;
	assert_int_equal(read_bytes(&c, &a, text, strlen(text), said), 0);
	assert_int_equal(c.columns, 3);
	assert_int_equal(c.rows, 3);
	assert_string_equal(c.column[1], "bb");
	assert_string_equal(c.row[0][2], "3");
	assert_string_equal(c.row[1][0], "");
	assert_string_equal(c.row[1][2], "");
	assert_string_equal(c.row[2][0], "x y");
	assert_int_equal(csv_column(&c, "c"), 2);
	assert_int_equal(read_bytes(&c, &a, "a\n", 2, said), 0);
	assert_int_equal(c.columns, 1);
	assert_int_equal(c.rows, 0);
	arena_release(&a);
}

static void test_refused(void **state)
{
	static const struct {
		const char *text;
		size_t n;
		const char *why;
	} bad[] = {
		{ "", 0, "not whole" },
		{ "a,b", 3, "not whole" },
		{ "a,b\n1,2", 7, "not whole" },
		{ "a,b\n1\n", 6, ":2: 1 fields, the header has 2" },
		{ "a,b\n1,2\n1,2,3\n", 14, ":3: 3 fields, the header has 2" },
		{ "a,b\n\n", 5, ":2: 1 fields" },
		{ "a,b\n1,\0\n", 8, "NUL" },
	};
	char said[256];
	struct csv c;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct arena a = { 0 };

		assert_int_equal(read_bytes(&c, &a, bad[i].text, bad[i].n, said), -1);
		assert_non_null(strstr(said, bad[i].why));
		assert_non_null(strstr(said, path));
		arena_release(&a);
	}
}

static void test_missing(void **state)
{
	struct capture cap = capture_start();
	struct arena a = { 0 };
	char said[256];
	struct csv c;
	int rc = csv_read(&c, "/nonexistent/x.csv", &a);

	(void)state;
	capture_stop(&cap, said, sizeof said);
	assert_int_equal(rc, -1);
	assert_non_null(strstr(said, "/nonexistent/x.csv: No such file"));
	arena_release(&a);
}

static void test_no_column(void **state)
{
	struct arena a = { 0 };
	char said[256];
	struct capture cap;
	struct csv c;
	int column;

	(void)state;
	assert_int_equal(read_bytes(&c, &a, "a,b\n", 4, said), 0);
	cap = capture_start();
	column = csv_column(&c, "z");
	capture_stop(&cap, said, sizeof said);
	assert_int_equal(column, -1);
	assert_non_null(strstr(said, "no column 'z'"));
	arena_release(&a);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_read), T(test_refused), T(test_missing), T(test_no_column),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

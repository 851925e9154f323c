/* A report is taken whole and unchanged, from its own trial, or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "pipeline/report.h"

enum { ID = 77 };

static int fd[2];

static int setup(void **state)
{
	(void)state;
	return pipe(fd);
}

static int teardown(void **state)
{
	(void)state;
	close(fd[0]);
	close(fd[1]);
	return 0;
}

static struct report sent(struct report r)
{
	struct report got;

	assert_int_equal(report_send(fd[1], &r), 0);
	assert_int_equal(read(fd[0], &got, sizeof got), sizeof got);
	return got;
}

static struct report good(void)
{
	struct report r;

	memset(&r, 0, sizeof r);
	r.trial = ID;
	r.phase = PHASE_DONE;
	r.reps = 2;
	r.m[1].wall_ns = 123;
	strcpy(r.reason, "because");
	return r;
}

static void a_whole_one_is_taken(void **state)
{
	struct report got = sent(good());

	(void)state;
	assert_int_equal(report_check(&got, ID), 0);
	assert_int_equal(got.m[1].wall_ns, 123);
	assert_string_equal(got.reason, "because");
}

static void another_trial_s_is_not(void **state)
{
	struct report got = sent(good());

	(void)state;
	assert_int_equal(report_check(&got, ID + 1), -1);
	assert_int_equal(report_check(&got, 0), -1);
}

static void no_changed_byte_goes_unnoticed(void **state)
{
	struct report got = sent(good());
	unsigned char *byte = (unsigned char *)&got;

	(void)state;
	for (size_t i = 0; i < sizeof got; i++) {
		byte[i] ^= 0x10;
		if (report_check(&got, ID) != -1)
			fail_msg("byte %zu", i);
		byte[i] ^= 0x10;
	}
	assert_int_equal(report_check(&got, ID), 0);
}

/* Half a record read into what was zero, or into the last whole one. */
static void half_a_one_is_not(void **state)
{
	struct report got = sent(good()), old = good(), half;

	(void)state;
	old.m[1].wall_ns = 122;
	old = sent(old);
	for (size_t n = 0; n < sizeof got; n += 8) {
		memset(&half, 0, sizeof half);
		memcpy(&half, &got, n);
		assert_int_equal(report_check(&half, ID), -1);
	}
	half = old;
	memcpy(&half, &got, sizeof half / 2);
	assert_int_equal(report_check(&half, ID), -1);
}

static void garbage_is_not(void **state)
{
	struct report r;

	(void)state;
	for (int byte = 0; byte < 256; byte++) {
		memset(&r, byte, sizeof r);
		assert_int_equal(report_check(&r, r.trial), -1);
	}
}

/* A trial that lies in a record of the right form. */
static void what_is_out_of_range_is_not(void **state)
{
	struct report phase = good(), status = good(), reps = good(), got;

	(void)state;
	phase.phase = PHASE_COUNT;
	got = sent(phase);
	assert_int_equal(report_check(&got, ID), -1);
	status.status = STATUS_COUNT;
	got = sent(status);
	assert_int_equal(report_check(&got, ID), -1);
	reps.reps = REPS_MAX + 1;
	got = sent(reps);
	assert_int_equal(report_check(&got, ID), -1);
}

static void nobody_listens(void **state)
{
	struct report r = good();

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	close(fd[0]);
	assert_int_equal(report_send(fd[1], &r), -1);
	assert_int_equal(errno, EPIPE);
}

static void every_phase_has_a_name(void **state)
{
	(void)state;
	for (unsigned p = 0; p < PHASE_COUNT; p++) {
		assert_non_null(phase_name(p));
		for (unsigned q = 0; q < p; q++)
			assert_string_not_equal(phase_name(p), phase_name(q));
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_whole_one_is_taken),
		TEST(another_trial_s_is_not),
		TEST(no_changed_byte_goes_unnoticed),
		TEST(half_a_one_is_not),
		TEST(garbage_is_not),
		TEST(what_is_out_of_range_is_not),
		TEST(nobody_listens),
		TEST(every_phase_has_a_name),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

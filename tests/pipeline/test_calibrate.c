/*
 * How much work a pass is: found once, on `single`, and the same for every
 * strategy from then on, with what a right answer is.  This program executes
 * itself for the probes, as samework does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "pipeline/calibrate.h"
#include "pipeline/supervise.h"
#include "pipeline/trial.h"

/* Trials in the order of this table: work, its size in the spec, its seed. */
static const struct row {
	const char *workload, *params, *strategy;
	uint64_t units, seed;
} rows[] = {
	{ "counter", "ops=500", "fork", NONE, 1 },
	{ "counter", "ops=500", "single", NONE, 1 },
	{ "counter", "ops=500", "pool", NONE, 1 },
	{ "counter", "ops=5", "fine", NONE, 1 },	/* other parameters */
	{ "counter", "ops=500", "fine", 3, 1 },		/* a size of its own */
	{ "counter", "ops=500", "gil", 3, 1 },
	{ "counter", "ops=500", "gil", NONE, 2 },	/* another seed */
	{ "nonsense", "", "single", NONE, 1 },		/* fails */
	{ "nonsense", "", "fine", 4, 1 },
};
enum { ROWS = sizeof rows / sizeof *rows };

static const struct profile profile = { .name = "test", .pass_ns = 20 * NS_PER_MS };
static struct trial trial[ROWS];

static int setup(void **state)
{
	struct plan p = { trial, ROWS };

	(void)state;
	for (size_t i = 0; i < ROWS; i++)
		trial[i] = (struct trial){
			.id = i + 1, .experiment = "e", .cell = "c", .role = "cell",
			.block = 1, .position = i + 1, .workload = rows[i].workload,
			.params = rows[i].params, .strategy = rows[i].strategy,
			.options = "", .workers = 1, .placement = "none", .cpus = "",
			.server_cpu = NONE, .oversubscribed = 1, .tasks = 4,
			.units = rows[i].units, .reps = 2, .seed = rows[i].seed,
			.timeout_ns = 20 * (uint64_t)NS_PER_SEC, .checksum = NONE,
			.state = NONE, .ops = NONE,
		};
	return calibrate(&p, &profile, -1);
}

static int same_sums(const struct trial *a, const struct trial *b)
{
	return a->checksum == b->checksum && a->state == b->state && a->ops == b->ops;
}

static void equal_work_has_one_size(void **state)
{
	(void)state;
	for (int i = 1; i < 3; i++) {
		assert_int_equal(trial[i].units, trial[0].units);
		assert_true(same_sums(&trial[i], &trial[0]));
	}
	/* a pass of 20 ms holds many, and of units of 5 increments more than of 500 */
	assert_true(trial[0].units > 1 && trial[0].units != NONE);
	assert_true(trial[3].units > trial[0].units);
}

static void what_a_spec_says_is_kept(void **state)
{
	(void)state;
	assert_int_equal(trial[4].units, 3);
	assert_int_equal(trial[5].units, 3);
	assert_true(same_sums(&trial[4], &trial[5]));
}

static void right_answers_are_known(void **state)
{
	(void)state;
	for (int i = 0; i < 7; i++) {
		uint64_t ops = i == 3 ? 5 : 500;

		assert_int_equal(trial[i].state, 4 * trial[i].units * ops);
		assert_int_not_equal(trial[i].checksum, NONE);
		assert_int_not_equal(trial[i].ops, NONE);
	}
	assert_false(same_sums(&trial[0], &trial[4]));
}

/* Its trials will say why; there is nothing to compare them with. */
static void what_fails_stays_unknown(void **state)
{
	(void)state;
	assert_true(trial[7].units >= 1 && trial[7].units != NONE);
	assert_int_equal(trial[8].units, 4);
	for (int i = 7; i < 9; i++)
		assert_true(trial[i].checksum == NONE && trial[i].state == NONE &&
			    trial[i].ops == NONE);
}

static void nothing_else_is_touched(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		assert_string_equal(trial[i].strategy, rows[i].strategy);
		assert_int_equal(trial[i].reps, 2);
		assert_int_equal(trial[i].position, i + 1);
		assert_int_equal(trial[i].seed, rows[i].seed);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_work_has_one_size),
		cmocka_unit_test(what_a_spec_says_is_kept),
		cmocka_unit_test(right_answers_are_known),
		cmocka_unit_test(what_fails_stays_unknown),
		cmocka_unit_test(nothing_else_is_touched),
	};
	static struct arena arena;	/* until the end */
	struct trial t;

	if (argc == 4 && !strcmp(argv[1], "trial"))
		return trial_parse(&t, argv[3], &arena) < 0 ? 1 : trial_main(&t, atoi(argv[2]));
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (supervise_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, setup, NULL);
}

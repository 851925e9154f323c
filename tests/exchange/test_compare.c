/*
 * What is said of two runs whose difference is known.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "exchange/twice.h"

#define CELL "w/fine/compact/2"

/* Ratios of the drift and the noise of study.h stay within this. */
#define assert_close(a, b) assert_true(fabs((a) / (b) - 1) < .03)

static void test_slower_and_faster(void **state)
{
	struct twice *t = *state;
	const struct pair *p;

	study_cell(&t->a, CELL, "cell", 12, 1e6, 0);
	study_cell(&t->b, CELL, "cell", 12, 2e6, 1);
	study_cell(&t->a, "w/fork/compact/2", "cell", 12, 3e6, 2);
	study_cell(&t->b, "w/fork/compact/2", "cell", 12, 1e6, 3);
	twice_compare(t);
	p = twice_pair(t, CELL);
	assert_string_equal(p->verdict, "slower");
	assert_close(p->shift.ratio.mid, 2);
	assert_true(p->shift.ratio.lo > 1.9 && p->shift.ratio.hi < 2.1);
	assert_close(p->median_a, 1e6);
	assert_close(p->median_b, 2e6);
	p = twice_pair(t, "w/fork/compact/2");
	assert_string_equal(p->verdict, "faster");
	assert_close(p->shift.ratio.mid, 1. / 3);
	assert_int_equal(compare_count(&t->c, "slower"), 1);
	assert_int_equal(compare_count(&t->c, "faster"), 1);
}

/* A shift of 1 % among noise of 0.4 %, and two modes as often as not. */
static void test_same_and_unclear(void **state)
{
	struct twice *t = *state;

	for (uint64_t b = 1; b <= 12; b++) {
		study_row(&t->a, study_plan(&t->a, CELL, "cell", b), 1,
			  1e6 * study_noise[b - 1]);
		study_row(&t->b, study_plan(&t->b, CELL, "cell", b), 1,
			  1.01e6 * study_noise[(b + 4) % 12]);
		study_row(&t->a, study_plan(&t->a, "v/fine/compact/2", "cell", b), 1,
			  b % 2 ? 1e6 : 2e6);
		study_row(&t->b, study_plan(&t->b, "v/fine/compact/2", "cell", b), 1,
			  b % 3 ? 1e6 : 2e6);
	}
	twice_compare(t);
	assert_string_equal(twice_pair(t, CELL)->verdict, "same");
	assert_string_equal(twice_pair(t, "v/fine/compact/2")->verdict, "unclear");
	assert_true(*twice_pair(t, "v/fine/compact/2")->reason);
}

/* Passes of one process are not independent: they are one sample. */
static void test_trial_is_the_sample(void **state)
{
	struct twice *t = *state;
	const struct pair *p;

	for (uint64_t b = 1; b <= 7; b++) {
		const struct trial *x = study_plan(&t->a, CELL, "cell", b);
		const struct trial *y = study_plan(&t->b, CELL, "cell", b);

		for (uint64_t rep = 1; rep <= 3; rep++) {
			study_row(&t->a, x, rep, rep == 3 ? 9e6 : 1e6 + (double)b);
			study_row(&t->b, y, rep, rep == 1 ? 9e6 : 2e6 + (double)b);
		}
	}
	twice_compare(t);
	p = twice_pair(t, CELL);
	assert_int_equal(p->na, 7);
	assert_int_equal(p->nb, 7);
	assert_true(fabs(p->shift.ratio.mid - 2) < 1e-5);
	assert_true(fabs(p->shift.p - 2. / 3432) < 1e-12);
}

static void test_few_blocks(void **state)
{
	struct twice *t = *state;
	const struct pair *p;

	study_cell(&t->a, CELL, "cell", 5, 1e6, 0);
	study_cell(&t->b, CELL, "cell", 12, 2e6, 1);
	twice_compare(t);
	p = twice_pair(t, CELL);
	assert_string_equal(p->verdict, "unclear");
	assert_string_equal(p->reason, "fewer than 6 blocks: 5 and 12");
	assert_true(isnan(p->shift.ratio.lo) && isnan(p->p_holm));
	assert_close(p->shift.ratio.mid, 2);
	assert_int_equal(t->c.family, 0);
	assert_true(isnan(t->c.least_p));
}

/* Rows that do not count do not count here either. */
static void test_bad_rows(void **state)
{
	struct twice *t = *state;

	study_cell(&t->a, CELL, "cell", 12, 1e6, 0);
	study_cell(&t->b, CELL, "cell", 12, 1e6, 1);
	study_fail(study_find(&t->a, CELL, 0, 3), "crash", "signal 11");
	study_find(&t->b, CELL, 0, 4)->status = "env_changed";
	study_find(&t->b, CELL, 0, 5)->status = "throttled";
	twice_compare(t);
	assert_int_equal(twice_pair(t, CELL)->na, 11);
	assert_int_equal(twice_pair(t, CELL)->nb, 10);
}

/* A difference that one cell may show, one of thirty may show by chance. */
static void test_family(void **state)
{
	struct twice *t = *state;
	enum { CELLS = 30 };

	for (int i = 0; i < CELLS; i++) {
		const char *cell = arena_printf(&t->arena, "w%02d/fine/compact/2", i);

		study_cell(&t->a, cell, "cell", 6, 1e6, 0);
		study_cell(&t->b, cell, "cell", 6, i ? 1e6 : 2e6, 0);
	}
	twice_compare(t);
	assert_int_equal(t->c.family, CELLS);
	assert_true(fabs(twice_pair(t, "w00/fine/compact/2")->shift.p - 2. / 924) < 1e-12);
	assert_true(fabs(twice_pair(t, "w00/fine/compact/2")->p_holm - 60. / 924) < 1e-12);
	assert_string_equal(twice_pair(t, "w00/fine/compact/2")->verdict, "unclear");
	assert_int_equal(compare_count(&t->c, "slower"), 0);
	assert_true(fabs(t->c.least_p - 60. / 924) < 1e-12);
	/* one cell more, of so many blocks that it may be told to be slower */
	study_cell(&t->a, CELL, "cell", 12, 1e6, 0);
	study_cell(&t->b, CELL, "cell", 12, 2e6, 0);
	twice_compare(t);
	assert_true(t->c.least_p < 1e-4);
	assert_string_equal(twice_pair(t, CELL)->verdict, "slower");
}

static void set_units(struct study *s, uint64_t units, uint64_t wall_ns)
{
	for (size_t i = 0; i < s->trials; i++)
		s->trial[i].units = units;
	for (size_t i = 0; i < s->samples; i++) {
		s->sample[i].m.units = 10 * units;
		s->sample[i].m.wall_ns = wall_ns + i;
	}
}

/* Half of the trials of B are late, the others as before: the rank test is sure
 * that something changed, the medians are not sure that it is the median. */
static void test_shapes(void **state)
{
	struct twice *t = *state;
	const struct pair *p;

	for (uint64_t b = 1; b <= 12; b++) {
		study_row(&t->a, study_plan(&t->a, CELL, "cell", b), 1,
			  1e6 + 100 * (double)b);
		study_row(&t->b, study_plan(&t->b, CELL, "cell", b), 1,
			  (b % 2 ? 1.5e6 : 1e6 + 850) + (double)b);
	}
	twice_compare(t);
	p = twice_pair(t, CELL);
	assert_true(p->shift.ratio.lo > 1 && p->p_holm < .05);
	assert_true(p->medians.lo < 1 && p->medians.hi > 1.4);
	assert_string_equal(p->verdict, "unclear");
	assert_string_equal(p->reason, "the medians do not confirm it");
}

/* Three times the units in three times the time is the same speed. */
static void test_per_unit(void **state)
{
	struct twice *t = *state;
	const struct pair *p;

	study_cell(&t->a, CELL, "cell", 9, 1e6, 0);
	study_cell(&t->b, CELL, "cell", 9, 3e6, 1);
	set_units(&t->a, 10, 1000000);
	set_units(&t->b, 30, 3000000);
	twice_compare(t);
	p = twice_pair(t, CELL);
	assert_string_equal(p->metric, "ns_per_unit");
	assert_string_equal(p->verdict, "same");
	assert_true(fabs(p->shift.ratio.mid - 1) < 1e-4);
	assert_int_equal(compare_per_unit(&t->c), 1);
}

/* Why the work of the first trial in B is another. */
static void other_tasks(struct trial *x) { x->tasks = 11; }
static void other_sum(struct trial *x) { x->checksum = 7; }
static void other_state(struct trial *x) { x->state = 7; }
static void other_ops(struct trial *x) { x->ops = 7; }
static void no_size(struct trial *x) { x->units = NONE; }
static void no_sums(struct trial *x) { x->checksum = x->state = x->ops = NONE; }
static void other_data(struct trial *x) { x->seed = 8, x->checksum = x->ops = 7; }

static const struct {
	void (*change)(struct trial *x);
	const char *reason;
} works[] = {
	{ other_tasks, "the number of tasks differs" },
	{ other_sum, "the same work gave another result" },
	{ other_state, "the same work gave another result" },
	{ other_ops, "the same work asked for other operations" },
	{ no_size, "the size was never found" },
	{ other_data, "" },
	{ no_sums, "" },
};

static void test_refused(void **state)
{
	struct twice *t = *state;

	study_cell(&t->a, CELL, "cell", 9, 1e6, 0);
	study_cell(&t->b, CELL, "cell", 9, 2e6, 1);
	t->a.trial[0].checksum = t->a.trial[0].state = t->a.trial[0].ops = 6;
	for (size_t i = 0; i < sizeof works / sizeof *works; i++) {
		struct trial was = t->b.trial[0];
		const struct pair *p;

		works[i].change(&t->b.trial[0]);
		twice_compare(t);
		p = twice_pair(t, CELL);
		assert_string_equal(p->reason, works[i].reason);
		assert_string_equal(p->verdict, *works[i].reason ? "refused" : "slower");
		assert_int_equal(isnan(p->shift.ratio.mid) != 0, *works[i].reason != 0);
		assert_int_equal(t->c.family, *works[i].reason == 0);
		t->b.trial[0] = was;
	}
}

/* Cells are what they do, not what they are called; twins are not compared. */
static void test_matching(void **state)
{
	struct twice *t = *state;

	study_cell(&t->a, CELL, "baseline", 6, 1e6, 0);
	study_cell(&t->a, CELL, "twin", 6, 1e6, 0);
	study_cell(&t->b, "renamed/fine/compact/2", "cell", 6, 1e6, 0);
	for (size_t i = 0; i < t->b.trials; i++)
		t->b.trial[i].workload = "w";
	study_cell(&t->a, "w/fine/compact/4", "cell", 6, 1e6, 0);
	study_cell(&t->b, "w/gil/compact/2", "cell", 6, 1e6, 0);
	study_cell(&t->b, "w/fine/spread/2", "cell", 6, 1e6, 0);
	twice_compare(t);
	assert_int_equal(t->c.pairs, 1);
	assert_string_equal(t->c.pair[0].b->trial->cell, "renamed/fine/compact/2");
	assert_int_equal(t->c.onlys_a, 1);
	assert_string_equal(t->c.only_a[0]->trial->cell, "w/fine/compact/4");
	assert_int_equal(t->c.onlys_b, 2);
}

/* Not even where it is the only one left that does the same. */
static void test_twins(void **state)
{
	struct twice *t = *state;

	study_cell(&t->a, CELL, "baseline", 6, 1e6, 0);
	study_cell(&t->a, CELL, "twin", 6, 1e6, 0);
	study_cell(&t->b, CELL, "baseline", 6, 1e6, 0);
	study_cell(&t->b, CELL, "twin", 6, 1e6, 0);
	study_cell(&t->b, "z/fine/compact/2", "cell", 6, 1e6, 0);
	for (size_t i = 0; i < t->b.trials; i++)
		t->b.trial[i].workload = "w";
	twice_compare(t);
	assert_int_equal(t->c.pairs, 1);
	assert_string_equal(t->c.pair[0].a->trial->role, "baseline");
	assert_string_equal(t->c.pair[0].b->trial->role, "baseline");
	assert_int_equal(t->c.onlys_a, 0);
	assert_int_equal(t->c.onlys_b, 1);
}

/* Every part of what a cell is tells it from another. */
static void change_one(struct trial *x, int part)
{
	const char **field[] = { &x->experiment, &x->workload, &x->params, &x->strategy,
				 &x->options, &x->placement };

	*field[part] = "another";
}

static void test_parts(void **state)
{
	struct twice *t = *state;

	study_cell(&t->a, CELL, "cell", 6, 1e6, 0);
	study_cell(&t->b, CELL, "cell", 6, 1e6, 0);
	for (int part = 0; part < 6; part++) {
		struct trial was[6];

		memcpy(was, t->b.trial, sizeof was);
		for (int b = 0; b < 6; b++)
			change_one(&t->b.trial[b], part);
		twice_compare(t);
		assert_int_equal(t->c.pairs, 0);
		assert_int_equal(t->c.onlys_a, 1);
		assert_int_equal(t->c.onlys_b, 1);
		memcpy(t->b.trial, was, sizeof was);
	}
}

/* Two labels for one thing: equal names belong together. */
static void test_labels(void **state)
{
	struct twice *t = *state;

	study_cell(&t->a, "x/fine/compact/2", "cell", 6, 1e6, 0);
	study_cell(&t->a, "y/fine/compact/2", "cell", 6, 2e6, 0);
	study_cell(&t->b, "y/fine/compact/2", "cell", 6, 2e6, 0);
	for (size_t i = 0; i < t->a.trials; i++)
		t->a.trial[i].workload = "w";
	for (size_t i = 0; i < t->b.trials; i++)
		t->b.trial[i].workload = "w";
	twice_compare(t);
	assert_int_equal(t->c.pairs, 1);
	assert_string_equal(t->c.pair[0].a->trial->cell, "y/fine/compact/2");
}

static void test_differences(void **state)
{
	struct twice *t = *state;

	study_cell(&t->a, CELL, "cell", 6, 1e6, 0);
	study_cell(&t->b, CELL, "cell", 6, 1e6, 0);
	twice_condition(t, 0, "started", "now");
	twice_condition(t, 0, "kernel", "6.1");
	twice_condition(t, 0, "build", "aa");
	twice_condition(t, 1, "build", "bb");
	twice_condition(t, 1, "governor", "powersave");
	twice_condition(t, 1, "kernel", "6.1");
	twice_compare(t);
	assert_int_equal(t->c.differences, 2);
	assert_string_equal(t->c.difference[0].name, "build");
	assert_string_equal(t->c.difference[0].a, "aa");
	assert_string_equal(t->c.difference[0].b, "bb");
	assert_string_equal(t->c.difference[1].name, "governor");
	assert_string_equal(t->c.difference[1].a, "");
}

/* The same loop in both runs, once a block, tells that B had a slower clock. */
static void test_control(void **state)
{
	struct twice *t = *state;

	study_cell(&t->a, CELL, "cell", 9, 1e6, 0);
	study_cell(&t->b, CELL, "cell", 9, 1e6, 1);
	study_cell(&t->b, "w/gil/compact/2", "cell", 9, 1e6, 1);
	for (size_t i = 0; i < t->a.samples; i++)
		t->a.sample[i].m.canary_before_ns = 1000 + i;
	for (size_t i = 0; i < t->b.samples; i++)
		t->b.sample[i].m.canary_before_ns = 1200 + i;
	twice_compare(t);
	assert_close(t->c.control.ratio.mid, 1.2);
	assert_true(t->c.control.ratio.lo > 1.1);
	assert_int_equal(t->c.control_a, 9);
	assert_int_equal(t->c.control_b, 9);
}

/* What matters first comes first, and every cell is there once. */
static void test_order(void **state)
{
	static const double factor[] = { 1, 1.5, 2, .5 };
	static const char *const verdict[] = { "slower", "slower", "faster", "same" };
	struct twice *t = *state;

	for (int i = 0; i < 4; i++) {
		const char *cell = arena_printf(&t->arena, "w%d/fine/compact/2", i);

		study_cell(&t->a, cell, "cell", 9, 1e6, 0);
		study_cell(&t->b, cell, "cell", 9, factor[i] * 1e6, 0);
		set_units(&t->a, 10, 1000000);
	}
	for (size_t i = 0; i < t->b.samples; i++)
		t->b.sample[i].m.wall_ns = (uint64_t)(factor[i / 9] * 1e6) + i;
	twice_compare(t);
	assert_int_equal(t->c.pairs, 4);
	for (int i = 0; i < 4; i++)
		assert_string_equal(t->c.pair[i].verdict, verdict[i]);
	assert_true(t->c.pair[0].shift.ratio.mid > t->c.pair[1].shift.ratio.mid);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, twice_setup, twice_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_slower_and_faster), TEST(test_same_and_unclear),
		TEST(test_trial_is_the_sample), TEST(test_few_blocks), TEST(test_bad_rows),
		TEST(test_family), TEST(test_per_unit), TEST(test_refused),
		TEST(test_matching), TEST(test_twins), TEST(test_shapes), TEST(test_parts), TEST(test_labels),
		TEST(test_differences), TEST(test_control), TEST(test_order),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

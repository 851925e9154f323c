/*
 * Verdicts: the rules, in their order, on studies whose answer is known.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "pipeline/capture.h"
#include "analysis/study.h"

#define BASE "primes/single/compact/1"
#define ONE "primes/fine/compact/1"
#define TWO "primes/fine/compact/2"

static struct claim claim(const char *left, const char *right, double lo, double hi)
{
	return (struct claim){
		.name = "c", .why = "", .source = "", .left = left, .right = right,
		.metric = "wall_ns", .lo = lo, .hi = hi, .cores = 2, .confirms = "C01",
		.refutes = "C02", .published = 1.12,
	};
}

/* A quiet study of @blocks: two workers take half as long as one. */
static void quiet(struct study *s, uint64_t blocks)
{
	study_cell(s, BASE, "baseline", blocks, 1e9, 0);
	study_cell(s, BASE, "twin", blocks, 1e9, 1);
	study_cell(s, ONE, "cell", blocks, 1.02e9, 2);
	study_cell(s, TWO, "cell", blocks, .51e9, 3);
}

/* The verdict on claim @c alone; its reason must hold @why, and no comma. */
static const struct verdict *judged(struct study *s, struct claim c, const char *verdict,
				    const char *why)
{
	const struct verdict *v;

	assert_int_equal(study_analyse(s, &c, 1, 2), 0);
	assert_int_equal(s->result.verdicts, 1);
	v = s->result.verdict;
	assert_string_equal(v->verdict, verdict);
	if (!strstr(v->reason, why))
		fail_msg("the reason is '%s', not '%s'", v->reason, why);
	assert_null(strchr(v->reason, ','));
	return v;
}

static void test_holds(void **state)
{
	struct study *s = *state;
	const struct verdict *v;

	quiet(s, 9);
	v = judged(s, claim(ONE, TWO, 1.9, 2.1), "HOLDS", "");
	assert_string_equal(v->reason, "");
	assert_string_equal(v->experiment, "e");
	assert_string_equal(v->metric, "wall_ns");
	assert_string_equal(v->confirms, "C01");
	assert_string_equal(v->refutes, "C02");
	assert_true(v->expect_lo == 1.9 && v->expect_hi == 2.1);
	assert_true(v->published == 1.12);
	assert_true(v->lo > 1.9 && v->lo <= v->ratio && v->ratio <= v->hi && v->hi < 2.1);
	assert_int_equal(v->n, 9);
	assert_true(v->p == 1 && v->p_holm == 1);
	judged(s, claim(ONE, TWO, 1.9, INFINITY), "HOLDS", "");
	judged(s, claim(TWO, ONE, -INFINITY, .6), "HOLDS", "");
	judged(s, claim(BASE, TWO, 1.9, 2.1), "HOLDS", "");
}

/* The interval itself is the bound: within, closed at both ends. */
static void test_bounds(void **state)
{
	struct study *s = *state;
	const struct verdict *v;

	quiet(s, 9);
	v = judged(s, claim(ONE, TWO, 1.9, 2.1), "HOLDS", "");
	judged(s, claim(ONE, TWO, v->lo, v->hi), "HOLDS", "");
	v = s->result.verdict;
	judged(s, claim(ONE, TWO, nextafter(v->lo, 9), 2.1), "UNCLEAR", "straddles a bound");
	v = judged(s, claim(ONE, TWO, v->hi, 3), "UNCLEAR", "straddles a bound");
	assert_string_equal(v->reason, "straddles a bound");
}

static void test_fails(void **state)
{
	struct study *s = *state;
	const struct verdict *v;

	quiet(s, 9);
	v = judged(s, claim(ONE, TWO, .9, 1.1), "FAILS", "");
	assert_string_equal(v->reason, "");
	assert_true(v->p == 2. / 512 && v->p_holm == v->p);
	judged(s, claim(ONE, TWO, 3, INFINITY), "FAILS", "");
	assert_non_null(study_contrast(s, "claim", ONE, TWO));
}

/* Cells of the same names in another experiment are not those of the claim. */
static void test_experiment(void **state)
{
	struct study *s = *state;

	study_cell(s, BASE, "baseline", 9, 1e9, 0);
	study_cell(s, BASE, "twin", 9, 2e9, 1);
	study_cell(s, ONE, "cell", 9, 1e9, 2);
	study_cell(s, TWO, "cell", 9, 1e9, 3);
	study_move(s, "d");
	quiet(s, 9);
	judged(s, claim(ONE, TWO, 1.9, 2.1), "HOLDS", "");
}

/* A speed that is a server's stays as it is, but its verdict says whose it is; what
 * a unit costs is the client's all the same. */
static void test_server(void **state)
{
	struct study *s = *state;
	struct claim cost = claim(TWO, NULL, 1, 2);
	const struct verdict *v;

	quiet(s, 9);
	for (uint64_t b = 1; b <= 9; b++) {
		struct sample *one = study_find(s, ONE, 0, b), *two = study_find(s, TWO, 0, b);

		one->m.server_cpu_ns = one->m.wall_ns / 2;
		two->m.server_cpu_ns = two->m.wall_ns;
		two->m.user_ns = two->m.sys_ns = two->m.units;
	}
	judged(s, claim(ONE, TWO, 1.9, 2.1), "HOLDS", "the server of " TWO " sets the speed");
	assert_string_equal(s->result.verdict->reason, "the server of " TWO " sets the speed");
	judged(s, claim(TWO, ONE, .9, 1.1), "FAILS", "the server of " TWO " sets the speed");
	v = judged(s, claim(ONE, TWO, 2, 3), "UNCLEAR", "straddles a bound; the server of " TWO);
	assert_null(strstr(v->reason, ONE));
	judged(s, claim(ONE, BASE, .9, 1.1), "HOLDS", "");
	assert_string_equal(s->result.verdict->reason, "");
	cost.metric = "cpu_ns_per_unit";
	cost.hi = 3;
	judged(s, cost, "HOLDS", "");
	assert_string_equal(s->result.verdict->reason, "");
}

/* How two sides grow is compared, whatever the speed of each. */
static void test_scaling(void **state)
{
	struct study *s = *state;
	struct claim c = claim(TWO, "primes/slow/compact/2", .95, 1.05);

	quiet(s, 9);
	study_cell(s, "primes/slow/compact/1", "cell", 9, 40e9, 4);
	study_cell(s, "primes/slow/compact/2", "cell", 9, 20e9, 5);
	judged(s, c, "FAILS", "");
	c.scaling_from = 1;
	c.left_base = ONE;
	c.right_base = "primes/slow/compact/1";
	judged(s, c, "HOLDS", "");
	assert_non_null(study_contrast(s, "growth", TWO, "primes/slow/compact/2"));
	study_fail(study_find(s, ONE, 0, 3), "skipped", "not now");	/* a base: its block is none */
	judged(s, c, "HOLDS", "");
	assert_int_equal(study_contrast(s, "growth", TWO, "primes/slow/compact/2")->n, 8);
	assert_int_equal(study_contrast(s, "growth", TWO, "primes/slow/compact/2")->dropped, 0);
	c.right_base = "primes/slow/compact/4";	/* left out by a filter */
	judged(s, c, "SKIPPED", "primes/slow/compact/4 is not in the plan");
	assert_null(study_contrast(s, "growth", TWO, "primes/slow/compact/2"));
	c.left_base = "primes/fine/compact/4";
	judged(s, c, "SKIPPED", "primes/fine/compact/4 is not in the plan");
	c.left_base = c.right_base = BASE;	/* the same for both: nothing changes */
	judged(s, c, "FAILS", "");
}

/* Six blocks can fail one claim, but not one of two. */
static void test_holm(void **state)
{
	struct study *s = *state;
	struct claim c[] = { claim(ONE, TWO, .9, 1.1), claim(ONE, TWO, 1.9, 2.1) };
	const struct verdict *v;

	quiet(s, 6);
	judged(s, c[0], "FAILS", "");
	assert_int_equal(study_analyse(s, c, 2, 2), 0);
	v = s->result.verdict;
	assert_string_equal(v[0].verdict, "UNCLEAR");
	assert_non_null(strstr(v[0].reason, "holm"));
	assert_true(v[0].p == .03125 && v[0].p_holm == .0625);
	assert_string_equal(v[1].verdict, "HOLDS");
	c[1].cores = 64;		/* not testable: not of the family */
	assert_int_equal(study_analyse(s, c, 2, 2), 0);
	v = s->result.verdict;
	assert_string_equal(v[0].verdict, "FAILS");
	assert_true(isnan(v[1].p) && isnan(v[1].p_holm));
}

static void test_skipped(void **state)
{
	struct study *s = *state;
	struct claim four = claim(ONE, TWO, 1.9, 2.1);
	const struct verdict *v;

	quiet(s, 9);
	four.cores = 4;
	v = judged(s, four, "SKIPPED", "needs 4 cores; has 2");
	assert_true(v->ratio > 1.9);	/* measured all the same */
	v = judged(s, claim("primes/fork/compact/2", TWO, 0, 1), "SKIPPED",
		   "primes/fork/compact/2 is not in the plan");
	assert_true(isnan(v->ratio) && v->n == 0);
	judged(s, claim(TWO, "x/y/z/1", 0, 1), "SKIPPED", "x/y/z/1 is not in the plan");
	for (uint64_t b = 1; b <= 9; b++)
		study_fail(study_find(s, TWO, 0, b), "skipped", "no io_uring here");
	judged(s, claim(ONE, TWO, 0, 1), "SKIPPED", "no io_uring here");
	judged(s, claim(TWO, ONE, 0, 1), "SKIPPED", "no io_uring here");
	for (uint64_t b = 1; b <= 9; b++)
		study_fail(study_find(s, TWO, 0, b), "not_applicable", "");
	judged(s, claim(TWO, NULL, 0, 1), "SKIPPED", "not_applicable");
	four.left = "primes/fork/compact/2";
	judged(s, four, "SKIPPED", "needs 4 cores; has 2");
}

static void test_too_few(void **state)
{
	struct study *s = *state;
	const struct verdict *v;

	quiet(s, 2);
	v = judged(s, claim(ONE, TWO, 1.9, 2.1), "UNCLEAR", "n=2: an interval needs 6 blocks");
	assert_true(isfinite(v->ratio) && isnan(v->lo) && isnan(v->p));
}

static void test_all_failed(void **state)
{
	struct study *s = *state;
	const struct verdict *v;

	quiet(s, 9);
	for (uint64_t b = 1; b <= 9; b++)
		study_fail(study_find(s, TWO, 0, b), "crash", "signal 11");
	v = judged(s, claim(ONE, TWO, 1.9, 2.1), "UNCLEAR",
		   "n=0: an interval needs 6 blocks; 9 dropped");
	assert_true(isnan(v->ratio));
}

/* A cell that ran in some blocks only is not one that cannot run here. */
static void test_skipped_once(void **state)
{
	struct study *s = *state;

	quiet(s, 9);
	study_fail(study_find(s, TWO, 0, 1), "skipped", "no io_uring here");
	judged(s, claim(ONE, TWO, 1.9, 2.1), "HOLDS", "");
}

/* Nothing is said by a machine on which equal things differ. */
static void test_twin_differs(void **state)
{
	struct study *s = *state;

	quiet(s, 9);
	for (uint64_t b = 1; b <= 9; b++)
		study_find(s, BASE, 1, b)->m.wall_ns += 50000000;
	judged(s, claim(ONE, TWO, 1.9, 2.1), "UNCLEAR", "not quiet: A/A twin of primes is 1.0");
	judged(s, claim(ONE, TWO, .9, 1.1), "UNCLEAR", "not quiet");
	for (uint64_t b = 1; b <= 9; b++)
		study_find(s, BASE, 1, b)->m.wall_ns =
			study_find(s, BASE, 0, b)->m.wall_ns * 103 / 100;
	judged(s, claim(ONE, TWO, 1.9, 2.1), "UNCLEAR", "not quiet: A/A twin of primes is 1.030");
}

/* A twin that differs, but by too little to matter. */
static void test_twin_differs_little(void **state)
{
	struct study *s = *state;
	const struct contrast *c;

	quiet(s, 9);
	for (uint64_t b = 1; b <= 9; b++)
		study_find(s, BASE, 1, b)->m.wall_ns =
			study_find(s, BASE, 0, b)->m.wall_ns * 101 / 100;
	judged(s, claim(ONE, TWO, 1.9, 2.1), "HOLDS", "");
	c = study_contrast(s, "twin", BASE, BASE);
	assert_true(c->lo > 1);
}

/* A twin that seems to differ by a lot, but may not: its interval holds 1. */
static void test_twin_may_not_differ(void **state)
{
	struct study *s = *state;

	quiet(s, 9);
	for (uint64_t b = 1; b <= 9; b++)
		study_find(s, BASE, 1, b)->m.wall_ns =
			study_find(s, BASE, 0, b)->m.wall_ns * (b <= 2 ? 96 : 103) / 100;
	judged(s, claim(ONE, TWO, 1.9, 2.1), "HOLDS", "");
	for (uint64_t b = 1; b <= 9; b++)
		study_find(s, BASE, 1, b)->m.wall_ns =
			study_find(s, BASE, 0, b)->m.wall_ns * (b <= 2 ? 104 : 97) / 100;
	judged(s, claim(ONE, TWO, 1.9, 2.1), "HOLDS", "");
	for (uint64_t b = 1; b <= 2; b++)
		study_find(s, BASE, 1, b)->m.wall_ns =
			study_find(s, BASE, 0, b)->m.wall_ns * 97 / 100;
	judged(s, claim(ONE, TWO, 1.9, 2.1), "UNCLEAR", "not quiet: A/A twin of primes is 0.970");
}

static void test_baseline_spreads(void **state)
{
	struct study *s = *state;

	quiet(s, 9);
	for (uint64_t b = 1; b <= 9; b++)	/* by 0, 8, 16, 24 and 32 % to both sides */
		study_find(s, BASE, 0, b)->m.wall_ns = study_find(s, BASE, 1, b)->m.wall_ns =
			60000000 + 8000000 * b;
	judged(s, claim(ONE, TWO, 1.9, 2.1), "UNCLEAR",
	       "not quiet: baseline of primes spreads 0.160 > 0.15");
	for (uint64_t b = 1; b <= 9; b++) {	/* both alike: the twins agree */
		study_find(s, BASE, 0, b)->m.wall_ns *= 5 + b;
		study_find(s, BASE, 1, b)->m.wall_ns *= 5 + b;
	}
	judged(s, claim(ONE, TWO, 1.9, 2.1), "UNCLEAR",
	       "not quiet: baseline of primes spreads");
}

/* What is not quiet in one respect may be in another. */
static void test_quiet_in_what_is_claimed(void **state)
{
	struct study *s = *state;
	struct claim p50 = claim(ONE, TWO, 1.9, 2.1);

	p50.metric = "p50_ns";
	quiet(s, 9);
	for (size_t i = 0; i < s->samples; i++)
		s->sample[i].m.p50_ns = s->sample[i].m.wall_ns / 100;
	for (uint64_t b = 1; b <= 9; b++)
		study_find(s, BASE, 1, b)->m.wall_ns += 50000000;
	judged(s, p50, "HOLDS", "");
	judged(s, claim(ONE, TWO, 1.9, 2.1), "UNCLEAR", "not quiet: A/A twin");
	for (uint64_t b = 1; b <= 9; b++) {
		study_find(s, BASE, 1, b)->m.wall_ns -= 50000000;
		study_find(s, BASE, 1, b)->m.p50_ns += 500000;
	}
	judged(s, p50, "UNCLEAR", "not quiet: A/A twin");
	judged(s, claim(ONE, TWO, 1.9, 2.1), "HOLDS", "");
	for (uint64_t b = 1; b <= 9; b++)	/* none there: wall time speaks for it */
		study_find(s, BASE, 1, b)->m.p50_ns = NONE;
	judged(s, p50, "HOLDS", "");
}

/* Both workloads of a claim must be quiet. */
static void test_other_workload(void **state)
{
	static const char squares[] = "squares/single/compact/1";
	struct study *s = *state;

	quiet(s, 9);
	study_cell(s, squares, "baseline", 9, 1e9, 4);
	judged(s, claim(TWO, squares, .5, .52), "UNCLEAR", "no A/A control of squares");
	study_cell(s, squares, "twin", 9, 1.2e9, 5);
	judged(s, claim(TWO, squares, .5, .52), "UNCLEAR", "A/A twin of squares");
	judged(s, claim(squares, NULL, 0, 2e9), "UNCLEAR", "A/A twin of squares");
	judged(s, claim(ONE, TWO, 1.9, 2.1), "HOLDS", "");
}

static void test_value(void **state)
{
	struct study *s = *state;
	struct claim c = claim(TWO, NULL, 2, 2);
	const struct verdict *v;

	quiet(s, 9);
	c.metric = "syscalls_per_unit";
	v = judged(s, c, "HOLDS", "");
	assert_true(v->ratio == 2 && v->lo == 2 && v->hi == 2);
	assert_string_equal(v->metric, "syscalls_per_unit");
	assert_non_null(study_contrast(s, "claim", TWO, NULL));
	c.lo = c.hi = 3;
	judged(s, c, "FAILS", "");
	c.metric = "p99_ns";		/* never measured */
	judged(s, c, "UNCLEAR", "n=0");
}

/* What is left when the other cell is taken away, block by block. */
static void test_minus(void **state)
{
	struct study *s = *state;
	struct claim c = claim(ONE, NULL, .4, .7);
	const struct contrast *x;
	const struct verdict *v;

	quiet(s, 9);
	c.minus = TWO;
	c.metric = "ns_per_unit";
	c.lo = 4.8e6;
	c.hi = 5.6e6;
	v = judged(s, c, "HOLDS", "");
	/* the 2nd, 5th and 8th of nine differences, worked out apart */
	assert_true(fabs(v->lo - 4978008) < .01 && fabs(v->ratio - 5135700) < .01 &&
		    fabs(v->hi - 5277480) < .01);
	assert_int_equal(v->n, 9);
	x = study_contrast(s, "excess", ONE, TWO);
	assert_non_null(x);
	assert_true(x->ratio == v->ratio && x->lo == v->lo && x->hi == v->hi);
	c.lo = 0;
	c.hi = 4e6;
	judged(s, c, "FAILS", "");
	c.left = TWO;			/* less than nothing is not refused */
	c.minus = ONE;
	v = judged(s, c, "FAILS", "");
	assert_true(v->hi < 0);
}

/* What is taken away must be in the plan, have run, and have a quiet control. */
static void test_minus_missing(void **state)
{
	struct study *s = *state;
	struct claim c = claim(ONE, NULL, 0, 1);

	quiet(s, 9);
	c.minus = "x/y/z/1";
	judged(s, c, "SKIPPED", "x/y/z/1 is not in the plan");
	study_cell(s, "sleep/single/compact/1", "cell", 9, 1e9, 4);
	c.minus = "sleep/single/compact/1";
	judged(s, c, "UNCLEAR", "no A/A control of sleep");
	for (uint64_t b = 1; b <= 9; b++)
		study_fail(study_find(s, TWO, 0, b), "skipped", "no io_uring here");
	c.minus = TWO;
	judged(s, c, "SKIPPED", "no io_uring here");
}

static void test_unknown_metric(void **state)
{
	struct study *s = *state;
	struct claim c = claim(TWO, NULL, 2, 2);
	struct capture said;
	char text[256];
	int rc;

	quiet(s, 6);
	c.metric = "happiness";
	said = capture_start();
	rc = study_analyse(s, &c, 1, 2);
	capture_stop(&said, text, sizeof text);
	assert_int_equal(rc, -1);
	assert_non_null(strstr(text, "no metric 'happiness'"));
}

#define T(name) cmocka_unit_test_setup_teardown(name, study_setup, study_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_holds), T(test_bounds), T(test_fails), T(test_experiment), T(test_scaling),
		T(test_holm), T(test_skipped),
		T(test_too_few), T(test_all_failed), T(test_twin_differs),
		T(test_server), T(test_twin_differs_little), T(test_twin_may_not_differ), T(test_baseline_spreads), T(test_quiet_in_what_is_claimed),
		T(test_skipped_once),
		T(test_other_workload), T(test_value), T(test_minus),
		T(test_minus_missing), T(test_unknown_metric),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

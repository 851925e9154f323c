/*
 * Does an interval hold what it promises?  Experiments with a known answer are
 * drawn from fixed seeds, thousands of them, and the share in which the
 * interval covers that answer is compared with its exact level.  A study of
 * blocks: both arms share the block's drift, which must cancel.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rng.h"
#include "base/stats.h"

enum { STUDIES = 4000, BLOCKS_MAX = 30 };

/* The normal deviate beyond which 0.1 % lie, on both sides together. */
#define Z999 3.2905

struct source {
	uint64_t seed, i;
};

static double uniform(struct source *s)
{
	return ((double)(rng_at(s->seed, s->i++) >> 11) + .5) * 0x1p-53;
}

static double normal(struct source *s)
{
	double r = sqrt(-2 * log(uniform(s)));

	return r * cos(2 * 3.14159265358979323846 * uniform(s));
}

/* How one arm's time scatters, in logarithms. */
static double quiet(struct source *s)
{
	return .03 * normal(s);
}

/* One in ten is late by 1 + Exp(0.15). */
static double tailed(struct source *s)
{
	double late = uniform(s) < .1 ? log(1 - .15 * log(uniform(s))) : 0;

	return .03 * normal(s) + late;
}

/* Three in ten take 1.25 times as long, as with a lock handed over late. */
static double bimodal(struct source *s)
{
	double late = uniform(s) < .3 ? log(1.25) : 0;

	return .03 * normal(s) + late;
}

/* The median of bimodal - quiet: where the mixture's distribution is 1/2. */
static double bimodal_median(void)
{
	double lo = -1, hi = 1, sd = .03 * sqrt(2);

	for (int i = 0; i < 60; i++) {
		double m = (lo + hi) / 2;
		double f = .7 * erfc(-m / sd / sqrt(2)) / 2 +
			   .3 * erfc((log(1.25) - m) / sd / sqrt(2)) / 2;

		if (f < .5)
			lo = m;
		else
			hi = m;
	}
	return lo;
}

static const struct arms {
	const char *name;
	double (*left)(struct source *s), (*right)(struct source *s);
	double (*median)(void);		/* of ln ratio; NULL: 0, by symmetry */
} arms[] = {
	{ "normal", quiet, quiet, NULL },
	{ "heavy-tailed", tailed, tailed, NULL },
	{ "bimodal", bimodal, bimodal, NULL },
	{ "bimodal against normal", bimodal, quiet, bimodal_median },
};
enum { ARMS = sizeof arms / sizeof *arms };

/* One study of @n blocks, with arms that differ by @factor. */
static void draw(double *x, size_t n, const struct arms *a, double factor, struct source *s)
{
	double drift = 0;

	for (size_t b = 0; b < n; b++) {
		double left, right;

		drift += .02 * normal(s);
		left = factor * exp(drift + a->left(s));
		right = exp(drift + a->right(s));
		x[b] = left / right;
	}
}

static int covers(struct interval v, double truth)
{
	return v.lo <= truth && truth <= v.hi;
}

/* The share of studies whose order-statistic interval holds the truth. */
static double coverage(size_t n, const struct arms *a, double *level, uint64_t seed)
{
	double x[BLOCKS_MAX], truth = 2 * exp(a->median ? a->median() : 0);
	struct source s = { seed, 0 };
	unsigned hits = 0;

	for (int i = 0; i < STUDIES; i++) {
		struct interval v;

		draw(x, n, a, 2, &s);
		v = stats_order_interval(x, n);
		hits += (unsigned)covers(v, truth);
		*level = v.level;
	}
	return hits / (double)STUDIES;
}

static void test_coverage(void **state)
{
	static const size_t blocks[] = { 6, 9, 12, 20, 30 };

	(void)state;
	for (size_t k = 0; k < ARMS; k++)
		for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
			double level, got = coverage(blocks[i], &arms[k], &level, 100 * k + i);
			double slack = Z999 * sqrt(level * (1 - level) / STUDIES);

			if (fabs(got - level) > slack)
				fail_msg("%s, n=%zu: covers %g, not %g +- %g", arms[k].name,
					 blocks[i], got, level, slack);
		}
}

/* The share of A/A studies in which an interval excludes 1. */
static double alarms(size_t n, const struct arms *a, int walsh, uint64_t seed)
{
	struct source s = { seed, 0 };
	double x[BLOCKS_MAX];
	unsigned out = 0;

	for (int i = 0; i < STUDIES; i++) {
		draw(x, n, a, 1, &s);
		out += !covers(walsh ? stats_walsh_interval(x, n) :
			       stats_order_interval(x, n), 1);
	}
	return out / (double)STUDIES;
}

/* Equal arms differ in about one study of twenty: no more, and not never. */
static void test_false_alarms(void **state)
{
	static const size_t blocks[] = { 9, 12, 20 };

	(void)state;
	for (size_t k = 0; k < ARMS; k++)
		for (size_t i = 0; i < 3 && !arms[k].median; i++)
			for (int walsh = 0; walsh < 2; walsh++) {
				double got = alarms(blocks[i], &arms[k], walsh, 1000 + 10 * k + i);

				if (got > .06 || got < .03)
					fail_msg("%s, n=%zu, walsh %d: %g of the twins differ",
						 arms[k].name, blocks[i], walsh, got);
			}
}

/* The sign test against a true expectation may fail one claim in twenty. */
static void test_sign_level(void **state)
{
	struct source s = { 7, 0 };
	double x[9];
	unsigned wrong = 0;

	(void)state;
	for (int i = 0; i < STUDIES; i++) {
		draw(x, 9, &arms[0], 2, &s);
		wrong += stats_sign_p(x, 9, 0, 2) <= .05;
	}
	assert_true(wrong > 0);
	assert_true(wrong / (double)STUDIES <= .05);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_coverage),
		cmocka_unit_test(test_false_alarms),
		cmocka_unit_test(test_sign_level),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

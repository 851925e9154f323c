/*
 * Golden values: unless another source is named, computed with SciPy 1.10.1
 * (statistics and order statistics by numpy, scipy.stats.binom, wilcoxon, beta)
 * from the two arms below, paired by position.  Then the properties that hold
 * for any samples.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/stats.h"

enum { N = 10 };
static const double base[N] = {
	1.021, .998, 1.037, 1.004, 1.112, .991, 1.015, 1.029, 1.008, 1.043
};
static const double other[N] = {
	.541, .529, .562, .533, .548, .525, .571, .537, .530, .690
};

#define assert_near(a, b) assert_true(near(a, b))

static int near(double a, double b)
{
	return fabs(a - b) <= 1e-12 * fabs(b);
}

static double *copy(double *to, const double *from, size_t n)
{
	return memcpy(to, from, n * sizeof *to);
}

static void ratios(double *to, const double *a, const double *b)
{
	for (size_t i = 0; i < N; i++)
		to[i] = a[i] / b[i];
}

static void assert_nothing(struct interval v)
{
	assert_true(isnan(v.mid) && isnan(v.lo) && isnan(v.hi) && isnan(v.level));
}

static void test_quantiles(void **state)
{
	double x[N];

	(void)state;
	assert_near(stats_median(copy(x, base, N), N), 1.018);
	assert_near(stats_median(copy(x, other, N), N), .539);
	assert_near(stats_quantile(copy(x, base, N), N, .25), 1.005);
	assert_near(stats_quantile(copy(x, base, N), N, .75), 1.035);
	assert_near(stats_quantile(copy(x, other, N), N, .25), .53075);
	assert_near(stats_quantile(copy(x, other, N), N, .75), .5585);
	assert_near(stats_quantile(copy(x, base, N), N, 0), .991);
	assert_near(stats_quantile(copy(x, base, N), N, 1), 1.112);
	assert_near(stats_median(copy(x, base, 1), 1), 1.021);
	assert_near(stats_median(copy(x, base, 3), 3), 1.021);
	assert_true(isnan(stats_median(x, 0)));
	assert_true(isnan(stats_quantile(x, N, -.1)));
	assert_true(isnan(stats_quantile(x, N, 1.1)));
	assert_true(isnan(stats_quantile(x, N, NAN)));
}

static void test_spread(void **state)
{
	double x[N], same[3] = { 5, 5, 5 }, zero[3] = { 0 };

	(void)state;
	assert_near(stats_spread(copy(x, base, N), N), .0165 / 1.018);
	assert_near(stats_spread(copy(x, other, N), N), .0095 / .539);
	assert_true(stats_spread(same, 3) == 0);
	assert_true(isnan(stats_spread(zero, 3)));
	assert_true(isnan(stats_spread(x, 0)));
}

static void test_order_interval(void **state)
{
	double x[N];
	struct interval a = stats_order_interval(copy(x, base, N), N);
	struct interval b = stats_order_interval(copy(x, other, N), N);

	(void)state;
	assert_near(a.mid, 1.018);
	assert_near(a.lo, .998);
	assert_near(a.hi, 1.043);
	assert_near(b.lo, .529);
	assert_near(b.hi, .571);
	assert_true(a.level == .978515625);
	ratios(x, base, other);
	a = stats_order_interval(x, N);
	assert_near(a.mid, 1.8869121454703);
	assert_near(a.lo, 1.77758318739054);
	assert_near(a.hi, 1.91620111731844);
}

/* Ranks and coverage by number of samples; 1 - 2 P(Bin(n, 1/2) < r). */
static void test_order_ranks(void **state)
{
	static const struct {
		size_t n, lo, hi;
		double level;
	} golden[] = {
		{ 6, 1, 6, 1 - 2. / 64 },
		{ 7, 1, 7, 1 - 2. / 128 },
		{ 8, 1, 8, 1 - 2. / 256 },
		{ 9, 2, 8, 0.9609375 },
		{ 10, 2, 9, .978515625 },
		{ 12, 3, 10, 1 - 2 * (1 + 12 + 66) / 4096. },
		{ 15, 4, 12, 1 - 2 * (1 + 15 + 105 + 455) / 32768. },
		{ 20, 6, 15, 0.9586105346679688 },
		{ 30, 10, 21, 0.9572260547429323 },
	};

	(void)state;
	for (size_t g = 0; g < sizeof golden / sizeof *golden; g++) {
		struct interval v;
		double x[30];

		for (size_t i = 0; i < golden[g].n; i++)
			x[i] = (double)(golden[g].n - i);
		v = stats_order_interval(x, golden[g].n);
		assert_true(v.lo == (double)golden[g].lo);
		assert_true(v.hi == (double)golden[g].hi);
		assert_near(v.level, golden[g].level);
	}
}

/* Where 2^-n is no longer a number the level must still be one. */
static void test_order_large(void **state)
{
	enum { MANY = 5000 };
	static double x[MANY];
	struct interval v;

	(void)state;
	for (size_t i = 0; i < MANY; i++)
		x[i] = (double)(i + 1);
	v = stats_order_interval(x, MANY);
	assert_true(v.lo + v.hi == MANY + 1);
	assert_true(fabs(v.lo - (MANY / 2 - 1.96 * sqrt(MANY) / 2)) < 2);
	assert_true(v.level >= .95 && v.level < .952);
}

static void test_walsh_interval(void **state)
{
	struct interval v;
	double x[N];

	(void)state;
	ratios(x, base, other);
	v = stats_walsh_interval(x, N);
	assert_near(v.mid, 1.8854607254171445);
	assert_near(v.lo, 1.7019161261725773);
	assert_near(v.hi, 1.9162011173184357);
	assert_true(v.level == .951171875);
}

/* The one interval that six samples allow: from the least to the largest. */
static void test_walsh_floor(void **state)
{
	static const double x[6] = { 1.1, 1.3, .9, 1.2, 1, 1.05 };
	struct interval v = stats_walsh_interval(x, 6);

	(void)state;
	assert_near(v.lo, .9);
	assert_near(v.hi, 1.3);
	assert_true(v.level == .96875);
	v = stats_walsh_interval(x, 5);
	assert_true(v.mid > 1 && isnan(v.lo) && isnan(v.hi) && isnan(v.level));
}

static void test_sign(void **state)
{
	static const double x[9] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };

	(void)state;
	assert_true(stats_sign_p(x, 9, 4, 6) == 1);
	assert_true(stats_sign_p(x, 9, 0, 5) == 1);
	assert_near(stats_sign_p(x, 9, 10, 11), 2. / 512);
	assert_near(stats_sign_p(x, 9, 0, .5), 2. / 512);
	assert_near(stats_sign_p(x, 9, 0, 1.5), 20. / 512);
	assert_near(stats_sign_p(x, 9, 0, 1), 20. / 512);	/* on the bound: inside */
	assert_near(stats_sign_p(x, 9, 8.5, INFINITY), 20. / 512);
	assert_near(stats_sign_p(x, 9, 9, INFINITY), 20. / 512);
	assert_true(stats_sign_p(x, 9, -INFINITY, INFINITY) == 1);
	assert_near(stats_sign_p(x, 6, 7, 8), .03125);	/* SciPy: binomtest(0, 6) */
	assert_true(isnan(stats_sign_p(x, 0, 1, 2)));
	assert_true(isnan(stats_sign_p(x, 9, NAN, 2)));
}

static void test_holm(void **state)
{
	double p[] = { .03, .001, .2, .012, .04 }, many[] = { .9, .8 };
	static const double want[] = { .09, .005, .2, .048, .09 };

	(void)state;
	stats_holm(p, 5);
	for (size_t i = 0; i < 5; i++)
		assert_near(p[i], want[i]);
	stats_holm(many, 2);
	assert_true(many[0] == 1 && many[1] == 1);
	stats_holm(p, 0);
	many[1] = NAN;
	stats_holm(many, 2);
	assert_true(isnan(many[0]) && isnan(many[1]));
}

static void test_proportion(void **state)
{
	struct interval v = stats_proportion(3, 40);

	(void)state;
	assert_near(v.mid, .075);
	assert_near(v.lo, .01574217985104153);
	assert_near(v.hi, .20386474873289895);
	v = stats_proportion(0, 10);
	assert_true(v.lo == 0);
	assert_near(v.hi, 1 - pow(.025, .1));	/* the closed form for none */
	v = stats_proportion(10, 10);
	assert_near(v.lo, pow(.025, .1));
	assert_true(v.hi == 1);
	assert_nothing(stats_proportion(0, 0));
	assert_nothing(stats_proportion(2, 1));
}

static void test_karp_flatt(void **state)
{
	static const double p[] = { 2, 3, 4, 6, 8 }, t[] = { 5.31, 3.77, 3.02, 2.31, 1.98 };
	static const double want[] = {
		.05988024, .06437126, .06852961, .07664671, .08297690
	};

	(void)state;
	for (size_t i = 0; i < 5; i++)
		assert_true(fabs(stats_karp_flatt(10.02 / t[i], p[i]) - want[i]) < 5e-9);
	assert_true(stats_karp_flatt(4, 4) == 0);
	assert_true(stats_karp_flatt(1, 4) == 1);
	assert_true(isnan(stats_karp_flatt(1, 1)));
	assert_true(isnan(stats_karp_flatt(0, 2)));
	assert_true(isnan(stats_karp_flatt(NAN, 2)));
}

/* What is said of a ratio must not depend on the unit of time. */
static void test_scale(void **state)
{
	double x[N], y[N];
	struct interval a, b;

	(void)state;
	for (size_t i = 0; i < N; i++)
		y[i] = base[i] * 1024;	/* a power of two: no rounding */
	a = stats_order_interval(copy(x, base, N), N);
	b = stats_order_interval(y, N);
	assert_true(b.mid == 1024 * a.mid && b.lo == 1024 * a.lo && b.hi == 1024 * a.hi);
	assert_true(a.level == b.level);
	a = stats_walsh_interval(base, N);
	b = stats_walsh_interval(y, N);
	assert_near(b.mid, 1024 * a.mid);
	assert_near(b.lo, 1024 * a.lo);
	assert_near(b.hi, 1024 * a.hi);
	assert_near(stats_spread(y, N), stats_spread(x, N));
}

/* Swapping the arms turns the interval over.  The median of an even number of
 * ratios is a mean of two, which 1/x does not keep: so 9 blocks. */
static void test_swap(void **state)
{
	double there[N], back[N];
	struct interval a, b;

	(void)state;
	ratios(there, base, other);
	ratios(back, other, base);
	a = stats_walsh_interval(there, N);
	b = stats_walsh_interval(back, N);
	assert_near(a.mid, 1 / b.mid);
	assert_near(a.lo, 1 / b.hi);
	assert_near(a.hi, 1 / b.lo);
	a = stats_order_interval(there, 9);
	b = stats_order_interval(back, 9);
	assert_near(a.mid, 1 / b.mid);
	assert_near(a.lo, 1 / b.hi);
	assert_near(a.hi, 1 / b.lo);
}

static void test_floor(void **state)
{
	double x[N];

	(void)state;
	assert_nothing(stats_order_interval(x, 0));
	assert_nothing(stats_walsh_interval(x, 0));
	for (size_t n = 1; n < STATS_FLOOR; n++) {
		struct interval v = stats_order_interval(copy(x, base, N), n);

		assert_true(isfinite(v.mid));
		assert_true(isnan(v.lo) && isnan(v.hi) && isnan(v.level));
	}
}

static void test_ties(void **state)
{
	double same[9] = { 2, 2, 2, 2, 2, 2, 2, 2, 2 };
	double two[9] = { 1, 3, 1, 3, 1, 3, 1, 3, 1 };
	struct interval v = stats_order_interval(same, 9);

	(void)state;
	assert_true(v.mid == 2 && v.lo == 2 && v.hi == 2);
	v = stats_walsh_interval(same, 9);
	assert_near(v.mid, 2);
	assert_true(v.lo == v.mid && v.hi == v.mid);
	v = stats_order_interval(two, 9);
	assert_true(v.mid == 1 && v.lo == 1 && v.hi == 3);
}

static void test_refused(void **state)
{
	static const double bad[] = { NAN, INFINITY, -INFINITY };
	double x[N];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		copy(x, base, N)[7] = bad[i];
		assert_true(isnan(stats_median(x, N)));
		assert_true(isnan(stats_spread(x, N)));
		assert_true(isnan(stats_sign_p(x, N, 0, 1)));
		assert_nothing(stats_order_interval(x, N));
		assert_nothing(stats_walsh_interval(x, N));
	}
	copy(x, base, N)[3] = 0;	/* no logarithm */
	assert_nothing(stats_walsh_interval(x, N));
	x[3] = -1;
	assert_nothing(stats_walsh_interval(x, N));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quantiles),
		cmocka_unit_test(test_spread),
		cmocka_unit_test(test_order_interval),
		cmocka_unit_test(test_order_ranks),
		cmocka_unit_test(test_order_large),
		cmocka_unit_test(test_walsh_interval),
		cmocka_unit_test(test_walsh_floor),
		cmocka_unit_test(test_sign),
		cmocka_unit_test(test_holm),
		cmocka_unit_test(test_proportion),
		cmocka_unit_test(test_karp_flatt),
		cmocka_unit_test(test_scale),
		cmocka_unit_test(test_swap),
		cmocka_unit_test(test_floor),
		cmocka_unit_test(test_ties),
		cmocka_unit_test(test_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

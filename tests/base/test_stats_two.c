/*
 * Two independent sets.  Golden values: SciPy 1.10.1 and numpy.  What is
 * exact is compared with every arrangement of the samples there is, and with
 * every resample, counted one by one.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/stats_two.h"

enum { N = 10, MOST = 30 };
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

static void test_golden(void **state)
{
	struct shift s = stats_shift(other, N, base, N);

	(void)state;
	assert_near(s.ratio.mid, 1.8851273160109243);
	assert_near(s.ratio.lo, 1.8161120840630471);
	assert_near(s.ratio.hi, 1.9310986964618246);
	assert_near(s.ratio.level, .9567429474550218);
	assert_near(s.p, 1.082508822446903e-05);
	assert_near(stats_shift_least_p(N, N), s.p);	/* U = 100: the most there is */
}

/* Sets of unequal size, one difference clear and one not. */
static void test_golden_unequal(void **state)
{
	static const double x[7] = { 1.02, .97, 1.05, 1.11, .99, 1.03, 1.08 };
	static const double y[9] = { 1.04, 1.1, 1.13, 1, 1.21, 1.06, 1.15, 1.09, 1.07 };
	struct shift s = stats_shift(base, N, other, 8);

	(void)state;
	assert_near(s.ratio.mid, .5298202899356159);
	assert_near(s.ratio.lo, .5148609779482264);
	assert_near(s.ratio.hi, .546161321671526);
	assert_near(s.ratio.level, .9565793683440742);
	assert_near(s.p, 4.570592805886923e-05);
	s = stats_shift(x, 7, y, 9);
	assert_near(s.ratio.mid, 1.0505050505050504);
	assert_near(s.ratio.lo, .9907407407407408);
	assert_near(s.ratio.hi, 1.1203703703703702);
	assert_near(s.ratio.level, .9582167832167832);
	assert_near(s.p, .07115384615384615);
}

/* All samples of one set above all of the other: 1 of C(n + m, n), either way. */
static void test_least_p(void **state)
{
	(void)state;
	assert_near(stats_shift_least_p(3, 3), 2. / 20);
	assert_near(stats_shift_least_p(4, 4), 2. / 70);
	assert_near(stats_shift_least_p(6, 6), 2. / 924);
	assert_near(stats_shift_least_p(6, 9), 2. / 5005);
	assert_true(stats_shift_least_p(1, 1) == 1);
	assert_true(isnan(stats_shift_least_p(0, 5)));
}

/* One way in which the least n of n + m places can be given to one set. */
struct arrangement {
	double a[MOST], b[MOST];
	size_t n, m;
	size_t u;		/* pairs in which b is above a */
};

static int arrange(struct arrangement *r, unsigned places, size_t n, size_t m)
{
	*r = (struct arrangement){ 0 };
	if ((size_t)__builtin_popcount(places) != n)
		return 0;
	for (size_t i = 0; i < n + m; i++) {
		if (places >> i & 1) {
			r->a[r->n++] = exp((double)i);
		} else {
			r->b[r->m++] = exp((double)i);
			r->u += r->n;
		}
	}
	return 1;
}

/* Every arrangement is as likely as any other when both sets are of one kind:
 * so their shares are the chances. */
static void every(size_t n, size_t m)
{
	static unsigned count[MOST * MOST];
	unsigned all = 0, out = 0, differ = 0;
	struct arrangement r;
	double level = NAN;

	memset(count, 0, sizeof count);
	for (unsigned p = 0; p < 1u << (n + m); p++)
		if (arrange(&r, p, n, m)) {
			count[r.u]++;
			all++;
		}
	for (unsigned p = 0; p < 1u << (n + m); p++) {
		size_t least, tail = 0;
		struct shift s;

		if (!arrange(&r, p, n, m))
			continue;
		s = stats_shift(r.a, n, r.b, m);
		least = r.u < n * m - r.u ? r.u : n * m - r.u;
		for (size_t u = 0; u <= least; u++)
			tail += count[u];
		differ += !(fabs(s.p - fmin(1, 2. * (double)tail / all)) < 1e-12);
		out += s.ratio.lo > 1 || s.ratio.hi < 1;
		differ += (s.ratio.lo > 1 || s.ratio.hi < 1) !=
			  (s.p <= 1 - s.ratio.level + 1e-12);
		level = s.ratio.level;
	}
	assert_int_equal(differ, 0);
	assert_true(level >= .95);
	assert_true(fabs(out / (double)all - (1 - level)) < 1e-12);
}

static void test_every_arrangement(void **state)
{
	(void)state;
	every(6, 6);
	every(6, 7);
	every(7, 6);
	every(7, 7);
	every(6, 9);
}

static void test_floor(void **state)
{
	struct shift s;

	(void)state;
	for (size_t n = 1; n < STATS_FLOOR; n++) {
		s = stats_shift(base, n, other, N);
		assert_true(s.ratio.mid > .5 && s.ratio.mid < .6);
		assert_true(isnan(s.ratio.lo) && isnan(s.ratio.hi));
		assert_true(isnan(s.ratio.level) && isnan(s.p));
		s = stats_shift(base, N, other, n);
		assert_true(isnan(s.ratio.lo) && isnan(s.p));
	}
	s = stats_shift(base, STATS_FLOOR, other, STATS_FLOOR);
	assert_true(s.ratio.level >= .95 && s.p < .05);
	s = stats_shift(base, 0, other, N);
	assert_true(isnan(s.ratio.mid) && isnan(s.p));
}

static void test_swap(void **state)
{
	struct shift s = stats_shift(base, N, other, 8), t = stats_shift(other, 8, base, N);

	(void)state;
	assert_near(s.ratio.mid, 1 / t.ratio.mid);
	assert_near(s.ratio.lo, 1 / t.ratio.hi);
	assert_near(s.ratio.hi, 1 / t.ratio.lo);
	assert_near(s.p, t.p);
	assert_near(s.ratio.level, t.ratio.level);
}

/* The unit of time, and the order of the blocks, must not matter. */
static void test_scale_and_order(void **state)
{
	double a[N], b[N];
	struct shift s = stats_shift(base, N, other, N), t;

	(void)state;
	for (size_t i = 0; i < N; i++) {
		a[i] = 1e9 * base[N - 1 - i];
		b[i] = 1e9 * other[(3 * i + 5) % N];
	}
	t = stats_shift(a, N, b, N);
	assert_near(t.ratio.mid, s.ratio.mid);
	assert_near(t.ratio.lo, s.ratio.lo);
	assert_near(t.ratio.hi, s.ratio.hi);
	assert_true(t.p == s.p);
}

/* Equal samples are no evidence, on either side. */
static void test_ties(void **state)
{
	static const double same[6] = { 2, 2, 2, 2, 2, 2 }, more[6] = { 2, 2, 2, 2, 2, 3 };
	struct shift s = stats_shift(same, 6, same, 6);

	(void)state;
	assert_true(s.ratio.mid == 1 && s.ratio.lo == 1 && s.ratio.hi == 1 && s.p == 1);
	s = stats_shift(same, 6, more, 6);
	assert_true(s.ratio.lo == 1 && s.p == 1);
	assert_near(s.ratio.hi, 1.5);
}

static void test_refused(void **state)
{
	static const double bad[] = { NAN, INFINITY, 0, -1 };
	double x[N];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct shift s, t;

		memcpy(x, base, sizeof x);
		x[4] = bad[i];
		s = stats_shift(x, N, other, N);
		t = stats_shift(other, N, x, N);
		assert_true(isnan(s.ratio.mid) && isnan(s.ratio.lo) && isnan(s.p));
		assert_true(isnan(t.ratio.mid) && isnan(t.ratio.hi) && isnan(t.ratio.level));
	}
}

/* The middle of @n numbers that count in base n gives: one resample of many. */
static double resampled_median(const double *x, size_t n, unsigned number)
{
	double y[8];

	for (size_t i = 0; i < n; i++, number /= (unsigned)n)
		y[i] = x[number % n];
	return stats_median(y, n);
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Every resample of a small set, sorted; the caller frees them. */
static double *every_resample(const double *x, size_t n, unsigned *count)
{
	double *all;

	*count = 1;
	for (size_t i = 0; i < n; i++)
		*count *= (unsigned)n;
	all = malloc(*count * sizeof *all);
	assert_non_null(all);
	for (unsigned i = 0; i < *count; i++)
		all[i] = resampled_median(x, n, i);
	qsort(all, *count, sizeof *all, by_size);
	return all;
}

/* The share of all pairs of resamples whose ratio is at most @ratio. */
static double share(const double *a, unsigned n, const double *b, unsigned m, double ratio)
{
	double sum = 0;
	unsigned k = 0;

	for (unsigned i = 0; i < n; i++) {
		while (k < m && b[k] <= ratio * a[i])
			k++;
		sum += k;
	}
	return sum / n / m;
}

/* Both ends are where the share of all resamples passes 2.5 and 97.5 %. */
static void every_pair(const double *a, size_t n, const double *b, size_t m)
{
	double x[8], y[8], *of_a, *of_b, e = 1e-9;
	struct interval v;
	unsigned i, k;

	memcpy(x, a, n * sizeof *x);
	memcpy(y, b, m * sizeof *y);
	of_a = every_resample(x, n, &i);
	of_b = every_resample(y, m, &k);
	v = stats_medians(x, n, y, m);
	assert_near(v.mid, stats_median(y, m) / stats_median(x, n));
	assert_true(share(of_a, i, of_b, k, v.lo * (1 - e)) < .025);
	assert_true(share(of_a, i, of_b, k, v.lo * (1 + e)) >= .025);
	assert_true(share(of_a, i, of_b, k, v.hi * (1 - e)) < .975);
	assert_true(share(of_a, i, of_b, k, v.hi * (1 + e)) >= .975);
	assert_true(v.level == .95);
	free(of_a);
	free(of_b);
}

static void test_every_resample(void **state)
{
	static const double ties[6] = { 1, 1, 1, 2, 2, 3 };

	(void)state;
	every_pair(base, 6, other, 6);
	every_pair(base, 7, other, 6);
	every_pair(other, 6, base, 7);
	every_pair(ties, 6, base, 6);
}

static void test_medians_refused(void **state)
{
	double x[N], y[N];
	struct interval v;

	(void)state;
	memcpy(x, base, sizeof x);
	memcpy(y, other, sizeof y);
	v = stats_medians(x, 5, y, N);
	assert_near(v.mid, .539 / 1.021);
	assert_true(isnan(v.lo) && isnan(v.hi) && isnan(v.level));
	v = stats_medians(x, N, y, 0);
	assert_true(isnan(v.mid));
	y[2] = 0;
	v = stats_medians(x, N, y, N);
	assert_true(isnan(v.mid) && isnan(v.lo));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_golden_unequal),
		cmocka_unit_test(test_least_p),
		cmocka_unit_test(test_every_arrangement),
		cmocka_unit_test(test_floor),
		cmocka_unit_test(test_swap),
		cmocka_unit_test(test_scale_and_order),
		cmocka_unit_test(test_ties),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_every_resample),
		cmocka_unit_test(test_medians_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

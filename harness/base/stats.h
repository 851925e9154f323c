/*
 * stats.h - what is said about a set of samples.
 *
 * Order statistics only; the trial is the sample.  Formulas and golden values:
 * Hoefler and Belli SC15; the tests name the source of each number.  NaN and
 * infinite input is refused: every number of the result is then NaN.
 */
#ifndef BASE_STATS_H
#define BASE_STATS_H

#include <stddef.h>

/* An estimate and its interval.  All NaN: none can be given. */
struct interval {
	double mid, lo, hi;
	double level;		/* the exact coverage, e.g. 0.9609375 */
};

/* The smallest coverage an interval may have, as 1 - STATS_ALPHA. */
#define STATS_ALPHA 0.05

/* No interval of a median has 95 % coverage below this many samples. */
enum { STATS_FLOOR = 6 };

/* The order of two doubles, for qsort(). */
int stats_compare(const void *a, const void *b);

/* The @q quantile, 0 <= q <= 1, linearly interpolated (type 7).  Sorts @x.
 * NaN when n is 0. */
double stats_quantile(double *x, size_t n, double q);
double stats_median(double *x, size_t n);

/* The median with the exact order-statistic (binomial) interval whose coverage
 * is at least 95 %: ranks r and n + 1 - r, with the largest such r.  Below
 * STATS_FLOOR lo, hi and level are NaN.  Sorts @x. */
struct interval stats_order_interval(double *x, size_t n);

/* The pseudo-median (median of the Walsh averages) of ln @x and the interval
 * that inverts the exact signed-rank test, both as exp.  Sharper than the order
 * statistic where the log-ratios are symmetric.  @x > 0.  Below STATS_FLOOR lo,
 * hi and level are NaN. */
struct interval stats_walsh_interval(const double *x, size_t n);

/* Exact two-sided sign test that the median of @x lies within [lo, hi]: twice
 * the chance, under a median on the nearer bound, of as many samples on the
 * wrong side of it.  1 when the sample median is inside. */
double stats_sign_p(const double *x, size_t n, double lo, double hi);

/* Adjust @p in place for a family of @n tests, after Holm. */
void stats_holm(double *p, size_t n);

/* The Clopper-Pearson 95 % interval of @k successes in @n. */
struct interval stats_proportion(size_t k, size_t n);

/* Median absolute deviation from the median, as a fraction of the median. */
double stats_spread(double *x, size_t n);

/* The experimentally determined serial fraction of speedup @s on @p workers,
 * (1/s - 1/p) / (1 - 1/p), after Karp and Flatt (CACM 1990).  NaN for p < 2. */
double stats_karp_flatt(double s, double p);

#endif

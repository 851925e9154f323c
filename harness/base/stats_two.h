/*
 * stats_two.h - two independent sets of samples: how many times as large is one
 * as the other.  For sets that are paired, block by block, see stats.h.
 *
 * Hodges and Lehmann's shift of the logarithms, with the interval that inverts
 * the exact two-sided test of Mann and Whitney.  It assumes that the two sets
 * have one shape but for the factor; where that holds its coverage is exact,
 * whatever the shape, and equal sets differ as rarely as the level says.
 */
#ifndef BASE_STATS_TWO_H
#define BASE_STATS_TWO_H

#include "base/stats.h"

struct shift {
	struct interval ratio;	/* mid: median of all ratios of two samples */
	double p;		/* of the test that the ratio is 1 */
};

/*
 * @b[m] over @a[n], all > 0, in any order.  The interval is the narrowest one
 * whose coverage is at least 95 %.  With fewer than STATS_FLOOR samples on a
 * side lo, hi, level and p are NaN; all are NaN without a sample, with one that
 * has no logarithm, and when memory is out.  p <= 1 - level exactly when the
 * interval excludes 1; a tie counts against a difference.
 */
struct shift stats_shift(const double *a, size_t n, const double *b, size_t m);

/*
 * The ratio of the medians, @b[m] over @a[n], with its percentile bootstrap
 * interval of nominally 95 %, which assumes nothing of the shapes: a second
 * opinion.  All n^n and m^m resamples are accounted for by their chances, so
 * no random number is drawn.  All > 0; sorts both.  As stats_shift otherwise.
 */
struct interval stats_medians(double *a, size_t n, double *b, size_t m);

/* The least p that sets of @n and @m samples can have. */
double stats_shift_least_p(size_t n, size_t m);

#endif

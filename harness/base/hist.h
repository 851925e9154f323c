/*
 * hist.h - a latency histogram: log-linear buckets, 7 bits of precision.
 *
 * A value falls into one of 128 equal buckets per power of two, so a bucket is
 * at most 0.8 % wide and its midpoint at most 0.4 % off.  One histogram is
 * written by one worker; histograms are merged by adding their counts.
 */
#ifndef BASE_HIST_H
#define BASE_HIST_H

#include <stdint.h>

enum { HIST_BITS = 7, HIST_BUCKETS = (64 - HIST_BITS + 1) << HIST_BITS };

struct hist {
	uint64_t n, sum, min, max;	/* exact; min is 0 while n is 0 */
	uint64_t count[HIST_BUCKETS];	/* of values in ns */
};

/* Which bucket @v falls into: increasing in @v. */
static inline unsigned hist_bucket(uint64_t v)
{
	unsigned e;

	if (v < (1u << HIST_BITS))
		return (unsigned)v;
	e = 63u - (unsigned)__builtin_clzll(v) - HIST_BITS;
	return ((e + 1) << HIST_BITS) + (unsigned)((v >> e) & ((1u << HIST_BITS) - 1));
}

static inline void hist_add(struct hist *h, uint64_t v)
{
	h->count[hist_bucket(v)]++;
	if (v > h->max)
		h->max = v;
	if (v < h->min || !h->n)
		h->min = v;
	h->sum += v;
	h->n++;
}

/* The smallest value of bucket @i, and the smallest of the next one. */
uint64_t hist_lo(unsigned i);
uint64_t hist_hi(unsigned i);

void hist_merge(struct hist *into, const struct hist *from);

/* The @q quantile, 0 < q <= 1: the midpoint of the bucket that holds the value
 * of rank ceil(q n), clamped to [min, max].  0 if empty. */
uint64_t hist_quantile(const struct hist *h, double q);

/* True when at least 10 values lie beyond the @q quantile: fewer do not make
 * a percentile worth printing. */
int hist_supports(const struct hist *h, double q);

#endif

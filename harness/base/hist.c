#include <math.h>

#include "base/hist.h"

uint64_t hist_lo(unsigned i)
{
	unsigned e = i >> HIST_BITS;
	uint64_t low = i & ((1u << HIST_BITS) - 1);

	return e ? (low | 1u << HIST_BITS) << (e - 1) : low;
}

uint64_t hist_hi(unsigned i)
{
	return i + 1 < HIST_BUCKETS ? hist_lo(i + 1) : UINT64_MAX;
}

void hist_merge(struct hist *into, const struct hist *from)
{
	if (!from->n)
		return;
	for (unsigned i = 0; i < HIST_BUCKETS; i++)
		into->count[i] += from->count[i];
	if (from->min < into->min || !into->n)
		into->min = from->min;
	if (from->max > into->max)
		into->max = from->max;
	into->n += from->n;
	into->sum += from->sum;
}

uint64_t hist_quantile(const struct hist *h, double q)
{
	uint64_t rank = (uint64_t)ceil(q * (double)h->n), seen = 0, mid;

	for (unsigned i = 0; i < HIST_BUCKETS; i++) {
		seen += h->count[i];
		if (!seen || seen < rank)
			continue;
		mid = hist_lo(i) + (hist_hi(i) - hist_lo(i)) / 2;
		return mid < h->min ? h->min : mid > h->max ? h->max : mid;
	}
	return 0;
}

int hist_supports(const struct hist *h, double q)
{
	return (double)h->n - ceil(q * (double)h->n) >= 10;
}

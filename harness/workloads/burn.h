/*
 * burn.h - computing that takes time and that no compiler can shorten: what a
 * tick of countdown does, and of whatever computes between its requests.  Floor 1.
 */
#ifndef WORKLOADS_BURN_H
#define WORKLOADS_BURN_H

#include <stdint.h>

/* Three operations, each on the result of the one before: 3 cycles, which are
 * 1 ns at 3 GHz. */
static inline uint64_t burn_round(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	return x ^ x >> 29;
}

/* The number of rounds follows from a parameter alone, so that the work is fixed. */
static inline uint64_t burn(uint64_t x, uint64_t rounds)
{
	while (rounds--)
		x = burn_round(x);
	return x;
}

/* About what an interpreter spends on a tick. */
static inline uint64_t burn_tick(uint64_t x)
{
	for (unsigned i = 0; i < 6; i++)
		x = burn_round(x);
	return x;
}

#endif

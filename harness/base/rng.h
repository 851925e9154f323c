/* rng.h - random numbers as a pure function of their index (splitmix64,
 * Steele, Lea and Flood, OOPSLA 2014): no state, so no worker can own it. */
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include <stdint.h>

static inline uint64_t rng_mix(uint64_t z)
{
	z += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* The @i-th number of the stream @seed. */
static inline uint64_t rng_at(uint64_t seed, uint64_t i)
{
	return rng_mix(rng_mix(seed) + i * 0x9e3779b97f4a7c15u);
}

#endif

/*
 * lru.h - a cache that keeps what was used last: a hash table, and a list by age.
 * Made of nothing but numbers, so that it may lie in shared memory, and of zeros
 * when empty.  Takes no lock.  Floor 1.
 */
#ifndef WORKLOADS_LRU_H
#define WORKLOADS_LRU_H

#include "workloads/workload.h"

enum { LRU_MAX = 1024, LRU_VALUE = 64 };	/* entries; bytes of a value */

struct lru_entry {
	uint32_t key;
	uint16_t next;		/* in its bucket: the number of an entry, from 1 */
	uint16_t older, newer;
	uint64_t value[LRU_VALUE / 8];
};

struct lru {
	_Alignas(64) uint64_t gets, hits;
	uint16_t used;		/* entries taken so far */
	uint16_t oldest, newest;
	uint16_t bucket[LRU_MAX];
	struct lru_entry entry[LRU_MAX + 1];	/* [0] is not used */
};

/* Copy @key's value to @value and make it the one used last.  False: no such. */
bool lru_get(struct lru *p, uint32_t key, uint64_t *value);

/* Put @key's value in, in the place of the oldest when there are @capacity. */
void lru_put(struct lru *p, uint16_t capacity, uint32_t key, const uint64_t *value);

/* True when list and table hold the same entries, and each value is @whole. */
bool lru_sound(const struct lru *p, bool (*whole)(uint32_t key, const uint64_t *value));

#endif

#include <string.h>

#include "workloads/lru.h"

static unsigned bucket_of(uint32_t key)
{
	/* not the low bits: whoever has several may have chosen by them */
	return rng_mix(key) >> 16 & (LRU_MAX - 1);
}

static uint16_t lru_find(const struct lru *p, uint32_t key)
{
	uint16_t at = p->bucket[bucket_of(key)];

	while (at && p->entry[at].key != key)
		at = p->entry[at].next;
	return at;
}

static void unlink_age(struct lru *p, uint16_t at)
{
	struct lru_entry *e = &p->entry[at];

	*(e->older ? &p->entry[e->older].newer : &p->oldest) = e->newer;
	*(e->newer ? &p->entry[e->newer].older : &p->newest) = e->older;
}

static void link_newest(struct lru *p, uint16_t at)
{
	struct lru_entry *e = &p->entry[at];

	e->older = p->newest;
	e->newer = 0;
	*(p->newest ? &p->entry[p->newest].newer : &p->oldest) = at;
	p->newest = at;
}

static void unlink_bucket(struct lru *p, uint16_t at)
{
	uint16_t *link = &p->bucket[bucket_of(p->entry[at].key)];

	while (*link != at)
		link = &p->entry[*link].next;
	*link = p->entry[at].next;
}

/* A place for a new key: a free one, or that of the oldest. */
static uint16_t lru_place(struct lru *p, uint16_t capacity)
{
	uint16_t at = p->oldest;

	if (p->used < capacity)
		return ++p->used;
	unlink_age(p, at);
	unlink_bucket(p, at);
	return at;
}

void lru_put(struct lru *p, uint16_t capacity, uint32_t key, const uint64_t *value)
{
	uint16_t at = lru_find(p, key), *bucket = &p->bucket[bucket_of(key)];

	if (!capacity)
		return;
	if (at) {
		unlink_age(p, at);
	} else {
		at = lru_place(p, capacity);
		p->entry[at].key = key;
		p->entry[at].next = *bucket;
		*bucket = at;
	}
	memcpy(p->entry[at].value, value, LRU_VALUE);
	link_newest(p, at);
}

bool lru_get(struct lru *p, uint32_t key, uint64_t *value)
{
	uint16_t at = lru_find(p, key);

	p->gets++;
	if (!at)
		return false;
	p->hits++;
	unlink_age(p, at);
	link_newest(p, at);
	memcpy(value, p->entry[at].value, LRU_VALUE);
	return true;
}

bool lru_sound(const struct lru *p, bool (*whole)(uint32_t key, const uint64_t *value))
{
	unsigned n = 0;

	for (uint16_t at = p->oldest; at && n <= p->used; at = p->entry[at].newer, n++) {
		const struct lru_entry *e = &p->entry[at];

		if (lru_find(p, e->key) != at || !whole(e->key, e->value))
			return false;
	}
	return n == p->used;
}

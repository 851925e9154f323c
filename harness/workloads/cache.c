/*
 * cache - gets and sets of a cache in our own memory that keeps what was used
 * last: 16 parts, each a hash table and a list by age behind a shard of its own.
 * A value that is set, or that a get misses, has to be made first, outside of
 * the lock, which takes `miss`.
 *
 * What is in the cache, and so how often it is hit, depends on the order of
 * tasks, and is only counted.  What a get returns does not: each key has one
 * value.  The digest sees whether a part is sound and missed no get.
 */
#include "workloads/burn.h"
#include "workloads/lru.h"

enum { CAPACITY, KEYS, HOT, SETS, MISS };
enum { PARTS = 16, CAPACITY_MAX = PARTS * LRU_MAX, BATCH = 100 };
static const struct param params[] = {
	[CAPACITY] = { "capacity", 4096, 0, CAPACITY_MAX, "", "values kept; 0: none" },
	[KEYS] = { "keys", 16384, 1, 1000000000, "", "different keys" },
	[HOT] = { "hot", 80, 0, 100, "percent", "share of gets from a tenth of the keys" },
	[SETS] = { "sets", 10, 0, 100, "percent", "share of sets" },
	[MISS] = { "miss", 100, 0, 1000000, "ticks", "to make a value; about 6 ns each" },
	{ .name = NULL }
};

struct local {
	uint64_t unit, i, tick;
	uint64_t random, sum;
	uint32_t key;
	uint64_t value[LRU_VALUE / 8];
};

/* Each key has one value; its first word is what making it does to word 0. */
static uint64_t word_of(uint32_t key, unsigned i)
{
	return rng_mix((uint64_t)key << 8 | i);
}

static bool value_whole(uint32_t key, const uint64_t *value)
{
	unsigned i = 1;

	while (i < LRU_VALUE / 8 && value[i] == word_of(key, i))
		i++;
	return i == LRU_VALUE / 8;
}

static unsigned part_number(uint32_t key)
{
	return rng_mix(key) % PARTS;
}

static void cache_choose(const struct task *t, struct local *l)
{
	uint64_t keys = t->param[KEYS], tenth = keys / 10;

	l->random = task_random(t, l->unit, 0);
	if (tenth && (l->random & 0xff) * 100 < t->param[HOT] << 8)
		keys = tenth;
	l->key = (uint32_t)((l->random >> 16) % keys);
}

/* True when this one is a set. */
static bool cache_sets(const struct task *t, const struct local *l)
{
	return (l->random >> 8 & 0xff) * 100 < t->param[SETS] << 8;
}

static bool cache_get(struct task *t, struct local *l)
{
	struct lru *parts = t->shared;
	unsigned n = part_number(l->key);
	bool found;

	task_lock(t, n);
	found = lru_get(&parts[n], l->key, l->value);
	task_unlock(t, n);
	return found;
}

static void cache_put(struct task *t, struct local *l)
{
	struct lru *parts = t->shared;
	unsigned n = part_number(l->key);
	uint64_t capacity = (t->param[CAPACITY] + PARTS - 1) / PARTS;

	task_lock(t, n);
	lru_put(&parts[n], (uint16_t)capacity, l->key, l->value);
	task_unlock(t, n);
}

static void value_begin(struct local *l)
{
	for (unsigned i = 0; i < LRU_VALUE / 8; i++)
		l->value[i] = word_of(l->key, i);
}

static void value_tick(struct local *l)
{
	l->value[0] = burn_tick(l->value[0] ^ l->tick);
}

/* All of the value counts: half of it is another. */
static void value_use(struct local *l)
{
	uint64_t sum = l->random;

	for (unsigned i = 0; i < LRU_VALUE / 8; i++)
		sum = sum * 3 + l->value[i];
	l->sum += sum;
}

static struct op cache_step(struct task *t)
{
	struct local *l = t->local;

	TASK_BEGIN(t);
	while (l->unit < t->units) {
		for (l->i = 0; l->i < BATCH && l->unit < t->units; l->i++, l->unit++) {
			cache_choose(t, l);
			if (cache_sets(t, l) || !cache_get(t, l)) {
				value_begin(l);
				for (l->tick = 0; l->tick < t->param[MISS]; l->tick++) {
					value_tick(l);
					if (task_tick(t))
						TASK_AWAIT(t, op_yield());
				}
				cache_put(t, l);
			}
			value_use(l);
			if (task_tick(t))
				TASK_AWAIT(t, op_yield());
		}
		TASK_AWAIT(t, op_units(l->i));
	}
	t->result = l->sum;
	TASK_END(t);
}

static uint64_t cache_digest(const void *shared, const uint64_t *param)
{
	const struct lru *parts = shared;
	uint64_t sum = 0;

	(void)param;
	for (unsigned n = 0; n < PARTS; n++)
		sum += parts[n].gets * rng_mix(n) + !lru_sound(&parts[n], value_whole);
	return sum;
}

/* What a copy holds is as good as what another does. */
static void cache_merge(void *into, const void *from, const uint64_t *param)
{
	struct lru *a = into;
	const struct lru *b = from;

	(void)param;
	for (unsigned n = 0; n < PARTS; n++) {
		a[n].gets += b[n].gets;
		a[n].hits += b[n].hits;
	}
}

static const char *const counters[] = { "gets", "hits", NULL };

static void cache_count(const void *shared, const uint64_t *param, uint64_t out[COUNTERS])
{
	const struct lru *parts = shared;

	(void)param;
	for (unsigned n = 0; n < PARTS; n++) {
		out[0] += parts[n].gets;
		out[1] += parts[n].hits;
	}
}

const struct workload workload_cache = {
	.name = "cache",
	.summary = "gets and sets of an in-process LRU cache",
	.unit = "access",
	.bound = BOUND_CPU,
	.params = params,
	.shared_bytes = PARTS * sizeof(struct lru),
	.local_bytes = sizeof(struct local),
	.step = cache_step,
	.digest = cache_digest,
	.merge = cache_merge,
	.counters = counters,
	.count = cache_count,
};

/*
 * freelist - take blocks from a free list and put them back, as CPython's pymalloc
 * does in a pool (Objects/obmalloc.c, freeblock): a list through the blocks, without
 * an atomic instruction or a lock, because who is here has the interpreter lock.
 * Two threads that have not may be given the same block, or lose one: the counters
 * tell, and then the checksum is wrong.
 */
#include "workloads/workload.h"

enum { OPS, GUARDED };
static const struct param params[] = {
	[OPS] = { "ops", 500, 1, 10000, "", "blocks taken and put back per unit" },
	[GUARDED] = { "guarded", 1, 0, 1, "off|on", "each time behind a lock, if there are any" },
	{ .name = NULL }
};

enum { BLOCKS = 64 };		/* a bit each, see below */

/* A place in the list is a block's number from 1; 0 is none.  Relaxed, all of it:
 * plain loads and stores, which the compiler may not leave out. */
struct block {
	_Atomic uint32_t next;
	atomic_uint users;	/* above 1: it was given out twice */
};

struct shared {
	_Alignas(128) _Atomic uint32_t first;
	_Atomic uint64_t taken;
	_Alignas(128) atomic_ulong twice;
	_Alignas(128) struct block block[BLOCKS];
};

struct local {
	uint64_t unit, alone;	/* blocks that nobody else had */
};

#define GET(x) atomic_load_explicit(&(x), memory_order_relaxed)
#define SET(x, v) atomic_store_explicit(&(x), v, memory_order_relaxed)

static void freelist_init(void *shared, const uint64_t *param)
{
	struct shared *s = shared;

	(void)param;
	for (uint32_t i = 0; i < BLOCKS; i++)
		SET(s->block[i].next, i);
	SET(s->first, BLOCKS);
}

/* What was put back last, or NULL when others lost them all; *@alone when nobody
 * else has it. */
static struct block *freelist_take(struct shared *s, bool *alone)
{
	uint32_t first = GET(s->first);
	struct block *b = first ? &s->block[first - 1] : NULL;

	*alone = false;
	if (!b)
		return NULL;
	SET(s->first, GET(b->next));
	SET(s->taken, GET(s->taken) + 1);
	*alone = !atomic_fetch_add_explicit(&b->users, 1, memory_order_relaxed);
	return b;
}

static void freelist_put(struct shared *s, struct block *b)
{
	atomic_fetch_sub_explicit(&b->users, 1, memory_order_relaxed);
	SET(b->next, GET(s->first));
	SET(s->first, (uint32_t)(b - s->block) + 1);
}

/* Take a block and put it back.  True when nobody else had it. */
static bool freelist_use(struct task *t, struct shared *s)
{
	bool guarded = t->param[GUARDED], alone;
	struct block *b;

	if (guarded)
		task_lock(t, 0);
	b = freelist_take(s, &alone);
	if (guarded)
		task_unlock(t, 0);
	if (!b)
		return false;
	if (!alone)
		atomic_fetch_add_explicit(&s->twice, 1, memory_order_relaxed);
	if (guarded)
		task_lock(t, 0);
	freelist_put(s, b);
	if (guarded)
		task_unlock(t, 0);
	return alone;
}

static struct op freelist_step(struct task *t)
{
	struct local *l = t->local;

	TASK_BEGIN(t);
	for (; l->unit < t->units; l->unit++) {
		for (uint64_t i = 0; i < t->param[OPS]; i++)
			l->alone += freelist_use(t, t->shared);
		TASK_AWAIT(t, op_units(1));
	}
	t->result = rng_mix(l->alone ^ t->index);
	TASK_END(t);
}

/* Those that a walk does not find.  A broken list may go round in a circle. */
static uint64_t freelist_lost(const struct shared *s)
{
	uint64_t seen = 0;

	for (uint32_t at = s->first; at && !(seen >> (at - 1) & 1); at = s->block[at - 1].next)
		seen |= 1ull << (at - 1);
	return BLOCKS - (uint64_t)__builtin_popcountll(seen);
}

static uint64_t freelist_digest(const void *shared, const uint64_t *param)
{
	const struct shared *s = shared;

	(void)param;
	return rng_mix(s->taken) + freelist_lost(s);
}

static void freelist_merge(void *into, const void *from, const uint64_t *param)
{
	(void)param;
	((struct shared *)into)->taken += ((const struct shared *)from)->taken;
	((struct shared *)into)->twice += ((const struct shared *)from)->twice;
}

static const char *const counters[] = { "twice", "blocks_lost", NULL };

static void freelist_count(const void *shared, const uint64_t *param, uint64_t out[COUNTERS])
{
	const struct shared *s = shared;

	(void)param;
	out[0] = s->twice;
	out[1] = freelist_lost(s);
}

const struct workload workload_freelist = {
	.name = "freelist",
	.summary = "blocks from a free list, as of CPython's allocator",
	.unit = "batch",
	.bound = BOUND_CPU,
	.params = params,
	.shared_bytes = sizeof(struct shared),
	.local_bytes = sizeof(struct local),
	.init = freelist_init,
	.step = freelist_step,
	.digest = freelist_digest,
	.merge = freelist_merge,
	.counters = counters,
	.count = freelist_count,
};

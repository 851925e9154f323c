/*
 * What a strategy that shares state owes it: nobody is in a shard together with
 * another, and in another shard at the same time where there are many.  Whoever
 * is in a shard dawdles there, so that a lock that is missing shows at once.  And
 * what one with private state owes it: copies that only their owner sees.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/left.h"
#include "base/mem.h"
#include "strategies/strategy.h"

enum { WORKERS = 4, TASKS = 8, UNITS = 50, SHARDS_USED = 3, HANG_S = 30 };

struct state {
	atomic_uint inside[SHARDS_USED];	/* tasks there now */
	atomic_uint inside_any;
	atomic_uint crowded, crowded_any;	/* times somebody was not alone */
	uint64_t visits[SHARDS_USED];		/* plain: the lock orders them */
};

struct local {
	uint64_t unit;
};

static void dawdle(void)
{
	for (int i = 0; i < 3; i++)
		sched_yield();
}

static void visit(struct task *t, struct state *s, unsigned shard)
{
	uint64_t visits;

	task_lock(t, shard);
	if (atomic_fetch_add(&s->inside[shard], 1))
		atomic_fetch_add(&s->crowded, 1);
	if (atomic_fetch_add(&s->inside_any, 1))
		atomic_fetch_add(&s->crowded_any, 1);
	visits = s->visits[shard];
	dawdle();
	s->visits[shard] = visits + 1;
	atomic_fetch_sub(&s->inside_any, 1);
	atomic_fetch_sub(&s->inside[shard], 1);
	task_unlock(t, shard);
}

static struct op visit_step(struct task *t)
{
	struct local *l = t->local;

	if (l->unit == t->units)
		return op_done();
	visit(t, t->shared, (unsigned)(l->unit++ % SHARDS_USED));
	return op_units(1);
}

/* Task i stays in shard i until all are in theirs. */
static struct op meet_step(struct task *t)
{
	struct state *s = t->shared;

	task_lock(t, (unsigned)t->index);
	atomic_fetch_add(&s->inside_any, 1);
	while (atomic_load(&s->inside_any) < t->units)
		sched_yield();
	task_unlock(t, (unsigned)t->index);
	return op_done();
}

/* Two shards at a time, asked for in either order. */
static struct op pair_step(struct task *t)
{
	struct state *s = t->shared;
	struct local *l = t->local;
	unsigned a = (unsigned)(l->unit + t->index) % SHARDS_USED, b = (a + 1) % SHARDS_USED;

	if (l->unit++ == t->units)
		return op_done();
	task_lock_pair(t, l->unit % 2 ? a : b, l->unit % 2 ? b : a);
	s->visits[a]++;
	dawdle();
	s->visits[b]++;
	task_unlock_pair(t, l->unit % 2 ? a : b, l->unit % 2 ? b : a);
	return op_units(1);
}

static struct state *shared;
static atomic_uint *met;	/* whatever the strategy makes of the state */
static struct slot *slot;
static struct gate *gate;
static struct trouble *trouble;

/* Leave a trace; when all tasks have, nobody has seen another's. */
static struct op trace_step(struct task *t)
{
	struct state *s = t->shared;

	atomic_fetch_add(&s->inside_any, 1);
	atomic_fetch_add(met, 1);
	while (atomic_load(met) < t->tasks)
		sched_yield();
	if (atomic_load(&s->inside_any) != 1)
		atomic_fetch_add(&s->crowded_any, 1);
	return op_done();
}

static uint64_t merged_ns;	/* when a copy was folded in last */

static void merge(void *into, const void *from, const uint64_t *param)
{
	struct state *a = into;
	const struct state *b = from;

	(void)param;
	atomic_fetch_add(&a->inside_any, atomic_load(&b->inside_any));
	atomic_fetch_add(&a->crowded_any, atomic_load(&b->crowded_any));
	merged_ns = clock_ns();
}

static int setup(void **state)
{
	(void)state;
	alarm(HANG_S);		/* a deadlock fails, and does not hang */
	shared = shared_map(sizeof *shared);
	met = shared_map(sizeof *met);
	slot = shared_map((WORKERS + 1) * sizeof *slot);
	gate = shared_map(sizeof *gate);
	trouble = shared_map(sizeof *trouble);
	return shared && met && slot && gate && trouble ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	alarm(0);
	shared_unmap(shared, sizeof *shared);
	shared_unmap(met, sizeof *met);
	shared_unmap(slot, (WORKERS + 1) * sizeof *slot);
	shared_unmap(gate, sizeof *gate);
	shared_unmap(trouble, sizeof *trouble);
	return 0;
}

static void run_under(const char *name, struct op (*step)(struct task *), unsigned workers,
		      uint64_t tasks, uint64_t units)
{
	static const int anywhere[WORKERS + 1] = { -1, -1, -1, -1, -1 };
	const struct strategy *strategy = strategy_find(name);
	const struct workload w = { .name = "own", .local_bytes = sizeof(struct local),
				    .shared_bytes = sizeof(struct state), .step = step,
				    .merge = merge };
	struct channel channel[WORKERS] = { { -1, -1 } };
	struct run run = { .workload = &w, .tasks = tasks, .units = units,
			   .workers = workers, .channel = channel, .shared = shared };
	/* of the loops: level, inline, a pool that nobody needs, and no delay */
	static const uint64_t option[] = { 0, 0, 1, 0 };
	struct pass pass = { .run = &run, .strategy = strategy, .cpu = anywhere, .slot = slot,
			     .option = option,
			     .gate = gate, .shared = shared, .trouble = trouble };
	unsigned fds = open_fds(), maps = shared_maps();
	uint64_t done = 0;

	assert_non_null(strategy);
	assert_int_equal(strategy->run(&pass), 0);
	/* whatever it made to run them is gone */
	assert_int_equal(open_fds(), fds);
	assert_int_equal(shared_maps(), maps);
	for (unsigned i = 0; i < workers; i++)
		done += slot[i].tasks;
	assert_int_equal(done, tasks);
}

static void alone_in_a_shard(void **state)
{
	uint64_t visits = 0;

	run_under(*state, visit_step, WORKERS, TASKS, UNITS);
	assert_int_equal(atomic_load(&shared->crowded), 0);
	for (int i = 0; i < SHARDS_USED; i++)
		visits += shared->visits[i];
	assert_int_equal(visits, TASKS * UNITS);
}

static void one_lock_is_for_all_shards(void **state)
{
	run_under(*state, visit_step, WORKERS, TASKS, UNITS);
	assert_int_equal(atomic_load(&shared->crowded_any), 0);
}

static void each_shard_has_a_lock_of_its_own(void **state)
{
	run_under(*state, meet_step, SHARDS_USED, SHARDS_USED, SHARDS_USED);
	assert_int_equal(atomic_load(&shared->inside_any), SHARDS_USED);
}

static void two_shards_at_once(void **state)
{
	uint64_t visits = 0;

	run_under(*state, pair_step, WORKERS, TASKS, UNITS);
	for (int i = 0; i < SHARDS_USED; i++)
		visits += shared->visits[i];
	assert_int_equal(visits, 2 * TASKS * UNITS);
}

static void everybody_has_a_copy(void **state)
{
	run_under(*state, trace_step, WORKERS, WORKERS, 1);
	assert_int_equal(atomic_load(&shared->inside_any), WORKERS);	/* folded together */
	assert_true(slot[WORKERS].end_ns >= merged_ns);	/* as part of the work */
	assert_int_equal(atomic_load(&shared->crowded_any), 0);
}

#define TEST(f, name) { #f " (" #name ")", f, setup, teardown, (void *)(uintptr_t)#name }

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(alone_in_a_shard, global),
		TEST(alone_in_a_shard, fine),
		TEST(alone_in_a_shard, nogil),
		TEST(alone_in_a_shard, openmp),
		TEST(alone_in_a_shard, fork),
		TEST(alone_in_a_shard, async-w),
		TEST(alone_in_a_shard, openmp-default),
		TEST(one_lock_is_for_all_shards, global),
		TEST(each_shard_has_a_lock_of_its_own, fine),
		TEST(each_shard_has_a_lock_of_its_own, nogil),
		TEST(each_shard_has_a_lock_of_its_own, openmp),
		TEST(each_shard_has_a_lock_of_its_own, fork),
		TEST(two_shards_at_once, global),
		TEST(two_shards_at_once, fine),
		TEST(two_shards_at_once, nogil),
		TEST(two_shards_at_once, openmp),
		TEST(two_shards_at_once, fork),
		TEST(two_shards_at_once, async-w),
		TEST(two_shards_at_once, openmp-default),
		TEST(everybody_has_a_copy, pool),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * own_steps.h - workloads that notice what an interpreter lock owes: one step at
 * a time, the lock free around every operation, given up when it must be, and
 * nobody forgotten.  Each would find a breach, or never end.
 */
#ifndef TESTS_OWN_STEPS_H
#define TESTS_OWN_STEPS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <unistd.h>

#include "base/mem.h"
#include "strategies/strategy.h"

enum {
	THREADS = 4, TASKS = 12, UNITS = 300,
	ROUNDS = 200,
	HANG_S = 60,
};

/* Written inside steps only: plain, where the lock must order it. */
struct shared {
	atomic_uint inside;		/* steps in progress now */
	atomic_uint crowded;		/* times there were two */
	uint64_t value;
	const struct task *last;	/* who stepped last */
	uint64_t given_up, kept;	/* yields, and those that nobody used */
	unsigned turn;
};

struct local {
	uint64_t unit;
	bool gave_up;
	char byte;
};

/* Steps long enough to overlap if they could. */
static inline struct op crowd_step(struct task *t)
{
	struct shared *s = t->shared;
	struct local *l = t->local;

	if (l->unit++ == t->units)
		return op_done();
	if (atomic_fetch_add(&s->inside, 1))
		atomic_fetch_add(&s->crowded, 1);
	for (uint64_t seen = s->value, i = 0; i < 20; i++) {
		s->value = seen + i + 1;
		__asm__ volatile("" : "+m"(s->value));
	}
	atomic_fetch_sub(&s->inside, 1);
	return l->unit % 16 ? op_units(1) : op_sleep_until(0);
}

/* Compute, and give the step back when asked.  Whoever set the request waits for
 * the lock, so somebody must have stepped before this one does again. */
static inline struct op yielding_step(struct task *t)
{
	struct shared *s = t->shared;
	struct local *l = t->local;

	if (l->gave_up)
		s->kept += s->last == t;
	l->gave_up = false;
	s->last = t;
	while (l->unit < t->units) {
		for (unsigned i = 0; i < 200; i++)
			if (task_tick(t)) {
				l->gave_up = true;
				s->given_up++;
				return op_yield();
			}
		l->unit++;
	}
	return op_done();
}

/* Task i goes on only when the other has: both end only if the lock that a
 * computing task holds is taken from it again and again. */
static inline struct op turns_step(struct task *t)
{
	struct shared *s = t->shared;

	while (s->turn < 2 * ROUNDS) {
		if (s->turn % 2 == t->index)
			s->turn++;
		if (task_tick(t))
			return op_yield();
	}
	return op_done();
}

/* Units, and not one poll between them. */
static inline struct op units_step(struct task *t)
{
	struct shared *s = t->shared;
	struct local *l = t->local;

	for (unsigned i = 0; i < 1000; i++) {
		s->value++;
		__asm__ volatile("" : "+m"(s->value));
	}
	return l->unit++ < t->units ? op_units(1) : op_done();
}

/* Two tasks that pass a byte to and fro: each waits for the other. */
static inline struct op pipe_step(struct task *t)
{
	struct local *l = t->local;

	if (l->unit == 2 * t->units)
		return op_done();
	return l->unit++ % 2 ? op_read(t->channel->in, &l->byte, 1, OP_ALL) :
			       op_write(t->channel->out, &l->byte, 1);
}

static inline void own_merge(void *into, const void *from, const uint64_t *param)
{
	(void)param;
	((struct shared *)into)->value += ((const struct shared *)from)->value;
}

struct own {
	const char *strategy;
	const uint64_t *option;
	struct op (*step)(struct task *);
	unsigned threads;
	uint64_t tasks, units;
	struct channel *channel;	/* NULL: none */
	struct hist *extra;
};

static struct slot *slot;
static struct trouble trouble;

/* The state that a run of @o leaves. */
static inline struct shared ran(const struct own *o)
{
	static const int anywhere[THREADS + 1] = { -1, -1, -1, -1, -1 };
	const struct strategy *strategy = strategy_find(o->strategy);
	const struct workload w = {
		.name = "own", .local_bytes = sizeof(struct local), .step = o->step,
		.shared_bytes = sizeof(struct shared), .merge = own_merge,
	};
	struct channel none[THREADS] = { { -1, -1 } };
	struct shared shared = { 0 };
	struct run run = { .workload = &w, .tasks = o->tasks, .units = o->units,
			   .workers = o->threads, .shared = &shared,
			   .channel = o->channel ? o->channel : none };
	struct gate gate;
	struct pass pass = { .run = &run, .strategy = strategy, .option = o->option,
			     .cpu = anywhere, .slot = slot, .gate = &gate,
			     .shared = &shared, .extra = o->extra, .trouble = &trouble };
	uint64_t done = 0;

	assert_non_null(strategy);
	memset(slot, 0, (THREADS + 1) * sizeof *slot);
	assert_int_equal(strategy->run(&pass), 0);
	for (unsigned i = 0; i < o->threads; i++)
		done += slot[i].tasks;
	assert_int_equal(done, o->tasks);
	return shared;
}

static inline uint64_t switches(void)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < THREADS; i++)
		n += slot[i].switches;
	return n;
}

/* What counter @name of @strategy says. */
static inline uint64_t counted(const char *strategy, const char *name)
{
	const char *const *names = strategy_find(strategy)->counters;
	uint64_t n = 0;
	unsigned c = 0;

	while (strcmp(names[c], name))
		c++;
	for (unsigned i = 0; i < THREADS; i++)
		n += slot[i].counter[c];
	return n;
}

/* Two tasks on two threads pass a byte to and fro. */
static inline void passed_to_and_fro(const char *strategy, const uint64_t *option)
{
	int a[2], b[2];

	assert_int_equal(pipe(a), 0);
	assert_int_equal(pipe(b), 0);
	ran(&(struct own){ strategy, option, pipe_step, 2, 2, 100,
			   (struct channel[]){ { .in = a[0], .out = b[1] },
					       { .in = b[0], .out = a[1] } }, NULL });
	for (int i = 0; i < 2; i++) {
		close(a[i]);
		close(b[i]);
	}
}

static inline int setup(void **state)
{
	(void)state;
	alarm(HANG_S);		/* a wake-up that was lost fails, and does not hang */
	memset(&trouble, 0, sizeof trouble);
	slot = shared_map((THREADS + 1) * sizeof *slot);
	return slot ? 0 : -1;
}

static inline int teardown(void **state)
{
	(void)state;
	shared_unmap(slot, (THREADS + 1) * sizeof *slot);
	alarm(0);
	return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif

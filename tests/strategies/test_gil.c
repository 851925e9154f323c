/*
 * What the interpreter lock owes: one step at a time; the lock free around every
 * operation; given up on request, and then really to somebody else; and nobody
 * forgotten.  Each by a workload of its own, which would notice or never end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdatomic.h>
#include <unistd.h>

#include "base/mem.h"
#include "strategies/strategy.h"

enum {
	THREADS = 4, TASKS = 12, UNITS = 300,
	ROUNDS = 200,
	HANG_S = 60,
	SHORT_NS = 1000, LONG_NS = 2000000000,
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

static void enter(struct shared *s)
{
	if (atomic_fetch_add(&s->inside, 1))
		atomic_fetch_add(&s->crowded, 1);
}

static void leave(struct shared *s)
{
	atomic_fetch_sub(&s->inside, 1);
}

struct local {
	uint64_t unit;
	bool gave_up;
	char byte;
};

/* Steps long enough to overlap if they could. */
static struct op crowd_step(struct task *t)
{
	struct shared *s = t->shared;
	struct local *l = t->local;

	if (l->unit++ == t->units)
		return op_done();
	enter(s);
	for (uint64_t seen = s->value, i = 0; i < 20; i++) {
		s->value = seen + i + 1;
		__asm__ volatile("" : "+m"(s->value));
	}
	leave(s);
	return l->unit % 16 ? op_units(1) : op_sleep_until(0);
}

/* Compute, and give the step back when asked.  Whoever set the request waits for
 * the lock, so somebody must have stepped before this one does again. */
static struct op yielding_step(struct task *t)
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
static struct op turns_step(struct task *t)
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

/* Two tasks that pass a byte to and fro: each waits for the other. */
static struct op pipe_step(struct task *t)
{
	struct local *l = t->local;

	if (l->unit == 2 * t->units)
		return op_done();
	return l->unit++ % 2 ? op_read(t->channel->in, &l->byte, 1, OP_ALL) :
			       op_write(t->channel->out, &l->byte, 1);
}

static struct slot *slot;
static struct trouble trouble;

/* @step in @tasks tasks on @threads threads; the state they leave. */
static struct shared ran(struct op (*step)(struct task *), unsigned threads,
			 uint64_t tasks, uint64_t units, uint64_t interval_ns,
			 struct channel *channel)
{
	static const int anywhere[THREADS + 1] = { -1, -1, -1, -1, -1 };
	const struct strategy *gil = strategy_find("gil");
	const struct workload w = { .name = "own", .local_bytes = sizeof(struct local),
				    .step = step };
	struct channel none[THREADS] = { { -1, -1 } };
	struct shared shared = { 0 };
	struct run run = { .workload = &w, .tasks = tasks, .units = units,
			   .workers = threads, .channel = channel ? channel : none };
	struct gate gate;
	struct pass pass = { .run = &run, .strategy = gil, .option = &interval_ns,
			     .cpu = anywhere, .slot = slot, .gate = &gate,
			     .shared = &shared, .trouble = &trouble };
	uint64_t done = 0;

	assert_non_null(gil);
	assert_string_equal(gil->params[0].name, "interval");
	assert_int_equal(gil->run(&pass), 0);
	for (unsigned i = 0; i < threads; i++)
		done += slot[i].tasks;
	assert_int_equal(done, tasks);
	return shared;
}

static uint64_t switches(void)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < THREADS; i++)
		n += slot[i].switches;
	return n;
}

static int setup(void **state)
{
	(void)state;
	alarm(HANG_S);		/* a wake-up that was lost fails, and does not hang */
	memset(&trouble, 0, sizeof trouble);
	slot = shared_map((THREADS + 1) * sizeof *slot);
	return slot ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	shared_unmap(slot, (THREADS + 1) * sizeof *slot);
	alarm(0);
	return 0;
}

static void one_step_at_a_time(void **state)
{
	struct shared s = ran(crowd_step, THREADS, TASKS, UNITS, SHORT_NS, NULL);

	(void)state;
	assert_int_equal(atomic_load(&s.crowded), 0);
	assert_int_equal(s.value, TASKS * UNITS * 20);
}

static void given_up_it_goes_to_another(void **state)
{
	struct shared s = ran(yielding_step, THREADS, TASKS, 20000, SHORT_NS, NULL);

	(void)state;
	assert_true(s.given_up > 0);
	assert_int_equal(s.kept, 0);
}

static void a_computing_task_cannot_keep_it(void **state)
{
	struct shared s = ran(turns_step, 2, 2, 1, SHORT_NS, NULL);

	(void)state;
	assert_true(s.turn >= 2 * ROUNDS);
	assert_true(switches() >= ROUNDS);
}

/* Without a request within the interval: dropped around the op all the same. */
static void it_is_free_around_an_operation(void **state)
{
	int a[2], b[2];

	(void)state;
	assert_int_equal(pipe(a), 0);
	assert_int_equal(pipe(b), 0);
	ran(pipe_step, 2, 2, 100, LONG_NS,
	    (struct channel[]){ { .in = a[0], .out = b[1] }, { .in = b[0], .out = a[1] } });
	for (int i = 0; i < 2; i++) {
		close(a[i]);
		close(b[i]);
	}
}

/* One thread never waits for itself, asked or not. */
static void alone_it_is_always_free(void **state)
{
	struct shared s = ran(crowd_step, 1, 3, UNITS, SHORT_NS, NULL);

	(void)state;
	assert_int_equal(s.value, 3 * UNITS * 20);
	assert_int_equal(switches(), 1);	/* from nobody to the first */
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_step_at_a_time),
		TEST(given_up_it_goes_to_another),
		TEST(a_computing_task_cannot_keep_it),
		TEST(it_is_free_around_an_operation),
		TEST(alone_it_is_always_free),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

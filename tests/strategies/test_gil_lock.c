/*
 * The lock of `gil` alone, as a state machine: free, or held by one.  Whoever
 * takes it must find it free and whoever drops it must find it his, over ten
 * million times; nobody may sleep through a release; and a forced switch must
 * really go to another.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <unistd.h>

#include "base/clock.h"
#include "strategies/gil_lock.h"

#ifdef __SANITIZE_THREAD__
enum { TAKES = 200000 };
#else
enum { TAKES = 10000000 };
#endif
enum {
	THREADS = 4,
	SWITCHES = 2000,
	HANG_S = 600,	/* a guard, and no measure of speed */
	ON = 1, OFF = 0, EACH_OP = 0,
	SHORT_NS = 1000,
	HELD_NS = 2000000,
	TURNS_NS = 20000000,
};
#define FOREVER_NS 1000000000000000u	/* no time-out mends a lost wake-up */

struct trace {
	struct gil gil;
	/* plain: only the lock orders them */
	const struct holder *holder;	/* NULL: free */
	const struct holder *last;	/* who had it before it was taken */
	uint64_t takes, wrong;
	uint64_t handed, kept;		/* after a drop on request: to another or not */
	struct hist hold;
};

struct thread {
	pthread_t id;
	struct trace *trace;
	uint64_t takes;
	struct holder me;
};

static void enter(struct trace *t, struct holder *me)
{
	gil_take(&t->gil, me);
	t->wrong += t->holder != NULL;
	t->holder = me;
	t->takes++;
}

static void leave(struct trace *t, struct holder *me, bool last)
{
	t->wrong += t->holder != me;
	t->last = me;
	t->holder = NULL;
	gil_drop(&t->gil, me, last);
}

static void *take_turns(void *arg)
{
	struct thread *th = arg;

	for (uint64_t i = 1; i <= th->takes; i++) {
		enter(th->trace, &th->me);
		leave(th->trace, &th->me, i == th->takes);
	}
	return NULL;
}

/* Hold it until asked, so often that it has to go round. */
static void *hold_until_asked(void *arg)
{
	struct thread *th = arg;
	struct trace *t = th->trace;

	enter(t, &th->me);
	while (t->handed + t->kept < SWITCHES) {
		if (!gil_drop_requested(&t->gil))
			continue;
		leave(t, &th->me, false);
		enter(t, &th->me);
		if (t->last == &th->me)
			t->kept++;
		else
			t->handed++;
	}
	leave(t, &th->me, true);
	return NULL;
}

static struct thread thread[THREADS];

static uint64_t counted(unsigned what)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < THREADS; i++)
		n += thread[i].me.count[what];
	return n;
}

static struct trace *run(void *(*body)(void *), uint64_t interval_ns, uint64_t forced,
			 uint64_t trace)
{
	static struct trace t;
	const uint64_t knob[GIL_KNOBS] = { interval_ns, forced, EACH_OP, trace };

	memset(&t, 0, sizeof t);
	gil_init(&t.gil, knob, &t.hold);
	for (unsigned i = 0; i < THREADS; i++) {
		thread[i] = (struct thread){ .trace = &t, .takes = TAKES / THREADS };
		assert_int_equal(pthread_create(&thread[i].id, NULL, body, &thread[i]), 0);
	}
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(thread[i].id, NULL);
	gil_release(&t.gil);
	assert_int_equal(t.wrong, 0);
	assert_int_equal(counted(GIL_TAKES), t.takes);
	return &t;
}

/* Nobody ever times out, so only a release wakes those who wait. */
static void one_holder_and_no_lost_wake_up(void **state)
{
	struct trace *t = run(take_turns, FOREVER_NS, ON, OFF);

	(void)state;
	assert_int_equal(t->takes, TAKES);
	assert_int_equal(counted(GIL_TIMEOUTS), 0);
	assert_int_equal(counted(GIL_DROP_REQUESTS), 0);
	assert_int_equal(counted(GIL_FORCED), 0);
	assert_int_equal(t->hold.n, 0);
}

static void a_forced_switch_goes_to_another(void **state)
{
	struct trace *t = run(hold_until_asked, SHORT_NS, ON, OFF);

	(void)state;
	assert_int_equal(t->kept, 0);
	assert_true(counted(GIL_DROP_REQUESTS) > 0);
	assert_true(counted(GIL_TIMEOUTS) >= counted(GIL_DROP_REQUESTS));
}

static void unforced_nobody_waits_for_another(void **state)
{
	(void)state;
	run(hold_until_asked, SHORT_NS, OFF, OFF);
	assert_true(counted(GIL_DROP_REQUESTS) > 0);
	assert_int_equal(counted(GIL_FORCED), 0);
}

static void each_hold_is_recorded(void **state)
{
	struct trace *t = run(hold_until_asked, SHORT_NS, ON, ON);

	(void)state;
	assert_int_equal(t->hold.n, t->takes);
}

static void a_hold_is_as_long_as_it_was_held(void **state)
{
	const uint64_t knob[GIL_KNOBS] = { FOREVER_NS, ON, EACH_OP, ON };
	static struct hist hold;
	struct holder me = { 0 };
	uint64_t begun = clock_ns();
	struct gil g;

	(void)state;
	gil_init(&g, knob, &hold);
	gil_take(&g, &me);
	clock_sleep_until(clock_ns() + HELD_NS);
	gil_drop(&g, &me, true);
	assert_int_equal(hold.n, 1);
	assert_true(hold.min >= HELD_NS);
	assert_true(hold.max <= clock_ns() - begun);
	gil_release(&g);
}

/* One that takes the lock once, and another, @me, who may have it first. */
struct waiter {
	struct gil gil;
	struct holder self, me;
	bool asked;		/* to give it up, and it stays */
	pthread_t id;
};

static void *wait_once(void *arg)
{
	struct waiter *w = arg;

	gil_take(&w->gil, &w->self);
	if (w->asked)
		atomic_store(&w->gil.drop_request.asked, true);
	gil_drop(&w->gil, &w->self, !w->asked);
	return NULL;
}

static void waiter_start(struct waiter *w, uint64_t interval_ns)
{
	const uint64_t knob[GIL_KNOBS] = { interval_ns, ON, EACH_OP, OFF };

	gil_init(&w->gil, knob, NULL);
	if (!w->asked)
		gil_take(&w->gil, &w->me);
	assert_int_equal(pthread_create(&w->id, NULL, wait_once, w), 0);
}

static void waiter_end(struct waiter *w)
{
	pthread_join(w->id, NULL);
	gil_release(&w->gil);
}

/* Who sees the holder change while it waits does not ask: it may be the next.
 * That this test is late may look like no change, but not each time. */
static void nobody_asks_while_others_take_turns(void **state)
{
	struct waiter w = { .asked = false };
	uint64_t unasked = 0;

	(void)state;
	waiter_start(&w, TURNS_NS);
	for (unsigned i = 0; i < 1000 && !unasked; i++) {
		clock_sleep_until(clock_ns() + NS_PER_MS);
		pthread_mutex_lock(&w.gil.mutex);
		w.gil.switches++;
		unasked = w.self.count[GIL_TIMEOUTS] - w.self.count[GIL_DROP_REQUESTS];
		pthread_mutex_unlock(&w.gil.mutex);
	}
	gil_drop(&w.gil, &w.me, true);
	waiter_end(&w);
	assert_true(unasked > 0);
}

/* Nobody is asked to give it up before he has had his interval, from when somebody
 * began to wait for it. */
static void it_is_not_asked_for_early(void **state)
{
	struct waiter w = { .asked = false };
	uint64_t began = clock_ns();

	(void)state;
	waiter_start(&w, TURNS_NS);
	while (!gil_drop_requested(&w.gil))
		clock_sleep_until(clock_ns() + NS_PER_US);
	assert_true(clock_ns() - began >= TURNS_NS);
	gil_drop(&w.gil, &w.me, false);
	waiter_end(&w);
}

static uint64_t forced_drops(struct waiter *w)
{
	uint64_t n;

	pthread_mutex_lock(&w->gil.switch_mutex);
	n = w->self.count[GIL_FORCED];
	pthread_mutex_unlock(&w->gil.switch_mutex);
	return n;
}

/* Asked with nobody there to take it, who would stay waits, and says so. */
static void a_drop_that_had_to_wait_is_counted(void **state)
{
	struct waiter w = { .asked = true };
	uint64_t forced = 0;

	(void)state;
	waiter_start(&w, FOREVER_NS);
	for (unsigned i = 0; i < 5000 && !forced; i++) {
		clock_sleep_until(clock_ns() + NS_PER_MS);
		forced = forced_drops(&w);
	}
	gil_take(&w.gil, &w.me);
	gil_drop(&w.gil, &w.me, true);
	waiter_end(&w);
	assert_int_equal(forced, 1);
	assert_int_equal(w.self.count[GIL_FORCED], 1);
}

/* Asked with nobody there: who leaves for good does not wait. */
static void the_last_drop_waits_for_nobody(void **state)
{
	const uint64_t knob[GIL_KNOBS] = { FOREVER_NS, ON, EACH_OP, OFF };
	struct holder me = { 0 };
	struct gil g;

	(void)state;
	gil_init(&g, knob, NULL);
	gil_take(&g, &me);
	atomic_store(&g.drop_request.asked, true);
	gil_drop(&g, &me, true);
	gil_take(&g, &me);	/* it is free, and whoever takes it clears that */
	assert_false(gil_drop_requested(&g));
	gil_drop(&g, &me, false);
	assert_int_equal(me.count[GIL_TAKES], 2);
	assert_int_equal(me.switches, 1);
	assert_int_equal(me.count[GIL_FORCED], 0);
	gil_release(&g);
}

static int setup(void **state)
{
	(void)state;
	alarm(HANG_S);
	return 0;
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_holder_and_no_lost_wake_up),
		TEST(a_forced_switch_goes_to_another),
		TEST(unforced_nobody_waits_for_another),
		TEST(each_hold_is_recorded),
		TEST(a_hold_is_as_long_as_it_was_held),
		TEST(nobody_asks_while_others_take_turns),
		TEST(it_is_not_asked_for_early),
		TEST(a_drop_that_had_to_wait_is_counted),
		TEST(the_last_drop_waits_for_nobody),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The lock of `gil2` alone: one holder at a time, nobody forgotten, and given up
 * when CPython 2.7 would: at the tick that takes its ticker below zero. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <unistd.h>

#include "strategies/tick_lock.h"

#ifdef __SANITIZE_THREAD__
enum { TAKES = 40000 };
#else
enum { TAKES = 400000 };
#endif
enum { THREADS = 4, HANG_S = 120 };

static struct tick_lock lock;
/* plain: only the lock orders them */
static const struct holder *holder;
static uint64_t takes, wrong;

static void *take_turns(void *arg)
{
	struct holder *me = arg;

	for (unsigned i = 0; i < TAKES / THREADS; i++) {
		tick_lock_take(&lock, me);
		wrong += holder != NULL;
		holder = me;
		takes++;
		wrong += holder != me;
		holder = NULL;
		tick_lock_drop(&lock);
	}
	return NULL;
}

static void one_holder_and_no_lost_wake_up(void **state)
{
	struct holder me[THREADS] = { { 0 } };
	pthread_t id[THREADS];
	uint64_t counted = 0;

	(void)state;
	assert_int_equal(tick_lock_init(&lock, 100), 0);
	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&id[i], NULL, take_turns, &me[i]), 0);
	for (unsigned i = 0; i < THREADS; i++) {
		pthread_join(id[i], NULL);
		counted += me[i].count[TICK_TAKES];
	}
	tick_lock_release(&lock);
	assert_int_equal(wrong, 0);
	assert_int_equal(takes, TAKES);
	assert_int_equal(counted, TAKES);
}

/* With nobody waiting too: the check is after interval + 1 ticks, as 2.7's. */
static void it_is_given_up_when_the_ticks_have_run_out(void **state)
{
	struct holder me = { 0 };
	struct task t = { .breaker = &lock.ticker };

	(void)state;
	assert_int_equal(tick_lock_init(&lock, 10), 0);
	tick_lock_take(&lock, &me);
	for (unsigned check = 0; check < 3; check++) {
		for (unsigned i = 0; i < 10; i++) {
			assert_false(task_tick(&t));
			assert_false(tick_lock_check(&lock, &me));
		}
		assert_true(task_tick(&t));
		assert_true(tick_lock_check(&lock, &me));
	}
	assert_false(tick_lock_check(&lock, &me));
	tick_lock_drop(&lock);
	assert_int_equal(me.count[TICK_CHECKS], 3);
	assert_int_equal(me.count[TICK_TAKES], 1);
	tick_lock_release(&lock);
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
		TEST(it_is_given_up_when_the_ticks_have_run_out),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

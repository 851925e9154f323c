/* The lock of `gil2` alone: one holder at a time, nobody forgotten, and given up
 * when CPython 2.7 would: at the tick that takes its ticker below zero. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <signal.h>
#include <stdatomic.h>
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

static atomic_bool waits, got;

static void *wait_for_it(void *me)
{
	atomic_store(&waits, true);
	tick_lock_take(&lock, me);
	atomic_store(&got, true);
	tick_lock_drop(&lock);
	return NULL;
}

static void on_signal(int sig)
{
	(void)sig;
}

/* A signal is no reason to have it. */
static void interrupted_it_waits_on(void **state)
{
	struct sigaction act = { .sa_handler = on_signal };	/* no SA_RESTART */
	struct holder me = { 0 }, other = { 0 };
	pthread_t id;

	(void)state;
	sigaction(SIGUSR1, &act, NULL);
	assert_int_equal(tick_lock_init(&lock, 10), 0);
	tick_lock_take(&lock, &me);
	assert_int_equal(pthread_create(&id, NULL, wait_for_it, &other), 0);
	while (!atomic_load(&waits))
		usleep(100);
	for (unsigned i = 0; i < 20; i++) {
		usleep(500);
		pthread_kill(id, SIGUSR1);
	}
	usleep(500);
	assert_false(atomic_load(&got));
	tick_lock_drop(&lock);
	pthread_join(id, NULL);
	assert_true(atomic_load(&got));
	tick_lock_release(&lock);
}

/* To have it again is no switch. */
static void a_switch_is_to_another(void **state)
{
	struct holder me = { 0 }, other = { 0 };

	(void)state;
	assert_int_equal(tick_lock_init(&lock, 10), 0);
	for (unsigned i = 0; i < 6; i++) {
		tick_lock_take(&lock, i < 4 ? &me : &other);
		tick_lock_drop(&lock);
	}
	assert_int_equal(me.switches, 1);
	assert_int_equal(other.switches, 1);
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
		TEST(interrupted_it_waits_on),
		TEST(a_switch_is_to_another),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

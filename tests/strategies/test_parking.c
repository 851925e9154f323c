/* The mutex of `nogil` alone: a byte, one holder at a time, nobody forgotten;
 * handed over to who has waited long, and not to who waits for another mutex. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <unistd.h>

#include "base/clock.h"
#include "strategies/parking.h"

#ifdef __SANITIZE_THREAD__
enum { TAKES = 40000 };
#else
enum { TAKES = 400000 };
#endif
enum {
	THREADS = 4, HANG_S = 120,
	BUCKETS = 257,
	FAIR_NS = 1000000,
	LOCKED = 1, PARKED = 3,	/* locked, and somebody waits */
};

static struct byte_mutex mutex[BUCKETS + 1];
/* plain: only the mutex orders them */
static uint64_t inside, takes, wrong;
static unsigned order[2], came;

static void *take_turns(void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < TAKES / THREADS; i++) {
		byte_mutex_lock(&mutex[0]);
		wrong += inside++ != 0;
		takes++;
		if (i % 1000 == 0)
			sched_yield();	/* the others stop spinning, and park */
		wrong += --inside != 0;
		byte_mutex_unlock(&mutex[0]);
	}
	return NULL;
}

static unsigned bits(unsigned i)
{
	return atomic_load(&mutex[i].bits);
}

static void it_is_one_byte(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct byte_mutex), 1);
	byte_mutex_lock(&mutex[0]);
	assert_int_equal(bits(0), LOCKED);
	assert_int_equal(bits(1), 0);
	byte_mutex_unlock(&mutex[0]);
	assert_int_equal(bits(0), 0);
}

static void one_holder_and_no_lost_wake_up(void **state)
{
	pthread_t id[THREADS];

	(void)state;
	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&id[i], NULL, take_turns, NULL), 0);
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(id[i], NULL);
	assert_int_equal(wrong, 0);
	assert_int_equal(takes, TAKES);
	assert_int_equal(bits(0), 0);
}

static void *wait_for(void *m)
{
	byte_mutex_lock(m);
	order[came++] = 2;
	byte_mutex_unlock(m);
	return NULL;
}

static pthread_t parked_at(struct byte_mutex *m)
{
	pthread_t id;

	assert_int_equal(pthread_create(&id, NULL, wait_for, m), 0);
	while (atomic_load(&m->bits) != PARKED)
		sched_yield();
	return id;
}

/* Who waited longer than 1 ms is next, however quick the last holder is. */
static void who_has_waited_long_is_handed_it(void **state)
{
	pthread_t id;

	(void)state;
	came = 0;
	byte_mutex_lock(&mutex[0]);
	id = parked_at(&mutex[0]);
	clock_sleep_until(clock_ns() + 2 * FAIR_NS);
	byte_mutex_unlock(&mutex[0]);
	byte_mutex_lock(&mutex[0]);
	order[came++] = 1;
	byte_mutex_unlock(&mutex[0]);
	pthread_join(id, NULL);
	assert_int_equal(order[0], 2);
	assert_int_equal(order[1], 1);
	assert_int_equal(bits(0), 0);
}

/* Two mutexes that have a queue in common. */
static void who_waits_for_another_is_let_sleep(void **state)
{
	pthread_t a, b;

	(void)state;
	came = 0;
	byte_mutex_lock(&mutex[0]);
	byte_mutex_lock(&mutex[BUCKETS]);
	a = parked_at(&mutex[0]);
	b = parked_at(&mutex[BUCKETS]);
	byte_mutex_unlock(&mutex[BUCKETS]);
	pthread_join(b, NULL);
	assert_int_equal(came, 1);
	assert_int_equal(bits(0), PARKED);
	byte_mutex_unlock(&mutex[0]);
	pthread_join(a, NULL);
	assert_int_equal(came, 2);
	assert_int_equal(bits(0) | bits(BUCKETS), 0);
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
		TEST(it_is_one_byte),
		TEST(one_holder_and_no_lost_wake_up),
		TEST(who_has_waited_long_is_handed_it),
		TEST(who_waits_for_another_is_let_sleep),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

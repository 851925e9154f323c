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
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
/* a copy of its own, of which it sees the inside */
#define byte_mutex_lock own_lock
#define byte_mutex_unlock own_unlock
#include "strategies/parking.c"

#ifdef __SANITIZE_THREAD__
enum { TAKES = 40000 };
#else
enum { TAKES = 400000 };
#endif
enum {
	THREADS = 4, HANG_S = 120,
	PARKED = LOCKED | HAS_PARKED,	/* locked, and somebody waits */
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

static _Atomic pid_t waiter;

static void *wait_for(void *m)
{
	atomic_store(&waiter, gettid());
	byte_mutex_lock(m);
	order[came++] = 2;
	byte_mutex_unlock(m);
	return NULL;
}

static atomic_bool looked;

static bool asleep(pid_t tid)
{
	char path[64], state = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/self/task/%d/stat", tid);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_int_equal(fscanf(f, "%*d (%*[^)]) %c", &state), 1);
	fclose(f);
	return state == 'S';
}

/* Whoever runs @body once it waits at @m, and is in the queue. */
static pthread_t parked_in(void *(*body)(void *), struct byte_mutex *m)
{
	pthread_t id;

	atomic_store(&waiter, 0);
	assert_int_equal(pthread_create(&id, NULL, body, m), 0);
	while (!atomic_load(&waiter))
		sched_yield();
	while (atomic_load(&m->bits) != PARKED || !asleep(atomic_load(&waiter)))
		sched_yield();
	return id;
}

static pthread_t parked_at(struct byte_mutex *m)
{
	return parked_in(wait_for, m);
}

/* Who waited longer than 1 ms is next, however quick the last holder is. */
static void who_has_waited_long_is_handed_it(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 20; i++) {	/* once might be luck */
		pthread_t id;

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
}

/* Whoever has just come to wait must compete, for a millisecond. */
static void who_has_just_come_is_not(void **state)
{
	struct bucket *b = bucket_of(&mutex[0]);
	uint64_t before = clock_ns();
	pthread_t id;

	(void)state;
	came = 0;
	byte_mutex_lock(&mutex[0]);
	id = parked_at(&mutex[0]);
	pthread_mutex_lock(&b->mutex);
	assert_in_range(b->first->fair_ns, before + FAIR_NS, clock_ns() + FAIR_NS);
	pthread_mutex_unlock(&b->mutex);
	byte_mutex_unlock(&mutex[0]);
	pthread_join(id, NULL);
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

static uint64_t fair_ns;

static void *park_once(void *m)
{
	static bool handed;

	atomic_store(&waiter, gettid());
	handed = park(m, fair_ns);
	return &handed;
}

/* What whoever parked at @m is told when it is given up. */
static bool told_when_woken(struct byte_mutex *m)
{
	pthread_t id;
	void *handed;

	atomic_store(&m->bits, PARKED);
	id = parked_in(park_once, m);
	byte_mutex_unlock(m);
	pthread_join(id, &handed);
	return *(bool *)handed;
}

/* Who is woken has it only if he was handed it, else another may have taken it. */
static void who_is_woken_is_told_whether_he_has_it(void **state)
{
	(void)state;
	fair_ns = UINT64_MAX;	/* never: he competes */
	assert_false(told_when_woken(&mutex[0]));
	assert_int_equal(bits(0), 0);
	fair_ns = 0;
	assert_true(told_when_woken(&mutex[0]));
	assert_int_equal(bits(0), LOCKED);
	byte_mutex_unlock(&mutex[0]);
}

static atomic_uint first_in[THREADS], in_line;

static void *come_in_line(void *m)
{
	unsigned me = atomic_load(&in_line);

	atomic_store(&waiter, gettid());
	byte_mutex_lock(m);
	while (!atomic_load(&looked))
		sched_yield();
	atomic_store(&first_in[came++], me);
	byte_mutex_unlock(m);
	return NULL;
}

/* Each wakes the next: those who have waited for long, in the order they came. */
static void all_who_wait_get_it_in_turn(void **state)
{
	pthread_t id[THREADS];

	(void)state;
	came = 0;
	atomic_store(&looked, false);
	byte_mutex_lock(&mutex[0]);
	for (unsigned i = 0; i < THREADS; i++) {
		atomic_store(&in_line, i);
		id[i] = parked_in(come_in_line, &mutex[0]);
	}
	clock_sleep_until(clock_ns() + 2 * FAIR_NS);
	byte_mutex_unlock(&mutex[0]);
	assert_int_equal(bits(0), PARKED);	/* it never was free */
	atomic_store(&looked, true);
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(id[i], NULL);
	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(atomic_load(&first_in[i]), i);
	assert_int_equal(bits(0), 0);
}

/* Between a look at the mutex and the queue it may have been given up, by somebody
 * who saw nobody to wake: whoever slept then would sleep for ever. */
static void whoever_need_not_wait_does_not_sleep(void **state)
{
	(void)state;
	alarm(10);
	assert_false(park(&mutex[0], UINT64_MAX));
	byte_mutex_lock(&mutex[0]);
	assert_false(park(&mutex[0], UINT64_MAX));
	byte_mutex_unlock(&mutex[0]);
	assert_int_equal(bits(0), 0);
}

static void on_signal(int sig)
{
	(void)sig;
}

/* A signal is no reason to stop waiting. */
static void interrupted_it_waits_on(void **state)
{
	struct sigaction act = { .sa_handler = on_signal };	/* no SA_RESTART */
	pthread_t id;

	(void)state;
	sigaction(SIGUSR1, &act, NULL);
	came = 0;
	byte_mutex_lock(&mutex[0]);
	id = parked_at(&mutex[0]);
	for (unsigned i = 0; i < 5; i++) {
		pthread_kill(id, SIGUSR1);
		usleep(500);
	}
	assert_int_equal(came, 0);
	byte_mutex_unlock(&mutex[0]);
	pthread_join(id, NULL);
	assert_int_equal(came, 1);
	assert_int_equal(bits(0), 0);
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
		TEST(who_has_just_come_is_not),
		TEST(who_waits_for_another_is_let_sleep),
		TEST(who_is_woken_is_told_whether_he_has_it),
		TEST(all_who_wait_get_it_in_turn),
		TEST(whoever_need_not_wait_does_not_sleep),
		TEST(interrupted_it_waits_on),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "strategies/parking.h"

enum { LOCKED = 1, HAS_PARKED = 2 };	/* bits of a mutex */
enum {
	BUCKETS = 257,		/* as CPython: prime */
	SPINS = 40,		/* sched_yield() before parking */
	FAIR_NS = 1000000,	/* having waited so long, one is handed it */
};

/* One that is parked, on its own stack. */
struct parked {
	const struct byte_mutex *mutex;
	struct parked *next;
	uint64_t fair_ns;	/* from when on it is handed the mutex */
	bool handed;		/* it holds the mutex; set before the post */
	sem_t wake;
};

static struct bucket {
	_Alignas(64) pthread_mutex_t mutex;	/* guards the queue */
	struct parked *first;
} buckets[BUCKETS];

static void open_buckets(void)
{
	for (unsigned i = 0; i < BUCKETS; i++)
		pthread_mutex_init(&buckets[i].mutex, NULL);
}

static struct bucket *bucket_of(const struct byte_mutex *m)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, open_buckets);
	return &buckets[(uintptr_t)m % BUCKETS];
}

static void enqueue(struct bucket *b, struct parked *me)
{
	struct parked **end = &b->first;

	while (*end)
		end = &(*end)->next;
	*end = me;
}

/* Take out the first that waits for @m, or NULL; *@more: it was not the only
 * one. */
static struct parked *dequeue(struct bucket *b, const struct byte_mutex *m, bool *more)
{
	struct parked **at = &b->first, *found, *rest;

	while (*at && (*at)->mutex != m)
		at = &(*at)->next;
	found = *at;
	if (found)
		*at = found->next;
	for (rest = *at; rest && rest->mutex != m; rest = rest->next)
		;
	*more = rest != NULL;
	return found;
}

/* Sleep until woken, unless the mutex has changed meanwhile.  True when it was
 * handed over. */
static bool park(struct byte_mutex *m, uint64_t fair_ns)
{
	struct parked me = { .mutex = m, .fair_ns = fair_ns };
	struct bucket *b = bucket_of(m);

	pthread_mutex_lock(&b->mutex);
	if (atomic_load_explicit(&m->bits, memory_order_relaxed) != (LOCKED | HAS_PARKED)) {
		pthread_mutex_unlock(&b->mutex);
		return false;
	}
	sem_init(&me.wake, 0, 0);
	enqueue(b, &me);
	pthread_mutex_unlock(&b->mutex);
	while (sem_wait(&me.wake) < 0 && errno == EINTR)
		;
	sem_destroy(&me.wake);
	return me.handed;
}

static void unpark(struct byte_mutex *m)
{
	struct bucket *b = bucket_of(m);
	struct parked *who;
	uint8_t bits;
	bool more;

	pthread_mutex_lock(&b->mutex);
	who = dequeue(b, m, &more);
	bits = more ? HAS_PARKED : 0;
	if (who) {
		who->handed = clock_ns() > who->fair_ns;
		bits |= who->handed ? LOCKED : 0;
	}
	/* release: the next holder sees what we wrote */
	atomic_store_explicit(&m->bits, bits, memory_order_release);
	pthread_mutex_unlock(&b->mutex);
	if (who)
		sem_post(&who->wake);
}

/* acquire when it succeeds: we see what the last holder wrote */
static bool swap(struct byte_mutex *m, uint8_t *seen, uint8_t want)
{
	return atomic_compare_exchange_strong_explicit(&m->bits, seen, want,
			memory_order_acquire, memory_order_relaxed);
}

static void lock_slowly(struct byte_mutex *m, uint8_t seen)
{
	uint64_t fair_ns = clock_ns() + FAIR_NS;
	unsigned spins = 0;

	for (;; seen = atomic_load_explicit(&m->bits, memory_order_relaxed)) {
		if (!(seen & LOCKED)) {
			if (swap(m, &seen, seen | LOCKED))
				return;
		} else if (!(seen & HAS_PARKED) && spins < SPINS) {
			spins++;
			sched_yield();
		} else if (seen & HAS_PARKED || swap(m, &seen, seen | HAS_PARKED)) {
			if (park(m, fair_ns))
				return;
		}
	}
}

void byte_mutex_lock(struct byte_mutex *m)
{
	uint8_t seen = 0;

	if (!swap(m, &seen, LOCKED))
		lock_slowly(m, seen);
}

void byte_mutex_unlock(struct byte_mutex *m)
{
	uint8_t seen = LOCKED;

	/* release: the next holder sees what we wrote */
	if (!atomic_compare_exchange_strong_explicit(&m->bits, &seen, 0,
			memory_order_release, memory_order_relaxed))
		unpark(m);
}

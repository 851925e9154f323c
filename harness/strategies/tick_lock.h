/*
 * tick_lock.h - the interpreter lock of CPython up to 2.7 and 3.1, without any
 * task.  Floor 3.
 *
 * As 2.7.18 on Linux: a semaphore (Python/thread_pthread.h, USE_SEMAPHORES) that
 * is posted by who drops the lock and waited for by who takes it.  The holder
 * counts its instructions down from sys.getcheckinterval() (Python/ceval.c,
 * _Py_Ticker, one for all threads) and below zero gives the lock up, whether
 * or not anybody waits, and takes it again at once.  Nobody asks, nobody waits
 * with a limit, nobody is owed a turn: on two cores, who is woken by the post
 * usually finds the lock taken again.
 *
 * CPython makes the lock when the first thread is started.  Here it is there
 * from the start: also one worker is a thread beside the main one, which waits
 * for it to end.
 */
#ifndef STRATEGIES_TICK_LOCK_H
#define STRATEGIES_TICK_LOCK_H

#include <semaphore.h>

#include "strategies/gil_lock.h"

/* What count[] of a holder of this lock is. */
enum {
	TICK_TAKES,		/* times it got the lock */
	TICK_CHECKS,		/* times its ticks had run out */
};
#define TICK_COUNTERS "takes", "checks"

struct tick_lock {
	sem_t free;			/* 1 or 0 */
	const struct holder *last_holder;	/* written by the holder */
	int interval;			/* ticks */
	_Alignas(128) struct breaker ticker;	/* likewise */
};

/* A free lock that is given up every @ticks ticks.  0, or -1 with errno. */
int tick_lock_init(struct tick_lock *l, uint64_t ticks);
void tick_lock_release(struct tick_lock *l);

void tick_lock_take(struct tick_lock *l, struct holder *me);
void tick_lock_drop(struct tick_lock *l);

/* True, for the holder, when its ticks have run out; they begin anew. */
bool tick_lock_check(struct tick_lock *l, struct holder *me);

#endif

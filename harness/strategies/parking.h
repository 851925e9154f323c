/*
 * parking.h - the mutex of free-threaded CPython, PEP 703: Python/lock.c and
 * Python/parking_lot.c in 3.13.  Floor 3.
 *
 * A mutex is one byte, small enough for every object to have one.  It is taken
 * and released by one compare-and-swap; who finds it taken spins a little, then
 * parks: a queue in a table that all mutexes of the process share, found by the
 * address.  Who releases it wakes the first in the queue, which must compete for
 * the mutex again; only one that has waited for a millisecond is handed it.
 */
#ifndef STRATEGIES_PARKING_H
#define STRATEGIES_PARKING_H

#include <stdatomic.h>
#include <stdint.h>

struct byte_mutex {
	_Atomic uint8_t bits;	/* zero: free, and nobody is parked */
};

/* For threads of one process.  Not recursive: taking it twice never ends. */
void byte_mutex_lock(struct byte_mutex *m);
void byte_mutex_unlock(struct byte_mutex *m);

#endif

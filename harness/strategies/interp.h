/*
 * interp.h - threads that step only while they hold an interpreter lock.
 * Floor 3: what gil, gil2 and subinterp have in common, whatever the lock.
 */
#ifndef STRATEGIES_INTERP_H
#define STRATEGIES_INTERP_H

#include "strategies/gil_lock.h"
#include "strategies/strategy.h"

/* An interpreter: its lock, and what its tasks see. */
struct interp {
	void *lock;
	void (*take)(void *lock, struct holder *me);
	/* @last: the thread will not come back */
	void (*drop)(void *lock, struct holder *me, bool last);
	/* True when the holder has to give the lock up.  Asked after each
	 * yield, and after each @unit. */
	bool (*poll)(void *lock, struct holder *me, bool unit);
	struct breaker *breaker;	/* of its tasks */
	void *shared;			/* the state that they see */
	/* What a stream does when it has no task left, holding the lock; or
	 * NULL. */
	void (*end)(struct interp *i);
};

/* An interpreter under a lock that is set already. */
struct interp interp_gil(struct gil *g, void *shared);

/* Stream @w's whole share: the lock is held while it steps, and dropped around
 * every operation, also one that would not block.  0 or -1. */
int interp_loop(struct pass *p, unsigned w, struct interp *i);

/* Once all streams have ended: the median of pass->extra becomes the counter of that
 * name, UINT64_MAX where too few holds were traced. */
void interp_hold(struct pass *p);

#endif

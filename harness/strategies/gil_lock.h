/*
 * gil_lock.h - the interpreter lock of CPython since 3.2, without any task.
 * Floor 3.
 *
 * Antoine Pitrou, 2009; Python/ceval_gil.h in 3.2 to 3.11, Python/ceval_gil.c
 * since.  Who wants the lock waits one switch interval; when nobody else got it
 * meanwhile, it sets the drop request.  The holder looks at the request where
 * its code polls, drops the lock, and must then see another thread take it
 * before it may try again (FORCE_SWITCHING).  A newcomer may barge in: there is
 * no queue.
 */
#ifndef STRATEGIES_GIL_LOCK_H
#define STRATEGIES_GIL_LOCK_H

#include <pthread.h>

#include "base/hist.h"
#include "workloads/workload.h"

/* Who may hold an interpreter lock: CPython's PyThreadState.  Only its own
 * thread writes it. */
struct holder {
	uint64_t switches;	/* times it took the lock after another */
	uint64_t count[COUNTERS];
};

/* What count[] of a holder of this lock is. */
enum {
	GIL_TAKES,		/* times it got the lock */
	GIL_FORCED,		/* drops that had to see another take it */
	GIL_TIMEOUTS,		/* intervals waited in vain */
	GIL_DROP_REQUESTS,	/* those after which it asked the holder */
	GIL_HOLD_P50,		/* ns that it is held, the median, when traced; of
				 * all holders, so interp_hold() sets it */
};
#define GIL_COUNTERS "takes", "forced", "timeouts", "drop_requests", "hold_p50_ns"

/* What can be set, as rows of a table of parameters. */
enum { GIL_INTERVAL, GIL_FORCE, GIL_POLL, GIL_TRACE, GIL_KNOBS };
#define GIL_KNOB_ROWS							\
	[GIL_INTERVAL] = { "interval", 5000000, 1000, 10000000000, "ns",	\
			   "switch interval, sys.setswitchinterval()" },	\
	[GIL_FORCE] = { "forced", 1, 0, 1, "off|on",			\
			"who drops on request waits for another to take it" }, \
	[GIL_POLL] = { "poll", 0, 0, 1, "op|backedge",			\
		       "op: look at the request where a task polls and after each of its units; " \
		       "backedge: only where it polls" },			\
	[GIL_TRACE] = { "trace", 0, 0, 1, "off|on", "record how long it is held" }

struct gil {
	pthread_mutex_t mutex;		/* guards held, switches */
	pthread_cond_t freed;
	bool held;
	uint64_t switches;		/* times the holder changed */
	pthread_mutex_t switch_mutex;	/* with mutex, guards last_holder: to
					 * write takes both, to read either */
	pthread_cond_t switched;
	const struct holder *last_holder;
	uint64_t interval_ns;
	bool forced;
	bool every_op;			/* for whoever steps: poll is `op` */
	struct hist *hold;		/* ns; NULL: not traced; written, as
					 * taken_ns, by the holder alone */
	uint64_t taken_ns;
	/* read at every poll: away from what every drop and take writes */
	_Alignas(128) struct breaker drop_request;
};

/* A free lock, with one value per knob.  @hold, zeroed and the caller's,
 * receives how long it is held, when traced. */
void gil_init(struct gil *g, const uint64_t *knob, struct hist *hold);
void gil_release(struct gil *g);

/* Wait for the lock.  take_gil() */
void gil_take(struct gil *g, struct holder *me);

/* Give it back.  @last: this thread will not come back, so it waits for nobody.
 * drop_gil() */
void gil_drop(struct gil *g, struct holder *me, bool last);

/* Relaxed, as in CPython: the request only asks; the mutex orders. */
static inline bool gil_drop_requested(const struct gil *g)
{
	return atomic_load_explicit(&g->drop_request.asked, memory_order_relaxed);
}

#endif

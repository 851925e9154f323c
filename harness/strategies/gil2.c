/*
 * gil2: threads under the interpreter lock of CPython up to 2.7; tick_lock.h
 * says how it works.  A thread gives the lock up every so many ticks and around
 * every operation.  Each poll of a task is a tick, and so is each finished unit.
 */
#include <errno.h>
#include <string.h>

#include "strategies/interp.h"
#include "strategies/tick_lock.h"

enum { TICKS };
static const struct param params[] = {
	[TICKS] = { "ticks", 100, 1, 1000000000, "",
		    "ticks until the lock is given up, sys.setcheckinterval()" },
	{ .name = NULL }
};

static const char *const counters[] = { TICK_COUNTERS, NULL };

static void take(void *lock, struct holder *me)
{
	tick_lock_take(lock, me);
}

static void drop(void *lock, struct holder *me, bool last)
{
	(void)me, (void)last;
	tick_lock_drop(lock);
}

static bool poll(void *lock, struct holder *me, bool unit)
{
	struct tick_lock *l = lock;

	l->ticker.ticks -= unit;	/* one tick */
	return tick_lock_check(l, me);
}

static int gil2_worker(struct pass *p, unsigned w, void *interp)
{
	return interp_loop(p, w, interp);
}

static int gil2_run(struct pass *p)
{
	struct tick_lock l;
	struct interp i = {
		.lock = &l, .take = take, .drop = drop, .poll = poll,
		.breaker = &l.ticker, .shared = p->shared,
	};
	int rc;

	if (tick_lock_init(&l, p->option[TICKS]) < 0)
		return trouble_set(p->trouble, STATUS_INTERNAL_ERROR, "sem_init: %s",
				   strerror(errno));
	rc = threads_run(p, gil2_worker, &i);
	tick_lock_release(&l);
	return rc;
}

const struct strategy strategy_gil2 = {
	.name = "gil2",
	.summary = "threads under one interpreter lock, CPython up to 2.7",
	.params = params,
	.engine = "blocking",
	.counters = counters,
	.run = gil2_run,
};

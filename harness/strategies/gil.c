/*
 * gil: threads that take turns holding one lock, as CPython's do from 3.2 on;
 * gil_lock.h says how.  A thread holds the lock while it steps and drops it
 * around every operation, even one that would not block.
 */
#include <sys/prctl.h>

#include "strategies/interp.h"

enum { MAIN = GIL_KNOBS, SLACK };
static const struct param params[] = {
	GIL_KNOB_ROWS,
	[MAIN] = { "main", 0, 0, 1, "off|on",
		   "worker 0 is the main thread, which the others were started by" },
	[SLACK] = { "slack", 1, 1, 1000000000, "ns",
		    "how much later the kernel may end a wait or a sleep; threads have 50us "
		    "unless they ask for less" },
	{ .name = NULL }
};

static const char *const counters[] = { GIL_COUNTERS, NULL };

static int gil_worker(struct pass *p, unsigned w, void *interp)
{
	int before = prctl(PR_GET_TIMERSLACK), rc;

	prctl(PR_SET_TIMERSLACK, p->option[SLACK]);
	rc = interp_loop(p, w, interp);
	prctl(PR_SET_TIMERSLACK, before);	/* worker 0 may be the main thread */
	return rc;
}

static int gil_run(struct pass *p)
{
	struct interp i;
	struct gil g;
	int rc;

	gil_init(&g, p->option, p->extra);
	i = interp_gil(&g, p->shared);
	rc = p->option[MAIN] ? threads_run_main(p, gil_worker, &i) :
			       threads_run(p, gil_worker, &i);
	gil_release(&g);
	interp_hold(p);
	return rc;
}

const struct strategy strategy_gil = {
	.name = "gil",
	.summary = "threads under one interpreter lock, CPython 3.2 and later",
	.params = params,
	.engine = "blocking",
	.counters = counters,
	.extra = "hold",
	.run = gil_run,
};

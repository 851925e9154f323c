/*
 * gil: threads that take turns holding one lock, as CPython's do from 3.2 on
 * (Antoine Pitrou, 2009; Python/ceval_gil.h in 3.9, Python/ceval_gil.c in 3.13).
 *
 * A thread holds the lock while it steps and drops it around every operation,
 * even one that would not block.  A thread that wants the lock waits one switch
 * interval; when nobody else got it meanwhile, it sets the drop request.  The
 * holder looks at the request between steps, drops the lock, and must then see
 * another thread take it before it may try again (FORCE_SWITCHING).  A newcomer
 * may barge in.  No other lock is needed: state is touched only inside a step.
 */
#include <errno.h>

#include "base/clock.h"
#include "strategies/strategy.h"

enum { INTERVAL };
static const struct param params[] = {
	[INTERVAL] = { "interval", 5000000, 1000, 10000000000, "ns",
		       "switch interval, sys.setswitchinterval()" },
	{ .name = NULL }
};

struct gil {
	pthread_mutex_t mutex;		/* guards held, switches */
	pthread_cond_t freed;
	bool held;
	uint64_t switches;		/* times the holder changed */
	pthread_mutex_t switch_mutex;	/* guards last_holder */
	pthread_cond_t switched;
	const struct flight *last_holder;
	struct breaker drop_request;
	uint64_t interval_ns;
};

/* Relaxed, as in CPython: the request only asks; the mutex orders. */
static bool drop_requested(struct gil *g)
{
	return atomic_load_explicit(&g->drop_request.asked, memory_order_relaxed);
}

static void request_drop(struct gil *g, bool on)
{
	atomic_store_explicit(&g->drop_request.asked, on, memory_order_relaxed);
}

static void await_release(struct gil *g)
{
	while (g->held) {
		uint64_t before = g->switches;
		struct timespec until = clock_timespec(clock_ns() + g->interval_ns);

		if (pthread_cond_timedwait(&g->freed, &g->mutex, &until) == ETIMEDOUT &&
		    g->held && g->switches == before)
			request_drop(g, true);
	}
}

static void gil_take(struct gil *g, struct flight *me)
{
	pthread_mutex_lock(&g->mutex);
	await_release(g);
	pthread_mutex_lock(&g->switch_mutex);
	g->held = true;
	if (g->last_holder != me) {
		g->last_holder = me;
		g->switches++;
		me->slot->switches++;
	}
	pthread_cond_signal(&g->switched);
	pthread_mutex_unlock(&g->switch_mutex);
	if (drop_requested(g))
		request_drop(g, false);
	pthread_mutex_unlock(&g->mutex);
}

/* @last: this thread will not come back, so it waits for nobody. */
static void gil_drop(struct gil *g, const struct flight *me, bool last)
{
	pthread_mutex_lock(&g->mutex);
	g->held = false;
	pthread_cond_signal(&g->freed);
	pthread_mutex_unlock(&g->mutex);
	if (!drop_requested(g) || last)
		return;
	pthread_mutex_lock(&g->switch_mutex);
	if (g->last_holder == me) {
		request_drop(g, false);
		while (g->last_holder == me)
			pthread_cond_wait(&g->switched, &g->switch_mutex);
	}
	pthread_mutex_unlock(&g->switch_mutex);
}

/* The one place where the lock is dropped around an operation. */
static void outside(struct gil *g, struct flight *f, const struct op *op)
{
	gil_drop(g, f, false);
	f->task.res = blocking_exec(op, &f->slot->syscalls);
	gil_take(g, f);
}

static int work(struct gil *g, struct pass *p, struct flight *f)
{
	struct op op;

	while ((op = flight_step(f)).kind != OP_DONE) {
		if (op.kind == OP_FAIL)
			return flight_fail(f, p);
		if (op.kind != OP_UNIT && op.kind != OP_YIELD) {
			outside(g, f, &op);
		} else if (drop_requested(g)) {
			gil_drop(g, f, false);
			gil_take(g, f);
		}
	}
	flight_finish(f);
	return 0;
}

static int gil_worker(struct pass *p, unsigned w, void *ctx)
{
	struct span span = worker_span(p->run, w);
	struct gil *g = ctx;
	struct flight f;
	int rc;

	if (flight_init(&f, p, w, &p->slot[w], NULL, &g->drop_request) < 0) {
		gate_close(p);
		return -1;
	}
	rc = worker_begin(p, w);
	if (!rc) {
		gil_take(g, &f);
		for (uint64_t i = span.lo; !rc && i < span.hi; i++) {
			flight_start(&f, i);
			rc = work(g, p, &f);
		}
		gil_drop(g, &f, true);
		worker_end(p, w);
	}
	flight_release(&f);
	return rc;
}

static int gil_run(struct pass *p)
{
	struct gil g = { .interval_ns = p->option[INTERVAL] };
	pthread_condattr_t attr;
	int rc;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_mutex_init(&g.mutex, NULL);
	pthread_mutex_init(&g.switch_mutex, NULL);
	pthread_cond_init(&g.freed, &attr);
	pthread_cond_init(&g.switched, &attr);
	pthread_condattr_destroy(&attr);
	rc = threads_run(p, gil_worker, &g);
	pthread_cond_destroy(&g.switched);
	pthread_cond_destroy(&g.freed);
	pthread_mutex_destroy(&g.switch_mutex);
	pthread_mutex_destroy(&g.mutex);
	return rc;
}

const struct strategy strategy_gil = {
	.name = "gil",
	.summary = "threads under one interpreter lock, CPython 3.2 and later",
	.params = params,
	.engine = "blocking",
	.run = gil_run,
};

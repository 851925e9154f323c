/*
 * google-benchmark: `single`, but another tool turns the crank and holds the
 * watch.  Registered in the build of the cross-check alone.
 *
 * One iteration is one task, so units, latency and the op stream are counted
 * inside the loop by the same flight_step() that every strategy pays for, and
 * the sums of its tasks are checked like any other trial's.  What differs is
 * the subject: whose loop it is, whose clock, and whose arithmetic.  With
 * count=0 the steps are called bare, as an author would who knows nothing of
 * this suite; the difference is what counting costs.
 */
#include "gbench.h"
#include "strategies/strategy.h"

enum { COUNT };
static const struct param params[] = {
	[COUNT] = { "count", 1, 0, 1, "", "1: count and time units, 0: bare steps" },
	{ .name = NULL }
};

struct crank {
	struct pass *pass;
	struct flight flight;
	uint64_t next;		/* task */
};

/* After one op: 1 to go on, 0 when the task is done, -1 when it failed. */
static inline int after(struct crank *c, const struct op *op)
{
	struct flight *f = &c->flight;

	if (op->kind == OP_DONE)
		return 0;
	if (op->kind == OP_FAIL)
		return flight_fail(f, c->pass);
	if (op->kind != OP_UNIT && op->kind != OP_YIELD)
		f->task.res = blocking_exec(op, &f->slot->syscalls);
	return 1;
}

static int counted_task(void *ctx)
{
	struct crank *c = ctx;
	struct op op;
	int rc;

	flight_start(&c->flight, c->next++);
	do {
		op = flight_step(&c->flight);
	} while ((rc = after(c, &op)) > 0);
	flight_finish(&c->flight);
	return rc;
}

static int bare_task(void *ctx)
{
	struct crank *c = ctx;
	struct task *t = &c->flight.task;
	struct op op;
	int rc;

	flight_start(&c->flight, c->next++);
	do {
		op = t->workload->step(t);
	} while ((rc = after(c, &op)) > 0);
	c->flight.slot->units += t->units;
	flight_finish(&c->flight);
	return rc;
}

/* The pass began when its last task ended less what the tool says it took. */
static int stamp(struct pass *p, double ns)
{
	if (ns <= 0)
		return trouble_set(p->trouble, STATUS_INTERNAL_ERROR,
				   "Google Benchmark did not report every task");
	p->gate->start_ns = p->slot[0].end_ns - (uint64_t)ns;
	return 0;
}

static int google_benchmark_run(struct pass *p)
{
	static struct breaker never;
	struct crank c = { .pass = p };
	int (*task)(void *) = p->option[COUNT] ? counted_task : bare_task;
	double ns;
	int rc;

	if (flight_init(&c.flight, p, 0, &p->slot[0], NULL, &never) < 0)
		return -1;
	gate_open(p, 1);
	rc = worker_begin(p, 0);
	if (!rc) {
		ns = gbench_time_ns(p->run->tasks, task, &c);
		worker_end(p, 0);
		rc = stamp(p, ns);
	}
	flight_release(&c.flight);
	return rc;
}

const struct strategy strategy_google_benchmark = {
	.name = "google-benchmark",
	.summary = "one thread under Google Benchmark's loop and clock",
	.max_workers = 1,
	.params = params,
	.engine = "blocking",
	.run = google_benchmark_run,
};

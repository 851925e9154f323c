/* Threads under an interpreter lock.  No other lock is needed: state is touched
 * only inside a step. */
#include <string.h>

#include "strategies/interp.h"

/* The one place where the lock is dropped around an operation. */
static void outside(struct interp *i, struct holder *me, struct flight *f,
		    const struct op *op)
{
	i->drop(i->lock, me, false);
	f->task.res = blocking_exec(op, &f->slot->syscalls);
	i->take(i->lock, me);
}

static int work(struct interp *i, struct holder *me, struct pass *p, struct flight *f)
{
	struct op op;

	while ((op = flight_step(f)).kind != OP_DONE) {
		if (op.kind == OP_FAIL)
			return flight_fail(f, p);
		if (op.kind != OP_UNIT && op.kind != OP_YIELD) {
			outside(i, me, f, &op);
		} else if (i->poll(i->lock, me, op.kind == OP_UNIT)) {
			i->drop(i->lock, me, false);
			i->take(i->lock, me);
		}
	}
	flight_finish(f);
	return 0;
}

static int work_share(struct interp *i, struct pass *p, unsigned w, struct flight *f)
{
	struct span span = worker_span(p->run, w);
	struct holder me = { 0 };
	int rc = 0;

	i->take(i->lock, &me);
	for (uint64_t k = span.lo; !rc && k < span.hi; k++) {
		flight_start(f, k);
		rc = work(i, &me, p, f);
	}
	if (i->end)
		i->end(i);
	i->drop(i->lock, &me, true);
	f->slot->switches += me.switches;
	memcpy(f->slot->counter, me.count, sizeof me.count);
	return rc;
}

int interp_loop(struct pass *p, unsigned w, struct interp *i)
{
	struct flight f;
	int rc;

	if (flight_init(&f, p, w, &p->slot[w], NULL, i->breaker) < 0) {
		gate_close(p);
		return -1;
	}
	f.task.shared = i->shared;
	rc = worker_begin(p, w);
	if (!rc) {
		rc = work_share(i, p, w, &f);
		worker_end(p, w);
	}
	flight_release(&f);
	return rc;
}

enum { HOLDS_MIN = 10 };	/* of fewer, too many are a stream's first or last: those
				 * end when it does, not when it is asked */

void interp_hold(struct pass *p)
{
	const struct hist *hold = p->extra;
	struct slot *s = &p->slot[0];

	if (!worker_sealed(s))
		return;
	s->counter[GIL_HOLD_P50] = hold && hold->n >= HOLDS_MIN ? hist_quantile(hold, 0.5) :
								  UINT64_MAX;
	worker_seal(s);
}

static void take(void *lock, struct holder *me)
{
	gil_take(lock, me);
}

static void drop(void *lock, struct holder *me, bool last)
{
	gil_drop(lock, me, last);
}

static bool poll(void *lock, struct holder *me, bool unit)
{
	struct gil *g = lock;

	(void)me;
	return (g->every_op || !unit) && gil_drop_requested(g);
}

struct interp interp_gil(struct gil *g, void *shared)
{
	return (struct interp){
		.lock = g, .take = take, .drop = drop, .poll = poll,
		.breaker = &g->drop_request, .shared = shared,
	};
}

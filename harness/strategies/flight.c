/* A task in flight.  What every strategy must count the same way is counted
 * here, once: units, their latency, the op stream, results. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "strategies/strategy.h"

int flight_init(struct flight *f, struct pass *p, unsigned place,
		struct slot *slot, const struct guard *g, struct breaker *b)
{
	const struct run *r = p->run;
	size_t bytes = r->workload->local_bytes;

	*f = (struct flight){
		.task = {
			.workload = r->workload,
			.param = r->param,
			.tasks = r->tasks,
			.units = r->units,
			.seed = r->seed,
			.shared = p->shared,
			.channel = &r->channel[place],
			.guard = g,
			.breaker = b,
		},
		.slot = slot,
		.gate = p->gate,
	};
	/* not calloc: memset touches the pages before the clock runs */
	f->task.local = malloc(bytes ? bytes : 1);
	if (!f->task.local)
		return trouble_set(p->trouble, STATUS_ALLOC_FAIL, "%zu bytes for a task: %s",
				   bytes, strerror(ENOMEM));
	memset(f->task.local, 0, bytes);
	return 0;
}

void flight_release(struct flight *f)
{
	free(f->task.local);
}

void flight_start(struct flight *f, uint64_t index)
{
	struct task *t = &f->task;

	memset(t->local, 0, t->workload->local_bytes);
	t->index = index;
	t->result = 0;
	t->pc = 0;
	t->start_ns = f->gate ? f->gate->start_ns : 0;
	f->ops = rng_mix(index);
	t->unit_ns = clock_ns();
}

/* The op as it is written down in the digest.  How bytes arrive when any number
 * will do is not the task's choice, nor is the hour of a sleep, nor whether a
 * strategy asked for the step back, nor what it says is a matter of chance. */
static inline void digest(struct flight *f, const struct op *op)
{
	uint64_t word = (uint64_t)op->kind | (uint64_t)op->flags << 8 |
			(uint64_t)op->len << 16;

	if (op->kind == OP_YIELD || op->flags & OP_CHANCE)
		return;
	if ((op->kind == OP_RECV || op->kind == OP_READ) && !(op->flags & OP_ALL))
		return;
	if (op->kind == OP_PREAD || op->kind == OP_PWRITE)
		word ^= op->at * 0x9e3779b97f4a7c15u;
	f->ops = (f->ops ^ word) * 0x100000001b3u;	/* FNV-1a's prime */
}

struct op flight_step(struct flight *f)
{
	struct task *t = &f->task;
	struct op op = t->workload->step(t);

	digest(f, &op);
	if (op.kind == OP_UNIT) {
		uint64_t now = clock_ns();

		hist_add(&f->slot->latency, now - t->unit_ns);
		t->unit_ns = now;
		f->slot->units += op.len;
	}
	return op;
}

void flight_finish(struct flight *f)
{
	f->slot->tasks++;
	f->slot->checksum += f->task.result;
	f->slot->ops += rng_mix(f->ops);
}

int flight_fail(struct flight *f, struct pass *p)
{
	int err = (int)-f->task.res;

	return trouble_set(p->trouble, status_of_errno(err), "task %lu: %s",
			   (unsigned long)f->task.index,
			   err > 0 ? strerror(err) : "failed without a reason");
}

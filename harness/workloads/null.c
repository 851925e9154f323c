/*
 * null - a unit is nothing at all.  What it costs is the harness's own share
 * of every other workload: stepping, counting, two clock reads.
 */
#include "workloads/workload.h"

struct local {
	uint64_t unit, sum;
};

static struct op null_step(struct task *t)
{
	struct local *l = t->local;

	TASK_BEGIN(t);
	for (; l->unit < t->units; l->unit++) {
		l->sum += l->unit;
		TASK_AWAIT(t, op_units(1));
	}
	t->result = l->sum + rng_mix(t->index);
	TASK_END(t);
}

const struct workload workload_null = {
	.name = "null",
	.summary = "nothing: the cost of the harness itself",
	.unit = "unit",
	.bound = BOUND_CPU,
	.local_bytes = sizeof(struct local),
	.step = null_step,
};

/*
 * sleep - wait for a time and nothing else: the wait that no machine can make
 * shorter, so that what is longer is the strategy's own.
 */
#include "workloads/workload.h"

enum { TIME };
static const struct param params[] = {
	[TIME] = { "time", 1000000, 1000, 10000000000, "ns", "how long a unit sleeps" },
	{ .name = NULL }
};

struct local {
	uint64_t unit, sum;
};

static struct op sleep_step(struct task *t)
{
	struct local *l = t->local;

	TASK_BEGIN(t);
	for (; l->unit < t->units; l->unit++) {
		TASK_AWAIT(t, op_sleep_until(t->unit_ns + t->param[TIME]));
		if (t->res < 0)
			return op_fail();
		l->sum += task_random(t, l->unit, 0);
		TASK_AWAIT(t, op_units(1));
	}
	t->result = l->sum;
	TASK_END(t);
}

const struct workload workload_sleep = {
	.name = "sleep",
	.summary = "sleep for a time",
	.unit = "wake-up",
	.bound = BOUND_IO,
	.waits = "time",
	.params = params,
	.local_bytes = sizeof(struct local),
	.needs = 1 << OP_SLEEP,
	.step = sleep_step,
};

/*
 * squares - sum(i * i for i in range(n)), the CPU-bound example of Real
 * Python's "Speed Up Your Python Program With Concurrency".  There every task
 * has a range of its own length; here all cost the same, and the task's index
 * is added to each i instead.
 */
#include "workloads/workload.h"

enum { N };
static const struct param params[] = {
	[N] = { "n", 5000, 1, 1000000, "", "numbers squared per unit" },
	{ .name = NULL }
};

struct local {
	uint64_t unit, i, sum;
};

/* Add up until the unit is finished, which is true, or the strategy wants the
 * step back. */
static bool squares_run(const struct task *t, struct local *l)
{
	uint64_t i = l->i, sum = l->sum, n = t->param[N], first = t->index, zero = 0;

	/* the compiler must not know it, or it finds the closed form */
	__asm__("" : "+r"(zero));
	while (i < n) {
		uint64_t x = first + i++;

		/* a square waits for the sum before it, as one bytecode does for
		 * the other; overlapped, they would time who else uses the core's
		 * multiplier, a neighbour on its second hardware thread say */
		x += sum & zero;
		sum += x * x;
		if (task_tick(t))
			break;
	}
	l->i = i;
	l->sum = sum;
	return i == n;
}

static struct op squares_step(struct task *t)
{
	struct local *l = t->local;

	TASK_BEGIN(t);
	for (; l->unit < t->units; l->unit++) {
		l->i = 0;
		while (!squares_run(t, l))
			TASK_AWAIT(t, op_yield());
		TASK_AWAIT(t, op_units(1));
	}
	t->result = l->sum;
	TASK_END(t);
}

const struct workload workload_squares = {
	.name = "squares",
	.summary = "sums of squares",
	.unit = "sum",
	.bound = BOUND_CPU,
	.params = params,
	.local_bytes = sizeof(struct local),
	.step = squares_step,
};

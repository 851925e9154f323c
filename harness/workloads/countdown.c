/*
 * countdown - `while n: n -= 1`, the loop that every talk on CPython's global
 * lock runs in two threads.  An interpreter spends 5 to 7 ns on each tick of it
 * and looks at its eval breaker at each back edge; so does this.  The result is
 * what was counted: the time burnt at a tick leaves nothing behind, as an
 * interpreter's leaves nothing, so that CPython itself can run the same task.
 */
#include "workloads/burn.h"
#include "workloads/workload.h"

enum { TICKS, COST };
static const struct param params[] = {
	[TICKS] = { "ticks", 1500, 1, 1000000, "", "ticks per unit" },
	[COST] = { "cost", 6, 1, 100, "ns", "about so long per tick" },
	{ .name = NULL }
};

struct local {
	uint64_t unit;
	uint64_t n;		/* ticks left in this unit */
	uint64_t x;		/* what the burning computes */
	uint64_t counted;
};

/* Count down until the unit is finished, which is true, or the strategy wants
 * the step back. */
static bool countdown_run(const struct task *t, struct local *l)
{
	uint64_t n = l->n, x = l->x, cost = t->param[COST];

	while (n) {
		x = burn(x ^ n--, cost);
		if (task_tick(t))
			break;
	}
	/* used, as far as the compiler knows */
	__asm__ volatile("" : "+r"(x));
	l->counted += l->n - n;
	l->n = n;
	l->x = x;
	return n == 0;
}

static struct op countdown_step(struct task *t)
{
	struct local *l = t->local;

	TASK_BEGIN(t);
	for (; l->unit < t->units; l->unit++) {
		l->n = t->param[TICKS];
		while (!countdown_run(t, l))
			TASK_AWAIT(t, op_yield());
		TASK_AWAIT(t, op_units(1));
	}
	t->result = rng_mix(l->counted ^ t->index);
	TASK_END(t);
}

const struct workload workload_countdown = {
	.name = "countdown",
	.summary = "count down, as slowly as an interpreter",
	.unit = "batch",
	.bound = BOUND_CPU,
	.params = params,
	.local_bytes = sizeof(struct local),
	.step = countdown_step,
};

/*
 * toll - what a lock that others may want costs who is alone with it.  A unit is
 * so many operations of nothing, around each of which an interpreter drops its
 * lock and takes it again, and so many looks at the eval breaker.
 */
#include "workloads/workload.h"

enum { WINDOWS, LOOKS };
static const struct param params[] = {
	[WINDOWS] = { "windows", 100, 0, 1000000, "", "operations of nothing per unit" },
	[LOOKS] = { "looks", 1000, 0, 1000000, "", "at the eval breaker, per unit" },
	{ .name = NULL }
};

struct local {
	uint64_t unit;
	uint64_t windows, looks;	/* so far in this unit */
	uint64_t passed, looked;	/* in all */
};

static void pass(void *passed)
{
	++*(uint64_t *)passed;
}

/* Look @n times, or until the strategy wants the step back; how often it was.
 * Four to a turn, so that the loop weighs little. */
static uint64_t look(const struct task *t, uint64_t n)
{
	uint64_t i = 0;

	for (; i + 4 <= n; i += 4) {
		if (task_tick(t))
			return i + 1;
		if (task_tick(t))
			return i + 2;
		if (task_tick(t))
			return i + 3;
		if (task_tick(t))
			return i + 4;
	}
	for (; i < n; i++)
		if (task_tick(t))
			return i + 1;
	return n;
}

/* Go on looking until the unit has its number, which is true, or must yield. */
static bool toll_look(const struct task *t, struct local *l)
{
	uint64_t n = look(t, t->param[LOOKS] - l->looks);

	l->looks += n;
	l->looked += n;
	return l->looks == t->param[LOOKS];
}

static struct op toll_step(struct task *t)
{
	struct local *l = t->local;

	TASK_BEGIN(t);
	for (; l->unit < t->units; l->unit++) {
		for (l->windows = 0; l->windows < t->param[WINDOWS]; l->windows++)
			TASK_AWAIT(t, op_compute(pass, &l->passed));
		l->looks = 0;
		while (!toll_look(t, l))
			TASK_AWAIT(t, op_yield());
		TASK_AWAIT(t, op_units(1));
	}
	t->result = rng_mix(l->passed ^ t->index) + rng_mix(l->looked);
	TASK_END(t);
}

const struct workload workload_toll = {
	.name = "toll",
	.summary = "nothing, while a lock is dropped and looked at",
	.unit = "batch",
	.bound = BOUND_CPU,
	.params = params,
	.local_bytes = sizeof(struct local),
	.step = toll_step,
};

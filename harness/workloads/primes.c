/*
 * primes - which odd numbers are prime, by trial division.  A prime costs a
 * thousand times what a multiple of three does, so every task tests the same
 * numbers, beginning at another one: then all tasks cost the same.
 */
#include "workloads/workload.h"

enum { FIRST };
static const struct param params[] = {
	[FIRST] = { "first", 100000000, 3, 4000000000, "", "numbers from here up" },
	{ .name = NULL }
};

struct local {
	uint64_t unit, sum;
	uint32_t number, divisor;
};

static uint32_t primes_number(const struct task *t, uint64_t unit)
{
	uint64_t k = (unit + t->index) % t->units;

	/* the remainder keeps it below 2^32, where division is cheap */
	return (uint32_t)(t->param[FIRST] + k % 100000000 * 2) | 1;
}

static bool primes_beyond(uint32_t n, uint32_t d)
{
	return (uint64_t)d * d > n;
}

/* Look for the smallest divisor until it is found, which is true, or the
 * strategy wants the step back. */
static bool primes_run(const struct task *t, struct local *l)
{
	uint32_t n = l->number, d = l->divisor;

	while (!primes_beyond(n, d) && n % d) {
		d += 2;
		if (task_tick(t))
			break;
	}
	l->divisor = d;
	return primes_beyond(n, d) || n % d == 0;
}

static struct op primes_step(struct task *t)
{
	struct local *l = t->local;

	TASK_BEGIN(t);
	for (; l->unit < t->units; l->unit++) {
		l->number = primes_number(t, l->unit);
		l->divisor = 3;
		while (!primes_run(t, l))
			TASK_AWAIT(t, op_yield());
		/* what was found, for which number: order and all */
		l->sum = rng_mix(l->sum ^ l->number) + l->divisor;
		TASK_AWAIT(t, op_units(1));
	}
	t->result = rng_mix(l->sum ^ t->index);
	TASK_END(t);
}

const struct workload workload_primes = {
	.name = "primes",
	.summary = "find primes by trial division",
	.unit = "number",
	.bound = BOUND_CPU,
	.params = params,
	.local_bytes = sizeof(struct local),
	.step = primes_step,
};

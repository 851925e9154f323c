/*
 * counter - one number that everybody increments, behind one shard: all lock
 * and no work.  Nothing contends more.
 */
#include "workloads/workload.h"

enum { OPS };
static const struct param params[] = {
	[OPS] = { "ops", 500, 1, 10000, "", "increments per unit" },
	{ .name = NULL }
};

struct shared {
	_Alignas(128) uint64_t value;
};

struct local {
	uint64_t unit, i, sum;
};

static void counter_add(struct task *t, struct shared *s)
{
	task_lock(t, 0);
	s->value++;
	/* each increment reaches memory, also where there is no lock */
	__asm__ volatile("" : "+m"(s->value));
	task_unlock(t, 0);
}

static struct op counter_step(struct task *t)
{
	struct local *l = t->local;

	TASK_BEGIN(t);
	for (; l->unit < t->units; l->unit++) {
		for (l->i = 0; l->i < t->param[OPS]; l->i++) {
			counter_add(t, t->shared);
			if (task_tick(t))
				TASK_AWAIT(t, op_yield());
		}
		l->sum += l->i;
		TASK_AWAIT(t, op_units(1));
	}
	t->result = l->sum + rng_mix(t->index);
	TASK_END(t);
}

static uint64_t counter_digest(const void *shared, const uint64_t *param)
{
	(void)param;
	return ((const struct shared *)shared)->value;
}

static void counter_merge(void *into, const void *from, const uint64_t *param)
{
	(void)param;
	((struct shared *)into)->value += ((const struct shared *)from)->value;
}

const struct workload workload_counter = {
	.name = "counter",
	.summary = "increments of one shared number",
	.unit = "batch",
	.bound = BOUND_CPU,
	.params = params,
	.shared_bytes = sizeof(struct shared),
	.local_bytes = sizeof(struct local),
	.step = counter_step,
	.digest = counter_digest,
	.merge = counter_merge,
};

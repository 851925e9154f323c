/* table - a hash table with striped locks.  Keys are put in once, and a write
 * adds to the count beside its key: the order of writes does not matter. */
#include "workloads/workload.h"

enum { KEYS, READS, ACCESSES };
enum { KEYS_MAX = 65536 };
static const struct param params[] = {
	[KEYS] = { "keys", 4096, 1, KEYS_MAX, "", "keys in the table" },
	[READS] = { "reads", 90, 0, 100, "percent", "share of reads" },
	[ACCESSES] = { "accesses", 200, 1, 10000, "", "accesses per unit" },
	{ .name = NULL }
};

struct entry {
	uint32_t key, value;	/* key plus 1, 0: empty; never change */
	uint64_t count;		/* what writers have added */
};

struct local {
	uint64_t unit, i, sum;
};

/* Where @key is, or is to be: open addressing, in twice as many slots as keys. */
static struct entry *table_find(struct entry *e, uint32_t key, uint32_t keys)
{
	uint32_t i = (uint32_t)rng_mix(key) % (2 * keys);

	while (e[i].key && e[i].key != key + 1)
		i = i + 1 < 2 * keys ? i + 1 : 0;
	return &e[i];
}

static void table_init(void *shared, const uint64_t *param)
{
	uint32_t keys = (uint32_t)param[KEYS];

	for (uint32_t key = 0; key < keys; key++)
		*table_find(shared, key, keys) = (struct entry){
			.key = key + 1, .value = (uint32_t)rng_mix(~key)
		};
}

static void table_access(struct task *t, struct local *l)
{
	uint64_t r = task_random(t, l->unit, (unsigned)l->i);
	uint32_t keys = (uint32_t)t->param[KEYS], key = (uint32_t)r % keys;
	struct entry *e;

	task_lock(t, key);
	e = table_find(t->shared, key, keys);
	if ((r >> 32 & 0xffff) % 100 < t->param[READS])
		l->sum += e->value;
	else
		e->count += r >> 48;
	task_unlock(t, key);
}

static struct op table_step(struct task *t)
{
	struct local *l = t->local;

	TASK_BEGIN(t);
	for (; l->unit < t->units; l->unit++) {
		for (l->i = 0; l->i < t->param[ACCESSES]; l->i++) {
			table_access(t, l);
			if (task_tick(t))
				TASK_AWAIT(t, op_yield());
		}
		TASK_AWAIT(t, op_units(1));
	}
	t->result = l->sum + t->index;
	TASK_END(t);
}

static uint64_t table_digest(const void *shared, const uint64_t *param)
{
	const struct entry *e = shared;
	uint64_t sum = 0;

	for (uint64_t i = 0; i < 2 * param[KEYS]; i++)
		sum += (e[i].count + e[i].value) * rng_mix(e[i].key);
	return sum;
}

static void table_merge(void *into, const void *from, const uint64_t *param)
{
	struct entry *a = into;
	const struct entry *b = from;

	for (uint64_t i = 0; i < 2 * param[KEYS]; i++)
		a[i].count += b[i].count;
}

const struct workload workload_table = {
	.name = "table",
	.summary = "reads and writes of a shared hash table",
	.unit = "batch",
	.bound = BOUND_CPU,
	.params = params,
	.shared_bytes = 2 * KEYS_MAX * sizeof(struct entry),
	.local_bytes = sizeof(struct local),
	.init = table_init,
	.step = table_step,
	.digest = table_digest,
	.merge = table_merge,
};

/* ledger - move money between accounts.  A transfer touches two, each with a
 * shard of its own, that other tasks touch too: what fine locks are for. */
#include "workloads/workload.h"

enum { ACCOUNTS, TRANSFERS };
enum { ACCOUNTS_MAX = 1024 };
static const struct param params[] = {
	[ACCOUNTS] = { "accounts", 64, 2, ACCOUNTS_MAX, "", "accounts, a shard each" },
	[TRANSFERS] = { "transfers", 200, 1, 10000, "", "transfers per unit" },
	{ .name = NULL }
};

struct account {
	_Alignas(64) int64_t balance;	/* of each nothing at first */
};

struct local {
	uint64_t unit, i, moved;
};

static void ledger_transfer(struct task *t, struct local *l)
{
	struct account *account = t->shared;
	uint64_t r = task_random(t, l->unit, (unsigned)l->i);
	uint32_t n = (uint32_t)t->param[ACCOUNTS];
	uint32_t from = (uint32_t)(r & 0xffff) % n;
	uint32_t to = (from + 1 + (uint32_t)(r >> 16 & 0xffff) % (n - 1)) % n;
	int64_t amount = (int64_t)(r >> 32) % 100 + 1;

	task_lock_pair(t, from, to);
	account[from].balance -= amount;
	account[to].balance += amount;
	task_unlock_pair(t, from, to);
	l->moved += r;
}

static struct op ledger_step(struct task *t)
{
	struct local *l = t->local;

	TASK_BEGIN(t);
	for (; l->unit < t->units; l->unit++) {
		for (l->i = 0; l->i < t->param[TRANSFERS]; l->i++) {
			ledger_transfer(t, l);
			if (task_tick(t))
				TASK_AWAIT(t, op_yield());
		}
		TASK_AWAIT(t, op_units(1));
	}
	t->result = l->moved;
	TASK_END(t);
}

static uint64_t ledger_digest(const void *shared, const uint64_t *param)
{
	const struct account *account = shared;
	uint64_t sum = 0;

	for (uint64_t i = 0; i < param[ACCOUNTS]; i++)
		sum += (uint64_t)account[i].balance * rng_mix(i);
	return sum;
}

static void ledger_merge(void *into, const void *from, const uint64_t *param)
{
	struct account *a = into;
	const struct account *b = from;

	for (uint64_t i = 0; i < param[ACCOUNTS]; i++)
		a[i].balance += b[i].balance;
}

const struct workload workload_ledger = {
	.name = "ledger",
	.summary = "transfers between two of many shared accounts",
	.unit = "batch",
	.bound = BOUND_CPU,
	.params = params,
	.shared_bytes = ACCOUNTS_MAX * sizeof(struct account),
	.local_bytes = sizeof(struct local),
	.step = ledger_step,
	.digest = ledger_digest,
	.merge = ledger_merge,
};

/* fork: one process per worker.  The state is the same memory that threads
 * would use, behind the same locks: only the address space differs. */
#include "strategies/strategy.h"

static int fork_worker(struct pass *p, unsigned w, void *guard)
{
	return worker_loop(p, w, guard);
}

static int fork_run(struct pass *p)
{
	struct guard g;
	int rc;

	if (shards_init(&g, p, SHARDS) < 0)
		return -1;
	rc = processes_run(p, fork_worker, &g);
	shards_release(&g);
	return rc;
}

const struct strategy strategy_fork = {
	.name = "fork",
	.summary = "processes, the same shared state, one mutex per shard",
	.engine = "blocking",
	.run = fork_run,
};

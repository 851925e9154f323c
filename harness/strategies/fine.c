/* fine: threads, with a mutex per shard of the shared state. */
#include "strategies/strategy.h"

static int fine_worker(struct pass *p, unsigned w, void *guard)
{
	return worker_loop(p, w, guard);
}

static int fine_run(struct pass *p)
{
	struct guard g;
	int rc;

	if (shards_init(&g, p, SHARDS) < 0)
		return -1;
	rc = threads_run(p, fine_worker, &g);
	shards_release(&g);
	return rc;
}

const struct strategy strategy_fine = {
	.name = "fine",
	.summary = "threads, one mutex per shard of the shared state",
	.engine = "blocking",
	.run = fine_run,
};

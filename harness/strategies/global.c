/* global: threads, with one mutex for all shared state.  Unlike under `gil`,
 * what touches no shared state runs in parallel. */
#include "strategies/strategy.h"

static int global_worker(struct pass *p, unsigned w, void *guard)
{
	return worker_loop(p, w, guard);
}

static int global_run(struct pass *p)
{
	struct guard g;
	int rc;

	if (shards_init(&g, p, 1) < 0)
		return -1;
	rc = threads_run(p, global_worker, &g);
	shards_release(&g);
	return rc;
}

const struct strategy strategy_global = {
	.name = "global",
	.summary = "threads, one plain mutex for all shared state",
	.engine = "blocking",
	.run = global_run,
};

/* single: one thread, one task after another.  The baseline of every claim. */
#include "strategies/strategy.h"

static int single_run(struct pass *p)
{
	gate_open(p, 1);
	return worker_loop(p, 0, NULL);
}

const struct strategy strategy_single = {
	.name = "single",
	.summary = "one thread, one task at a time, no locks: the baseline",
	.max_workers = 1,
	.engine = "blocking",
	.run = single_run,
};

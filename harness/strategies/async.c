/* async: one thread and one poll() loop that keeps W tasks in flight. */
#include "strategies/strategy.h"

static int async_run(struct pass *p)
{
	return loop_run(p, &engine_poll);
}

const struct strategy strategy_async = {
	.name = "async",
	.summary = "one thread, one poll() loop, W tasks in flight",
	.engine = "poll",
	.nonblock = true,
	.run = async_run,
};

/* async: one thread and one poll() loop that keeps W tasks in flight. */
#include "strategies/loop.h"

static const struct param params[] = {
	LOOP_PARAMS(0),
	{ .name = NULL }
};

static int async_run(struct pass *p)
{
	return loop_run(p, &engine_poll);
}

const struct strategy strategy_async = {
	.name = "async",
	.summary = "one thread, one poll() loop, W tasks in flight",
	.params = params,
	.engine = "poll",
	.streams = STREAMS_ONE,
	.nonblock = true,
	.run = async_run,
};

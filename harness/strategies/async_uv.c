/* async-uv: the loop of async on libuv, which is under Node and uvloop. */
#include "strategies/loop.h"

static const struct param params[] = {
	LOOP_PARAMS(0),
	{ .name = NULL }
};

static int async_uv_run(struct pass *p)
{
	return loop_run(p, &engine_libuv);
}

const struct strategy strategy_async_uv = {
	.name = "async-uv",
	.summary = "one thread, libuv's loop, W tasks in flight",
	.params = params,
	.engine = "libuv",
	.streams = STREAMS_ONE,
	.nonblock = true,
	.run = async_uv_run,
};

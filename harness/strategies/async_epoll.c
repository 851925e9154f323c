/* async-epoll: the loop of async on epoll. */
#include "strategies/loop.h"

static const struct param params[] = {
	[EPOLL_STYLE] = { "style", EPOLL_LEVEL, 0, EPOLL_TOGGLE_OUT, EPOLL_STYLES,
			  "how the loop uses epoll" },
	LOOP_PARAMS(1),
	{ .name = NULL }
};

static int async_epoll_run(struct pass *p)
{
	return loop_run(p, &engine_epoll);
}

const struct strategy strategy_async_epoll = {
	.name = "async-epoll",
	.summary = "one thread, one epoll loop, W tasks in flight",
	.params = params,
	.engine = "epoll",
	.streams = STREAMS_ONE,
	.nonblock = true,
	.run = async_epoll_run,
};

/* async-w: one epoll loop per CPU, the tasks shared out among them beforehand:
 * what an event-driven server does.  Loops run in parallel, so what tasks share
 * is locked as under `fine`. */
#include "strategies/loop.h"

static const struct param params[] = {
	[EPOLL_STYLE] = { "style", EPOLL_LEVEL, 0, EPOLL_TOGGLE_OUT, EPOLL_STYLES,
			  "how a loop uses epoll" },
	LOOP_PARAMS(1),
	{ .name = NULL }
};

static int async_w_run(struct pass *p)
{
	return loops_run(p, &engine_epoll);
}

const struct strategy strategy_async_w = {
	.name = "async-w",
	.summary = "an epoll loop per CPU, W tasks in flight shared out",
	.params = params,
	.engine = "epoll",
	.streams = STREAMS_CPUS,
	.nonblock = true,
	.run = async_w_run,
};

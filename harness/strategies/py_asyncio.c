/* py-asyncio: one thread and one asyncio loop of a CPython, W tasks in flight. */
#include "strategies/python.h"

static const struct param params[] = {
	PYTHON_PARAMS,
	{ .name = NULL }
};

static int py_asyncio_run(struct pass *p)
{
	static const struct lane lane = {
		.script = "asyncio_lane.py", .least = 3006, .loop = true
	};

	return python_run(p, &lane, false);
}

const struct strategy strategy_py_asyncio = {
	.name = "py-asyncio",
	.summary = "CPython itself: one asyncio loop, W tasks in flight",
	.params = params,
	.engine = "asyncio",
	.streams = STREAMS_ONE,
	.opaque = true,
	.counters = python_counters,
	.run = py_asyncio_run,
};

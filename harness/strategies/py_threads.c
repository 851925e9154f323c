/* py-threads: a thread per worker in a CPython, under the lock that it has. */
#include "strategies/python.h"

static const struct param params[] = {
	PYTHON_PARAMS,
	{ .name = NULL }
};

static int py_threads_run(struct pass *p)
{
	static const struct lane lane = { .script = "threads.py", .least = 2007 };

	return python_run(p, &lane, false);
}

const struct strategy strategy_py_threads = {
	.name = "py-threads",
	.summary = "CPython itself: threads in one interpreter",
	.params = params,
	.engine = "blocking",
	.opaque = true,
	.counters = python_counters,
	.run = py_threads_run,
};

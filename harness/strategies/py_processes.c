/* py-processes: CPython's multiprocessing, a process per worker, each with a
 * copy of the state. */
#include "strategies/python.h"

enum { METHOD = PYTHON_OPTIONS };
enum { METHOD_FORK, METHOD_SPAWN };
static const struct param params[] = {
	PYTHON_PARAMS,
	[METHOD] = { "method", METHOD_FORK, 0, 1, "fork|spawn", "how a process is started; spawn: 3.8" },
	{ .name = NULL }
};

static int py_processes_run(struct pass *p)
{
	static const struct lane lane = { .script = "processes.py", .least = 2007 };
	static const struct lane spawning = { .script = "processes.py", .least = 3008 };
	bool spawn = p->option[METHOD] == METHOD_SPAWN;

	if (spawn && p->run->workload->needs & (1 << OP_SEND | 1 << OP_RECV))
		return trouble_set(p->trouble, STATUS_NOT_APPLICABLE,
				   "a spawned process does not inherit the connections");
	return python_run(p, spawn ? &spawning : &lane, spawn);
}

const struct strategy strategy_py_processes = {
	.name = "py-processes",
	.summary = "CPython itself: multiprocessing, private state",
	.params = params,
	.engine = "blocking",
	.private_state = true,
	.opaque = true,
	.counters = python_counters,
	.run = py_processes_run,
};

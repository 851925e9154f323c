/* py-subinterp: a sub-interpreter of a CPython per worker, each in a thread; from
 * 3.12 on each has a lock of its own (PEP 684).  Each has a state of its own. */
#include "strategies/python.h"

static const struct param params[] = {
	PYTHON_PARAMS,
	{ .name = NULL }
};

static int py_subinterp_run(struct pass *p)
{
	static const struct lane lane = { .script = "subinterp.py", .least = 3008 };

	return python_run(p, &lane, false);
}

const struct strategy strategy_py_subinterp = {
	.name = "py-subinterp",
	.summary = "CPython itself: a sub-interpreter per worker",
	.params = params,
	.engine = "blocking",
	.private_state = true,
	.opaque = true,
	.counters = python_counters,
	.run = py_subinterp_run,
};

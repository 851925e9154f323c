#include "commands/command.h"
#include "strategies/pool.h"

static enum code worker_run(const struct options *o)
{
	return pool_exec_worker(o->request.path[0], o->request.path[1]) < 0 ? CODE_INTERNAL
									      : CODE_OK;
}

const struct command command_worker = {
	.name = "worker",
	.arguments = "FD W",
	.summary = "Be a worker of a trial; the strategy pool-exec executes this.",
	.hidden = true,
	.least = 2,
	.most = 2,
	.run = worker_run,
};

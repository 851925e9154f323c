#include "commands/command.h"
#include "analysis/analyse.h"

static enum code analyse_run(const struct options *o)
{
	const char *dir = o->request.path[0];
	unsigned fails;

	if (analyse(dir) < 0 || analyse_print(dir, stdout, &fails) < 0 ||
	    command_done() != CODE_OK)
		return CODE_INTERNAL;
	return o->strict && fails ? CODE_CLAIM : CODE_OK;
}

const struct command command_analyse = {
	.name = "analyse",
	.arguments = "[options] DIR",
	.summary = "Compute summary, contrasts and verdicts of a run again; print the verdicts.",
	.takes = OPTION_STRICT,
	.least = 1,
	.most = 1,
	.run = analyse_run,
};

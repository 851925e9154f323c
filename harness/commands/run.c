#include "commands/command.h"

static enum code run_run(const struct options *o)
{
	char dir[DIR_MAX];
	enum code code = run_new(&o->request, dir);

	if (code == CODE_OK || code == CODE_FAILED) {
		printf("%s\n", dir);
		if (command_done() != CODE_OK)
			return CODE_INTERNAL;
	}
	return code;
}

const struct command command_run = {
	.name = "run",
	.arguments = "[options] EXPERIMENT...",
	.summary = "Measure into a new folder; print its name.",
	.takes = OPTION_PROFILE | OPTION_FILTER | OPTION_SEED | OPTION_OUT,
	.least = 1,
	.most = 1000,
	.run = run_run,
};

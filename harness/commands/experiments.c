#include "commands/command.h"

/* What failed in the sweep is told, whatever comes after it. */
static enum code worst(enum code run, enum code conclude)
{
	return run != CODE_OK ? run : conclude;
}

static enum code experiments_run(const struct options *o)
{
	char dir[DIR_MAX];
	enum code code = run_new(&o->request, dir);

	if (code != CODE_OK && code != CODE_FAILED)
		return code;
	return worst(code, command_conclude(dir, o));
}

const struct command command_experiments = {
	.name = "experiments",
	.arguments = "[options] EXPERIMENT...",
	.summary = "The whole job: run, analyse, draw, print the verdicts.",
	.takes = OPTION_PROFILE | OPTION_FILTER | OPTION_SEED | OPTION_OUT | OPTION_STRICT,
	.least = 1,
	.most = 1000,
	.run = experiments_run,
};

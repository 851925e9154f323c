#include <stdio.h>

#include "base/err.h"
#include "commands/command.h"

static void help_all(void)
{
	puts("samework - one workload, six ways to run it, honest speedup plots\n");
	for (const struct command *const *c = commands; *c; c++)
		if (!(*c)->hidden)
			printf("  %-14s %s\n", (*c)->name, (*c)->summary);
	puts("\n  samework plan experiments/gil-cpu.yaml\n"
	     "  samework experiments --profile quick experiments/gil-cpu.yaml\n\n"
	     "exit codes: 0 ok, 1 internal or I/O error, 2 usage or experiment file,\n"
	     "  3 some trials failed, 4 a claim fails or a cell is slower (--strict),\n"
	     "  5 results not stored, 75 another run is measuring, 130 interrupted");
}

static enum code help_run(const struct options *o)
{
	const struct command *c;

	if (!o->request.paths) {
		help_all();
		return command_done();
	}
	c = command_find(o->request.path[0]);
	if (!c) {
		fail("no command '%s'; see: samework help", o->request.path[0]);
		return CODE_USAGE;
	}
	options_help(c, stdout);
	return command_done();
}

const struct command command_help = {
	.name = "help",
	.arguments = "[COMMAND]",
	.summary = "Explain a command, or list them all.",
	.most = 1,
	.run = help_run,
};

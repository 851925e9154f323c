#include <stdio.h>

#include "commands/command.h"
#include "pipeline/manifest.h"

static enum code version_run(const struct options *o)
{
	(void)o;
	manifest_print(stdout);
	return command_done();
}

const struct command command_version = {
	.name = "version",
	.arguments = "",
	.summary = "Print version, commit, compiler and libraries.",
	.run = version_run,
};

#include <stdio.h>

#include "commands/command.h"
#include "pipeline/manifest.h"

static enum code cite_run(const struct options *o)
{
	(void)o;
	printf("@software{samework,\n"
	       "  title   = {samework: one workload, six ways to run it, honest speedup plots},\n"
	       "  author  = {{The samework authors}},\n"
	       "  version = {%s},\n"
	       "  year    = {2026},\n"
	       "  license = {Apache-2.0}\n"
	       "}\n", manifest_version());
	return command_done();
}

const struct command command_cite = {
	.name = "cite",
	.arguments = "",
	.summary = "Print a BibTeX entry of this version.",
	.run = cite_run,
};

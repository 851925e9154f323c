#include "analysis/notes.h"
#include "commands/command.h"

static enum code notes_run(const struct options *o)
{
	const char *list = data_folder("experiments/notes.csv");

	if (notes_print(list, o->request.path, o->request.paths, stdout) < 0)
		return CODE_USAGE;
	return command_done();
}

const struct command command_notes = {
	.name = "notes",
	.arguments = "DIR...",
	.summary = "What the study notes say against what analysed runs measured.",
	.least = 1,
	.most = 64,
	.run = notes_run,
};

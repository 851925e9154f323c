#include "commands/command.h"

static enum code resume_run(const struct options *o)
{
	const char *dir = o->request.path[0];
	enum code code = run_resume(dir);

	if (code == CODE_OK || code == CODE_FAILED) {
		enum code after = command_conclude(dir, o);

		return code == CODE_OK ? after : code;
	}
	return code;
}

const struct command command_resume = {
	.name = "resume",
	.arguments = "[options] DIR",
	.summary = "Go on with an interrupted run: what has no valid row is run, then analysed.",
	.takes = OPTION_STRICT,
	.least = 1,
	.most = 1,
	.run = resume_run,
};

#include <fcntl.h>

#include "base/err.h"
#include "base/num.h"
#include "commands/command.h"
#include "pipeline/trial.h"

static enum code trial_run(const struct options *o)
{
	struct arena a = { 0 };
	struct trial t;
	uint64_t fd;
	int rc;

	if (num_parse(o->request.path[0], &fd) < 0 || fcntl((int)fd, F_GETFD) < 0) {
		fail("trial: for the supervisor only");
		return CODE_USAGE;
	}
	rc = trial_parse(&t, o->request.path[1], &a);
	if (!rc)
		rc = trial_main(&t, (int)fd);
	arena_release(&a);
	return rc ? CODE_INTERNAL : CODE_OK;
}

const struct command command_trial = {
	.name = "trial",
	.arguments = "FD ROW",
	.summary = "Run one trial; the supervisor executes this.",
	.hidden = true,
	.least = 2,
	.most = 2,
	.run = trial_run,
};

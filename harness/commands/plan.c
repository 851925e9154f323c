#include "commands/command.h"

static enum code plan_run(const struct options *o)
{
	struct arena a = { 0 };
	struct topology *t = topology_load(NULL);
	struct request r = o->request;
	struct spec *specs;
	struct plan p;
	enum code code = t ? CODE_USAGE : CODE_INTERNAL;

	if (!r.seed)
		r.seed = 1;	/* a plan to look at: the same each time */
	if (t && run_plan(&r, t, &specs, &p, &a) == 0) {
		plan_print(&p, r.profile, o->all, stdout);
		code = command_done();
	}
	topology_free(t);
	arena_release(&a);
	return code;
}

const struct command command_plan = {
	.name = "plan",
	.arguments = "[options] EXPERIMENT...",
	.summary = "Show what would run and how long it would take; run nothing.",
	.takes = OPTION_PROFILE | OPTION_FILTER | OPTION_SEED | OPTION_ALL,
	.least = 1,
	.most = 1000,
	.run = plan_run,
};

#include <string.h>

#include "base/err.h"
#include "commands/command.h"
#include "exchange/compare.h"

static enum code compare(const struct options *o, struct arena *a)
{
	struct comparison c;
	struct result run[2];

	for (size_t i = 0; i < 2; i++)
		if (result_read(&run[i], o->request.path[i], a) < 0)
			return CODE_INTERNAL;
	if (!strcmp(condition_find(&run[0], "run_id"), condition_find(&run[1], "run_id")))
		warn("%s and %s are one run", run[0].dir, run[1].dir);
	compare_make(&c, &run[0], &run[1], a);
	if (!o->json)
		compare_print(&c, stdout);
	else if (compare_json(&c, stdout) < 0)
		return CODE_INTERNAL;
	if (command_done() != CODE_OK)
		return CODE_INTERNAL;
	return o->strict && compare_count(&c, "slower") ? CODE_CLAIM : CODE_OK;
}

static enum code compare_run(const struct options *o)
{
	struct arena a = { 0 };
	enum code code = compare(o, &a);

	arena_release(&a);
	return code;
}

const struct command command_compare = {
	.name = "compare",
	.arguments = "[options] RUN-A RUN-B",
	.summary = "Compare two runs, cell by cell: what is slower in B, what is faster.",
	.takes = OPTION_STRICT | OPTION_JSON,
	.least = 2,
	.most = 2,
	.run = compare_run,
};

#include "commands/command.h"
#include "exchange/export.h"

static enum code export_run(const struct options *o)
{
	const struct format *f = format_find(o->request.path[0]);
	struct arena a = { 0 };
	struct result r;
	enum code code = CODE_INTERNAL;

	if (!f)
		return CODE_USAGE;
	if (!result_read(&r, o->request.path[1], &a) && !export_write(f, &r, stdout))
		code = command_done();
	arena_release(&a);
	return code;
}

const struct command command_export = {
	.name = "export",
	.arguments = "FORMAT RUN",
	.summary = "Write a run as google-benchmark, pyperf, benchstat or hyperfine read it.",
	.least = 2,
	.most = 2,
	.run = export_run,
};

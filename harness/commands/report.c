#include "commands/command.h"
#include "report/page.h"

static enum code report_run(const struct options *o)
{
	int rc = page_write(o->request.path[0]);

	if (rc)
		return rc > 0 ? CODE_USAGE : CODE_INTERNAL;
	printf("%s/report.html\n", o->request.path[0]);
	return command_done();
}

const struct command command_report = {
	.name = "report",
	.arguments = "DIR",
	.summary = "Write the page of an analysed run: DIR/report.html.",
	.least = 1,
	.most = 1,
	.run = report_run,
};

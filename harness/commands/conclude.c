#include "base/err.h"
#include "commands/command.h"
#include "analysis/analyse.h"
#include "figures/draw.h"
#include "report/page.h"

enum code command_done(void)
{
	if (fflush(stdout) || ferror(stdout)) {
		fail_errno("stdout");
		return CODE_INTERNAL;
	}
	return CODE_OK;
}

enum code command_conclude(const char *dir, const struct options *o)
{
	unsigned fails;
	int drawn, page;

	if (analyse(dir) < 0)
		return CODE_INTERNAL;
	drawn = draw(dir, o->request.plots);
	page = page_write(dir);
	if (analyse_print(dir, stdout, &fails) < 0)
		return CODE_INTERNAL;
	printf("\nsamples   %s/samples.csv\nsummary   %s/summary.csv\nverdicts  %s/verdicts.csv\n",
	       dir, dir, dir);
	if (!drawn)
		printf("figures   %s/figures/\n", dir);
	if (!page)
		printf("report    %s/report.html\n", dir);
	if (command_done() != CODE_OK || drawn < 0 || page)
		return CODE_INTERNAL;
	return o->strict && fails ? CODE_CLAIM : CODE_OK;
}

#include "base/err.h"
#include "commands/command.h"
#include "analysis/analyse.h"
#include "figures/draw.h"

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
	int drawn;

	if (analyse(dir) < 0)
		return CODE_INTERNAL;
	drawn = draw(dir, o->request.plots);
	if (analyse_print(dir, stdout, &fails) < 0)
		return CODE_INTERNAL;
	printf("\nsamples   %s/samples.csv\nsummary   %s/summary.csv\nverdicts  %s/verdicts.csv\n",
	       dir, dir, dir);
	if (!drawn)
		printf("figures   %s/figures/\n", dir);
	if (command_done() != CODE_OK || drawn < 0)
		return CODE_INTERNAL;
	return o->strict && fails ? CODE_CLAIM : CODE_OK;
}

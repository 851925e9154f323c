#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "commands/command.h"
#include "pipeline/catalogue.h"
#include "pipeline/metric.h"

static void print_params(const struct param *p)
{
	for (; p && p->name; p++) {
		if (strchr(p->unit, '|'))
			printf("    %s\t%s\t%s\n", p->name, p->unit, p->help);
		else
			printf("    %s=%" PRIu64 "\t%" PRIu64 "..%" PRIu64 " %s\t%s\n", p->name,
			       p->value, p->min, p->max, p->unit, p->help);
	}
}

static void list_text(void)
{
	puts("workloads");
	for (const struct workload *const *w = workloads; *w; w++) {
		printf("  %s\t%s; a unit is one %s\t%s\n", (*w)->name,
		       bound_name((*w)->bound), (*w)->unit, (*w)->summary);
		print_params((*w)->params);
	}
	puts("strategies");
	for (const struct strategy *const *s = strategies; *s; s++) {
		printf("  %s\t%s\t%s\n", (*s)->name, (*s)->engine, (*s)->summary);
		print_params((*s)->params);
	}
	puts("placements");
	for (const struct placement *const *p = placements; *p; p++)
		printf("  %s\t%s\n", (*p)->name, (*p)->summary);
	puts("metrics");
	for (const struct metric *m = metrics; m->name; m++)
		printf("  %s\t%s\t%s\n", m->name, m->unit, m->help);
	puts("profiles");
	for (const struct profile *p = profiles; p->name; p++)
		printf("  %s\t%u blocks\t%s\n", p->name, p->blocks, p->summary);
}

static enum code list_run(const struct options *o)
{
	if (!o->json)
		list_text();
	else if (catalogue_json(stdout) < 0)
		return CODE_INTERNAL;
	return command_done();
}

const struct command command_list = {
	.name = "list",
	.arguments = "[--json]",
	.summary = "Show workloads, strategies, placements and metrics, with their parameters.",
	.takes = OPTION_JSON,
	.run = list_run,
};

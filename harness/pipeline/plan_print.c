/* What would run, and for how long. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "pipeline/names.h"
#include "pipeline/plan.h"

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* One line for the trials of experiment @name. */
static void print_experiment(const struct plan *p, const char *name, FILE *out)
{
	size_t trials = 0, cells = 0, blocks = 0;

	for (const struct trial *t = p->trial; t < p->trial + p->n; t++)
		if (!strcmp(t->experiment, name)) {
			trials++;
			blocks = t->block;
			cells += t->block == p->trial->block && strcmp(t->role, "twin");
		}
	fprintf(out, "%-20s %6zu cells %3zu blocks %6zu trials\n", name, cells,
		blocks, trials);
}

static void print_experiments(const struct plan *p, FILE *out)
{
	struct arena a = { 0 };
	struct names n = { 0 };

	for (const struct trial *t = p->trial; t < p->trial + p->n; t++)
		names_add(&n, t->experiment, &a);
	if (n.n)
		qsort(n.name, n.n, sizeof *n.name, by_name);
	for (size_t i = 0; i < n.n; i++)
		print_experiment(p, n.name[i], out);
	arena_release(&a);
}

void plan_print(const struct plan *p, const struct profile *profile, bool all, FILE *out)
{
	uint64_t s = (plan_estimate(p, profile) + NS_PER_SEC - 1) / NS_PER_SEC;
	bool minutes = s > 120;

	print_experiments(p, out);
	fprintf(out, "profile %s: %zu trials of 1 warm-up and %u timed pass%s, about "
		"%" PRIu64 " ms each where the file leaves the size open; about %" PRIu64 " %s "
		"on a quiet machine, give or take half; a disturbed trial is run up to %d "
		"times\n", profile->name, p->n, profile->reps, profile->reps == 1 ? "" : "es",
		profile->pass_ns / NS_PER_MS, minutes ? (s + 30) / 60 : s,
		minutes ? "min" : "s", ATTEMPTS);
	for (const struct trial *t = p->trial; all && t < p->trial + p->n; t++)
		fprintf(out, "%016" PRIx64 " %3" PRIu64 " %4" PRIu64 " %-20s %-8s %s\n",
			t->id, t->block, t->position, t->experiment, t->role, t->cell);
}

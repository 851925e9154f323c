/* What would run, and for how long. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "pipeline/names.h"
#include "pipeline/plan.h"

enum {
	/* of one trial, beside its passes: exec to reaped, canary included */
	TRIAL_NS = 10 * NS_PER_MS,
	/* of a pass whose size the spec fixes, whatever the profile: the mean of
	 * those in experiments/ */
	FIXED_NS = 40 * NS_PER_MS,
};

/* How many CPUs the text of `cpus` names; @workers when it names none. */
static uint64_t cpus_distinct(const char *cpus, uint64_t workers)
{
	uint64_t n = 0;

	for (const char *s = cpus; *s; s += strcspn(s, ";"), s += *s == ';') {
		size_t length = strcspn(s, ";");
		const char *first = cpus;

		while (first < s && (strcspn(first, ";") != length ||
				     memcmp(first, s, length)))
			first += strcspn(first, ";") + 1;
		n += first == s;
	}
	return n ? n : workers;
}

/* By how much @t is expected to be faster than `single`: tasks that wait
 * overlap, tasks that compute need a CPU each and a stream to run them. */
static uint64_t expected_speedup(const struct trial *t)
{
	const struct workload *w = workload_find(t->workload);
	const struct strategy *s = strategy_find(t->strategy);
	uint64_t cpus;

	if (w && w->bound == BOUND_IO)
		return t->workers;
	if (s && s->streams == STREAMS_ONE)
		return 1;
	cpus = cpus_distinct(t->cpus, t->workers);
	return t->workers < cpus ? t->workers : cpus;
}

uint64_t plan_estimate(const struct plan *p, const struct profile *profile)
{
	uint64_t total = 0;

	for (const struct trial *t = p->trial; t < p->trial + p->n; t++)
		total += TRIAL_NS + (1 + t->reps) *
			(t->units == NONE ? profile->pass_ns / expected_speedup(t) : FIXED_NS);
	return total;
}

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
	uint64_t seconds = (plan_estimate(p, profile) + NS_PER_SEC - 1) / NS_PER_SEC;

	print_experiments(p, out);
	fprintf(out, "profile %s: %zu trials of 1 warm-up and %u timed pass%s of about "
		"%" PRIu64 " ms, about %" PRIu64 " min %02" PRIu64 " s on a quiet machine; "
		"a disturbed trial is run up to %d times\n",
		profile->name, p->n, profile->reps, profile->reps == 1 ? "" : "es",
		profile->pass_ns / NS_PER_MS, seconds / 60, seconds % 60, ATTEMPTS);
	for (const struct trial *t = p->trial; all && t < p->trial + p->n; t++)
		fprintf(out, "%016" PRIx64 " %3" PRIu64 " %4" PRIu64 " %-20s %-8s %s\n",
			t->id, t->block, t->position, t->experiment, t->role, t->cell);
}

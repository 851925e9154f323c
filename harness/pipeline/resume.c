#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/going.h"
#include "pipeline/lock.h"
#include "pipeline/manifest.h"
#include "pipeline/supervise.h"

/* Rows after the last whole trial: a trial cut short is run again as a whole. */
static size_t drop_partial(struct going *g, struct arena *a)
{
	size_t bytes = 0, n = g->nrows, same = 0;
	const struct sample *last = n ? &g->rows[n - 1] : NULL;
	uint64_t reps = 0;

	if (!last || !last->rep)
		return 0;
	while (same < n && g->rows[n - 1 - same].trial == last->trial &&
	       g->rows[n - 1 - same].rep)
		same++;
	for (size_t i = 0; i < g->plan.n; i++)
		if (g->plan.trial[i].id == last->trial)
			reps = g->plan.trial[i].reps;
	if (reps && same % reps == 0)
		return 0;
	for (size_t i = n - same; i < n; i++)
		bytes += strlen(samples_line(&g->rows[i], a));
	g->nrows -= same;
	return bytes;
}

enum code run_resume(const char *dir)
{
	struct arena a = { 0 };
	struct going g = { .dir = dir, .lock = -1 };
	enum code code = CODE_USAGE;
	char path[DIR_MAX + 16];
	size_t torn = 0;

	if (manifest_same(dir, &g.run_id, &a) < 0)
		goto out;
	snprintf(path, sizeof path, "%s/plan.csv", dir);
	if (plan_read(&g.plan, path, &a) < 0)
		goto out;
	code = CODE_INTERNAL;
	if (supervise_init() < 0)
		goto out;
	g.lock = lock_take(dir);
	code = g.lock == -2 ? CODE_LOCKED : CODE_STORE;
	if (g.lock < 0)
		goto out;
	snprintf(path, sizeof path, "%s/samples.csv", dir);
	if (samples_read(path, &g.rows, &g.nrows, &torn, &a) < 0)
		goto out;
	torn += drop_partial(&g, &a);
	code = going_on(&g, torn);
out:
	if (g.lock >= 0)
		close(g.lock);
	arena_release(&g.arena);
	arena_release(&a);
	return code;
}

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/stats.h"
#include "pipeline/bins.h"
#include "pipeline/going.h"
#include "pipeline/keep.h"
#include "pipeline/manifest.h"
#include "pipeline/progress.h"
#include "pipeline/settle.h"
#include "pipeline/supervise.h"

static bool ran(const struct going *g, const struct trial *t)
{
	for (size_t i = 0; i < g->nrows; i++)
		if (g->rows[i].trial == t->id &&
		    status_find(g->rows[i].status) != STATUS_INTERRUPTED)
			return true;
	return false;
}

static double median_wall(const struct report *r)
{
	double x[REPS_MAX];

	for (uint64_t i = 0; i < r->reps; i++)
		x[i] = (double)r->m[i].wall_ns;
	return stats_median(x, r->reps);
}

/* As settled(), asked once for each block of an experiment; say so once. */
static bool settled_now(struct going *g, size_t i)
{
	const struct trial *t = &g->plan.trial[i];

	if (i && t[-1].block == t->block && !strcmp(t[-1].experiment, t->experiment))
		return g->enough;
	g->enough = settled(&g->plan, g->wall_ns, i);
	if (!g->enough)
		return false;
	if (!names_have(&g->settled, t->experiment)) {
		names_add(&g->settled, t->experiment, &g->arena);
		fprintf(stderr, "samework: %s: every interval is within %.0f %%; no more blocks\n",
			t->experiment, 100 * t->stop_width);
	}
	return true;
}

static bool was_disturbed(enum status s)
{
	return s == STATUS_ENV_CHANGED || s == STATUS_THROTTLED;
}

/* Run a trial; again, at once and in the same block, when a rule says that it
 * was disturbed: whatever it measured, so this favours no result. */
static enum code run_trial(struct going *g, size_t i)
{
	const struct trial *t = &g->plan.trial[i];
	struct ending e;
	struct outcome o;

	for (unsigned try = 0; try < ATTEMPTS; try++) {
		int rc;

		g->bins = bins_open();
		if (g->bins < 0 || supervise(t, g->lock, g->bins, &e, &o) < 0)
			return CODE_INTERNAL;
		rc = keep(&g->store, g->run_id, t, try * t->reps, &e, &o);
		if (!rc && e.report.reps)
			rc = bins_append(g->dir, g->bins, t->id, try * t->reps);
		close(g->bins);
		if (rc < 0)
			return CODE_STORE;
		if (!was_disturbed(o.status) || supervise_stopped())
			break;
	}
	g->count[o.status]++;
	if (o.status == STATUS_OK)
		g->wall_ns[i] = median_wall(&e.report);
	return supervise_stopped() ? CODE_INTERRUPTED : CODE_OK;
}

static enum code run_trials(struct going *g)
{
	struct progress p;
	size_t todo = 0;
	enum code code = CODE_OK;

	for (size_t i = 0; i < g->plan.n; i++)
		todo += !ran(g, &g->plan.trial[i]);
	progress_start(&p, todo);
	for (size_t i = 0; code == CODE_OK && i < g->plan.n; i++) {
		const struct trial *t = &g->plan.trial[i];

		if (settled_now(g, i) || ran(g, t))
			continue;
		progress_show(&p, t->block, t->cell);
		code = run_trial(g, i);
	}
	progress_end(&p);
	return code;
}

/* Say what failed; a run with failed trials is a finished run. */
static enum code conclude(struct going *g)
{
	uint64_t failed = 0;

	for (unsigned s = 0; s < STATUS_COUNT; s++) {
		if (!g->count[s] || s == STATUS_OK)
			continue;
		fprintf(stderr, "samework: %" PRIu64 " trial%s ended %s\n", g->count[s],
			g->count[s] == 1 ? "" : "s", status_name(s));
		failed += status_fails(s) ? g->count[s] : 0;
	}
	if (manifest_end(g->dir, g->count) < 0)
		return CODE_STORE;
	return failed ? CODE_FAILED : CODE_OK;
}

/* What is known of each trial from the rows there are: the last try counts. */
static void recall(struct going *g)
{
	g->wall_ns = arena_alloc(&g->arena, g->plan.n * sizeof *g->wall_ns);
	for (size_t i = 0; i < g->plan.n; i++) {
		double x[REPS_MAX];
		size_t n = 0;

		for (size_t k = 0; k < g->nrows; k++)
			if (g->rows[k].trial == g->plan.trial[i].id && n < REPS_MAX &&
			    status_find(g->rows[k].status) == STATUS_OK)
				x[n++] = (double)g->rows[k].m.wall_ns;
		g->wall_ns[i] = stats_median(x, n);
	}
}

enum code going_on(struct going *g, size_t torn_bytes)
{
	char path[DIR_MAX + 16];
	enum code code;

	recall(g);
	snprintf(path, sizeof path, "%s/samples.csv", g->dir);
	if (store_open(&g->store, path, torn_bytes) < 0) {
		store_close(&g->store);
		return CODE_STORE;
	}
	code = run_trials(g);
	store_close(&g->store);
	if (code == CODE_OK)
		code = conclude(g);
	else if (code == CODE_INTERRUPTED)
		fprintf(stderr, "samework: stopped; go on with: samework resume %s\n", g->dir);
	return code;
}

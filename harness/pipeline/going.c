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

static bool ran(const struct going *g, size_t i)
{
	return g->tries[i] >= ATTEMPTS;
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
 * was disturbed: whatever it measured, so this favours no result.  Goes on with
 * the tries that are left. */
static enum code run_trial(struct going *g, size_t i)
{
	const struct trial *t = &g->plan.trial[i];
	struct ending e;
	struct outcome o;

	for (uint64_t try = g->tries[i]; try < ATTEMPTS; try++) {
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
		todo += !ran(g, i);
	progress_start(&p, todo);
	for (size_t i = 0; code == CODE_OK && i < g->plan.n; i++) {
		const struct trial *t = &g->plan.trial[i];

		if (settled_now(g, i) || ran(g, i))
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

/* What the rows there are say of trial @i: the last try counts. */
static void recall_trial(struct going *g, size_t i)
{
	const struct trial *t = &g->plan.trial[i];
	enum status last = STATUS_INTERRUPTED;
	double x[REPS_MAX];
	uint64_t rep = 0;
	size_t n = 0;

	for (const struct sample *s = g->rows; s < g->rows + g->nrows; s++) {
		enum status status = status_find(s->status);

		if (s->trial != t->id || status == STATUS_INTERRUPTED)
			continue;
		last = status;
		rep = s->rep;
		if (status == STATUS_OK && n < REPS_MAX)
			x[n++] = (double)s->m.wall_ns;
	}
	g->wall_ns[i] = stats_median(x, n);
	g->tries[i] = was_disturbed(last) ? rep / t->reps :
		      last == STATUS_INTERRUPTED ? 0 : ATTEMPTS;
	if (ran(g, i))
		g->count[last]++;
}

enum code going_on(struct going *g, size_t torn_bytes)
{
	char path[DIR_MAX + 16];
	enum code code;

	g->wall_ns = arena_alloc(&g->arena, g->plan.n * sizeof *g->wall_ns);
	g->tries = arena_alloc(&g->arena, g->plan.n * sizeof *g->tries);
	for (size_t i = 0; i < g->plan.n; i++)
		recall_trial(g, i);
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

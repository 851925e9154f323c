#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/stats.h"
#include "machine/machine.h"
#include "pipeline/bins.h"
#include "pipeline/calibrate.h"
#include "pipeline/folder.h"
#include "pipeline/keep.h"
#include "pipeline/lock.h"
#include "pipeline/manifest.h"
#include "pipeline/names.h"
#include "pipeline/progress.h"
#include "pipeline/run.h"
#include "pipeline/settle.h"
#include "pipeline/store.h"
#include "pipeline/supervise.h"

enum { TRIES = 3 };		/* of a trial that was disturbed */

/* A run in progress. */
struct going {
	const char *dir, *run_id;
	struct plan plan;
	struct sample *rows;	/* valid rows there are already */
	size_t nrows;
	struct store store;
	struct names settled;	/* experiments that need no more blocks */
	bool enough;		/* the one at hand does */
	struct arena arena;
	int lock, bins;
	uint64_t count[STATUS_COUNT];	/* trials by how they ended */
	double *wall_ns;		/* [plan.n] as settled() wants it */
};

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

	for (unsigned try = 0; try < TRIES; try++) {
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

static enum code run_on(struct going *g, size_t torn_bytes)
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

int run_plan(const struct request *r, struct topology *t, struct spec **specs,
	     struct plan *p, struct arena *a)
{
	struct spec *s = arena_alloc(a, r->paths * sizeof *s);

	for (size_t i = 0; i < r->paths; i++)
		if (spec_read(&s[i], r->path[i], topology_pus(t), a) < 0)
			return -1;
	*specs = s;
	return plan_make(p, s, r->paths, t, r->profile, &r->filter, r->seed, a);
}

/* Calibrate, write the plan, run it. */
static enum code start(struct going *g, const struct request *r)
{
	char path[DIR_MAX + 16];

	fprintf(stderr, "samework: calibrating\n");
	if (calibrate(&g->plan, r->profile, g->lock) < 0)
		return CODE_INTERNAL;
	if (supervise_stopped())
		return CODE_INTERRUPTED;
	snprintf(path, sizeof path, "%s/plan.csv", g->dir);
	if (plan_write(&g->plan, path) < 0)
		return CODE_STORE;
	return run_on(g, 0);
}

enum code run_new(const struct request *r, char dir[DIR_MAX])
{
	struct arena a = { 0 };
	struct topology *t = topology_load(NULL);
	struct request with_seed = *r;
	struct going g = { .lock = -1 };
	enum code code = CODE_INTERNAL;
	struct spec *specs;
	char run_id[RUN_ID_MAX];

	if (!with_seed.seed)
		with_seed.seed = clock_ns() & 0xffffffff;
	if (!t || supervise_init() < 0)
		goto out;
	code = CODE_USAGE;
	if (run_plan(&with_seed, t, &specs, &g.plan, &a) < 0)
		goto out;
	code = CODE_STORE;
	if (folder_make(r->out, dir, run_id) < 0)
		goto out;
	g.lock = lock_take(dir);
	if (g.lock < 0) {
		folder_drop(dir);
		code = g.lock == -2 ? CODE_LOCKED : CODE_STORE;
		goto out;
	}
	if (folder_fill(dir, specs, r->paths, t) < 0 ||
	    manifest_write(dir, run_id, &with_seed, t) < 0)
		goto out;
	folder_latest(dir);
	g.dir = dir;
	g.run_id = run_id;
	plan_print(&g.plan, r->profile, false, stderr);
	code = start(&g, &with_seed);
out:
	if (g.lock >= 0)
		close(g.lock);
	topology_free(t);
	arena_release(&g.arena);
	arena_release(&a);
	return code;
}

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

/* How the trials ended that have run already: the last try of each counts. */
static void count_done(struct going *g)
{
	for (size_t i = 0; i < g->nrows; i++)
		if (i + 1 == g->nrows || g->rows[i + 1].trial != g->rows[i].trial)
			g->count[status_find(g->rows[i].status)]++;
	g->count[STATUS_INTERRUPTED] = 0;	/* they are run again */
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
	count_done(&g);
	code = run_on(&g, torn);
out:
	if (g.lock >= 0)
		close(g.lock);
	arena_release(&g.arena);
	arena_release(&a);
	return code;
}

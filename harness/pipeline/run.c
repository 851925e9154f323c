#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "pipeline/calibrate.h"
#include "pipeline/folder.h"
#include "pipeline/going.h"
#include "pipeline/lock.h"
#include "pipeline/manifest.h"
#include "pipeline/supervise.h"

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
	return going_on(g, 0);
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

#include <inttypes.h>
#include <string.h>

#include "pipeline/keep.h"
#include "pipeline/manifest.h"

static struct sample row_of(const char *run_id, const struct trial *t,
			    const struct ending *e, const struct outcome *o)
{
	return (struct sample){
		.run_id = run_id,
		.experiment = t->experiment,
		.trial = t->id,
		.workload = t->workload,
		.params = t->params,
		.strategy = t->strategy,
		.engine = *e->report.engine ? e->report.engine :
			  strategy_find(t->strategy)->engine,
		.workers = t->workers,
		.placement = t->placement,
		.block = t->block,
		.position = t->position,
		.seed = t->seed,
		.status = status_name(o->status),
		.reason = o->reason,
		.server = e->report.server,
		.cpus = t->cpus,
		.build = manifest_build(),
	};
}

/* "takes=12;lost=0" of what the two count, and know. */
static const char *counters(const struct trial *t, const struct measure *m, struct arena *a)
{
	const char *const *list[] = { strategy_find(t->strategy)->counters,
				      workload_find(t->workload)->counters };
	const char *text = "";

	for (unsigned k = 0; k < 2; k++)
		for (unsigned i = 0; list[k] && i < COUNTERS && list[k][i]; i++) {
			uint64_t v = m->counter[k * COUNTERS + i];

			if (v != NONE)
				text = arena_printf(a, "%s%s%s=%" PRIu64, text, *text ? ";" : "",
						    list[k][i], v);
		}
	return text;
}

int keep(struct store *s, const char *run_id, const struct trial *t, uint64_t rep,
	 const struct ending *e, const struct outcome *o)
{
	struct sample row = row_of(run_id, t, e, o);
	struct arena a = { 0 };
	int rc = 0;

	if (!status_measured(o->status) &&
	    !(o->status == STATUS_EXPECTED_FAIL && e->reported && e->report.reps)) {
		memset(&row.m, 0xff, sizeof row.m);	/* NONE, all of them */
		return store_append(s, &row);
	}
	for (uint64_t i = 0; !rc && i < e->report.reps; i++) {
		row.rep = rep + i + 1;
		row.m = e->report.m[i];
		row.counters = counters(t, &row.m, &a);
		rc = store_append(s, &row);
	}
	arena_release(&a);
	return rc;
}

/*
 * One trial: setup, a warm-up pass, the timed passes, teardown.  This process
 * was executed for it alone, so every trial samples a fresh address-space
 * layout, and none inherits another's heap, threads or OpenMP team.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "base/err.h"
#include "machine/machine.h"
#include "pipeline/bins.h"
#include "pipeline/measure.h"
#include "pipeline/stage.h"

char *trial_print(const struct trial *t, struct arena *a)
{
	char *text = NULL, *copy = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	if (!f)
		return NULL;
	table_header(f, plan_columns);
	table_row(f, plan_columns, t);
	if (!fclose(f))
		copy = arena_strdup(a, text);
	free(text);
	return copy;
}

int trial_parse(struct trial *t, const char *text, struct arena *a)
{
	struct csv csv;

	if (csv_parse(&csv, "trial", arena_strdup(a, text), a) < 0 ||
	    table_check(&csv, plan_columns) < 0)
		return -1;
	if (csv.rows != 1)
		return fail("trial: %zu rows, not one", csv.rows);
	return table_read(&csv, 0, plan_columns, t);
}

enum { SERVER_DIES_MS = 100 };	/* how much later than its connections it ends */

static int enter(struct stage *s, enum phase p)
{
	s->report.phase = p;
	return report_send(s->fd, &s->report);
}

/* One pass from a fresh state. */
static int stage_pass(struct stage *s, struct measure *m)
{
	struct run *r = &s->run;
	struct watch watch;

	memset(r->shared, 0, r->workload->shared_bytes);
	memset(s->pass.slot, 0, (s->pass.streams + 1) * sizeof *s->pass.slot);
	if (s->pass.extra)
		memset(s->pass.extra, 0, sizeof *s->pass.extra);
	if (r->workload->init)
		r->workload->init(r->shared, r->param);
	s->pass.shared = r->shared;
	watch_start(&watch, r);
	if (s->pass.strategy->run(&s->pass) < 0)
		return -1;
	return watch_stop(&watch, &s->pass, m);
}

/* Hand over the histograms of pass @rep, from 1. */
static int stage_bins(struct stage *s, uint64_t rep)
{
	static struct hist all;

	watch_latency(&s->pass, &all);
	if (bins_send(rep, "unit", &all) < 0 ||
	    (s->pass.extra && bins_send(rep, s->pass.strategy->extra, s->pass.extra) < 0))
		return trouble_set(s->trouble, STATUS_INTERNAL_ERROR, "bins: %s", strerror(errno));
	return 0;
}

static int stage_run(struct stage *s)
{
	struct measure warm;
	struct vigil vigil;
	int rc = 0;

	if (enter(s, PHASE_SETUP) < 0 || stage_init(s) < 0)
		return -1;
	if (s->run.workload->setup && s->run.workload->setup(&s->run) < 0)
		return -1;
	if (enter(s, PHASE_WARMUP) < 0 || stage_pass(s, &warm) < 0)
		return -1;
	if (enter(s, PHASE_MEASURE) < 0)
		return -1;
	vigil_start(&vigil, &s->pass);
	for (; !rc && s->report.reps < s->trial->reps; s->report.reps++)
		rc = stage_pass(s, &s->report.m[s->report.reps]) < 0 ||
		     stage_bins(s, s->report.reps + 1) < 0;
	if (rc)
		return -1;
	vigil_stop(&vigil, &s->pass, s->trial->oversubscribed, &s->report);
	memcpy(s->report.engine, s->pass.engine, sizeof s->report.engine);
	memcpy(s->report.server, s->run.server_name, sizeof s->report.server);
	return 0;
}

int trial_main(const struct trial *t, int fd)
{
	struct stage s = { .trial = t, .fd = fd, .report.trial = t->id };
	int rc;

	prctl(PR_SET_TIMERSLACK, 1);	/* the default adds 50 us to a sleep */
	if (t->reps > REPS_MAX)
		return 1;
	rc = stage_run(&s);
	/* its connections end a moment before it does */
	if (s.run.server > 0 && stage_server_ended(&s, rc < 0 ? SERVER_DIES_MS : 0)) {
		rc = -1;	/* whatever else was noticed, this is the cause */
		atomic_store(&s.trouble->taken, 0);
		trouble_set(s.trouble, STATUS_SERVER_LOST, "the server died");
		s.run.server = 0;
	}
	if (rc < 0) {
		bool told = s.trouble && atomic_load(&s.trouble->taken) == 2;

		s.report.reps = 0;
		s.report.status = told ? s.trouble->status : STATUS_INTERNAL_ERROR;
		strcpy(s.report.reason, told ? s.trouble->reason : "failed without a word");
	}
	enter(&s, PHASE_TEARDOWN);
	stage_release(&s);
	return enter(&s, PHASE_DONE) < 0;
}

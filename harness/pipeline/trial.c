/*
 * One trial: setup, a warm-up pass, the timed passes, teardown.  This process
 * was executed for it alone, so every trial samples a fresh address-space
 * layout, and none inherits another's heap, threads or OpenMP team.
 */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "machine/machine.h"
#include "pipeline/bins.h"
#include "pipeline/measure.h"
#include "pipeline/report.h"
#include "pipeline/trial.h"

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

enum {
	SERVER_STOPS_MS = 200,	/* from asking it to to killing it: it has
				 * nothing to lose, and memcached looks at
				 * its signals once a second */
	SERVER_DIES_MS = 100,	/* how much later than its connections it ends */
};

/* What a trial holds; released in one place. */
struct stage {
	const struct trial *trial;
	struct run run;
	struct pass pass;
	struct topology *topology;
	struct trouble *trouble;
	uint64_t *param, *option;
	int *cpu;
	struct report report;
	int fd;
};

static int enter(struct stage *s, enum phase p)
{
	s->report.phase = p;
	return report_send(s->fd, &s->report);
}

/* Read "0;1" into cpu[0 .. n-1], which were -1. */
static int parse_cpus(const char *text, int *cpu, unsigned n)
{
	for (unsigned i = 0; i < n && *text; i++) {
		char *end;

		cpu[i] = (int)strtol(text, &end, 10);
		if (end == text || (*end && *end != ';'))
			return -1;
		text = *end ? end + 1 : end;
	}
	return *text ? -1 : 0;
}

static uint64_t *parse_params(const struct param *p, const char *text)
{
	uint64_t *v = calloc(params_count(p) + 1, sizeof *v);

	if (v && spec_params_parse(p, text, v) < 0) {
		free(v);
		return NULL;
	}
	return v;
}

static int stage_cpus(struct stage *s)
{
	unsigned n = s->run.workers;

	s->cpu = malloc((n + 1) * sizeof *s->cpu);
	if (!s->cpu)
		return trouble_set(s->trouble, STATUS_ALLOC_FAIL, "%u CPUs", n);
	for (unsigned i = 0; i <= n; i++)
		s->cpu[i] = -1;
	if (parse_cpus(s->trial->cpus, s->cpu, n) < 0)
		return trouble_set(s->trouble, STATUS_INTERNAL_ERROR, "cpus '%s'", s->trial->cpus);
	if (s->cpu[0] < 0)
		return 0;
	s->topology = topology_load(NULL);
	return s->topology ? 0 : trouble_set(s->trouble, STATUS_BIND_FAIL, "no topology");
}

static int stage_memory(struct stage *s)
{
	unsigned n = s->run.workers;
	cpu_set_t usable;

	CPU_ZERO(&usable);
	sched_getaffinity(0, sizeof usable, &usable);
	/* a loop with many tasks has one histogram, not one for each */
	s->pass.streams = strategy_streams(s->pass.strategy, n, (unsigned)CPU_COUNT(&usable));
	s->run.shared = shared_map(s->run.workload->shared_bytes);
	s->pass.slot = shared_map((s->pass.streams + 1) * sizeof *s->pass.slot);
	s->pass.gate = shared_map(sizeof *s->pass.gate);
	s->run.channel = malloc(n * sizeof *s->run.channel);
	if (s->pass.strategy->extra)
		s->pass.extra = shared_map(sizeof *s->pass.extra);
	if (!s->run.shared || !s->pass.slot || !s->pass.gate || !s->run.channel ||
	    (s->pass.strategy->extra && !s->pass.extra))
		return trouble_set(s->trouble, STATUS_ALLOC_FAIL, "memory of the run: %s",
				   strerror(errno));
	for (unsigned i = 0; i < n; i++)
		s->run.channel[i] = (struct channel){ -1, -1 };
	return 0;
}

/* Whether this pair can run here at all. */
static int stage_refuse(struct stage *s)
{
	const struct workload *w = s->run.workload;
	const char *why = w->supported ? w->supported(s->param) : NULL;

	if (why)
		return trouble_set(s->trouble, STATUS_SKIPPED, "%s", why);
	if (s->pass.strategy->private_state && w->shared_bytes && !w->merge)
		return trouble_set(s->trouble, STATUS_NOT_APPLICABLE,
				   "%s cannot merge private copies", w->name);
	return 0;
}

static int stage_init(struct stage *s)
{
	const struct trial *t = s->trial;

	s->trouble = shared_map(sizeof *s->trouble);
	if (!s->trouble)
		return -1;
	s->run = (struct run){
		.workload = workload_find(t->workload),
		.tasks = t->tasks,
		.units = t->units,
		.seed = t->seed,
		.workers = (unsigned)t->workers,
		.server_cpu = t->server_cpu == NONE ? -1 : (int)t->server_cpu,
		.server_control = -1,
		.trouble = s->trouble,
	};
	s->pass.strategy = strategy_find(t->strategy);
	if (!s->run.workload || !s->pass.strategy)
		return trouble_set(s->trouble, STATUS_INTERNAL_ERROR, "no %s or %s in this build",
				   t->workload, t->strategy);
	s->run.param = s->param = parse_params(s->run.workload->params, t->params);
	s->option = parse_params(s->pass.strategy->params, t->options);
	if (!s->param || !s->option)
		return trouble_set(s->trouble, STATUS_INTERNAL_ERROR, "bad parameters");
	s->run.nonblock = s->pass.strategy->nonblock;
	if (stage_refuse(s) < 0 || stage_cpus(s) < 0 || stage_memory(s) < 0)
		return -1;
	s->pass.run = &s->run;
	s->pass.option = s->option;
	s->pass.topology = s->topology;
	s->pass.cpu = s->cpu;
	s->pass.spin = !t->oversubscribed;
	s->pass.trouble = s->trouble;
	return 0;
}

/* Wait at most so long for the server to end.  True when it has, and is reaped. */
static bool server_ended(const struct run *r, int ms)
{
	struct pollfd fd = { pidfd_open(r->server, 0), POLLIN, 0 };

	poll(&fd, fd.fd >= 0, ms);
	close(fd.fd);
	return waitpid(r->server, NULL, WNOHANG) != 0;
}

static void server_stop(struct run *r)
{
	if (r->server_control >= 0)
		close(r->server_control);
	if (r->server <= 0)
		return;
	if (r->server_control < 0)
		kill(r->server, SIGTERM);
	if (server_ended(r, SERVER_STOPS_MS))
		return;
	kill(r->server, SIGKILL);
	waitpid(r->server, NULL, 0);
}

static void stage_release(struct stage *s)
{
	struct run *r = &s->run;

	for (unsigned i = 0; r->channel && i < r->workers; i++) {
		if (r->channel[i].out >= 0 && r->channel[i].out != r->channel[i].in)
			close(r->channel[i].out);
		if (r->channel[i].in >= 0)
			close(r->channel[i].in);
	}
	server_stop(r);
	free(r->channel);
	if (r->workload)
		shared_unmap(r->shared, r->workload->shared_bytes);
	shared_unmap(s->pass.slot, (s->pass.streams + 1) * sizeof *s->pass.slot);
	shared_unmap(s->pass.gate, sizeof *s->pass.gate);
	shared_unmap(s->pass.extra, sizeof *s->pass.extra);
	topology_free(s->topology);
	free(s->cpu);
	free(s->param);
	free(s->option);
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
	if (s.run.server > 0 && server_ended(&s.run, rc < 0 ? SERVER_DIES_MS : 0)) {
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

/* What a trial holds: its state, its slots, its gate, its connections, its server. */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "pipeline/stage.h"

enum {
	SERVER_STOPS_MS = 200,	/* from asking it to to killing it: it has
				 * nothing to lose, and memcached looks at
				 * its signals once a second */
};

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

int stage_init(struct stage *s)
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

bool stage_server_ended(const struct stage *s, int ms)
{
	const struct run *r = &s->run;
	struct pollfd fd = { pidfd_open(r->server, 0), POLLIN, 0 };

	poll(&fd, fd.fd >= 0, ms);
	close(fd.fd);
	return waitpid(r->server, NULL, WNOHANG) != 0;
}

static void server_stop(struct stage *s)
{
	struct run *r = &s->run;
	pid_t who = r->server_control < 0 ? -r->server : r->server;	/* a group, or one */

	if (r->server_control >= 0)
		close(r->server_control);
	if (r->server <= 0)
		return;
	if (r->server_control < 0)
		kill(r->server, SIGTERM);
	if (stage_server_ended(s, SERVER_STOPS_MS))
		return;
	/* helpers that it forked are ours when it is dead, and must not be left */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	kill(who, SIGKILL);
	while (waitpid(who, NULL, 0) > 0)
		;
}

void stage_release(struct stage *s)
{
	struct run *r = &s->run;

	for (unsigned i = 0; r->channel && i < r->workers; i++) {
		if (r->channel[i].out >= 0 && r->channel[i].out != r->channel[i].in)
			close(r->channel[i].out);
		if (r->channel[i].in >= 0)
			close(r->channel[i].in);
	}
	server_stop(s);
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

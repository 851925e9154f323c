/*
 * metric.c - what can be said of one pass.  Counts are also given per unit,
 * which is what compares across sizes.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/metric.h"

static double known(uint64_t v)
{
	return v == NONE ? NAN : (double)v;
}

/* NaN where there are no units. */
static double per(double v, uint64_t units)
{
	return units && units != NONE ? v / (double)units : NAN;
}

#define FIELD(field)						\
	static double field(const struct sample *s)		\
	{							\
		return known(s->m.field);			\
	}
#define PER_UNIT(name, value)					\
	static double name(const struct sample *s)		\
	{							\
		return per(value, s->m.units);			\
	}

FIELD(wall_ns)
FIELD(spawn_ns)
FIELD(join_ns)
FIELD(skew_ns)
FIELD(user_ns)
FIELD(sys_ns)
FIELD(p50_ns)
FIELD(p90_ns)
FIELD(p99_ns)
FIELD(p999_ns)
FIELD(mean_ns)
FIELD(max_ns)
FIELD(switches)
FIELD(syscalls)
FIELD(voluntary)
FIELD(involuntary)
FIELD(migrations)
FIELD(run_delay_ns)
FIELD(max_rss_bytes)
FIELD(server_cpu_ns)

static double cpu_ns(const struct sample *s)
{
	return known(s->m.user_ns) + known(s->m.sys_ns);
}

static double cpu_share(const struct sample *s)
{
	return cpu_ns(s) / known(s->m.wall_ns);
}

static double spawn_join_ns(const struct sample *s)
{
	return known(s->m.spawn_ns) + known(s->m.join_ns);
}

static double total_ns(const struct sample *s)
{
	return spawn_join_ns(s) + known(s->m.wall_ns);
}

static double units_per_s(const struct sample *s)
{
	return known(s->m.units) / (known(s->m.wall_ns) / 1e9);
}

double metric_number(const char *list, const char *name)
{
	size_t n = strlen(name);

	for (; *list; list += *list == ';') {
		if (!strncmp(list, name, n) && list[n] == '=')
			return strtod(list + n + 1, NULL);
		list += strcspn(list, ";");
	}
	return NAN;
}

/* How many units were put under way; NaN: not known, or not always as many, as in
 * an open loop. */
static double in_flight(const struct sample *s)
{
	const struct workload *w = workload_find(s->workload);
	/* fewer tasks than workers leave some of them idle; fmin prefers what is known */
	double tasks = fmin((double)s->workers, known(s->m.tasks));

	if (!w || w->bound != BOUND_IO || metric_number(s->params, "rate") > 0)
		return NAN;
	return w->in_flight ? tasks * metric_number(s->params, w->in_flight) : tasks;
}

/* Little 1961: what was in flight, from throughput and latency, over what was
 * put there; 1 when no time is unaccounted for. */
static double little(const struct sample *s)
{
	return units_per_s(s) * known(s->m.mean_ns) / 1e9 / in_flight(s);
}

static double server_share(const struct sample *s)
{
	return known(s->m.server_cpu_ns) / known(s->m.wall_ns);
}

static double expected_fail(const struct sample *s)
{
	return status_find(s->status) == STATUS_EXPECTED_FAIL;
}

PER_UNIT(ns_per_unit, known(s->m.wall_ns))
PER_UNIT(cpu_ns_per_unit, cpu_ns(s))
PER_UNIT(server_cpu_ns_per_unit, known(s->m.server_cpu_ns))
PER_UNIT(syscalls_per_unit, known(s->m.syscalls))
PER_UNIT(switches_per_unit, known(s->m.switches))
PER_UNIT(voluntary_per_unit, known(s->m.voluntary))
PER_UNIT(context_switches_per_unit, known(s->m.voluntary) + known(s->m.involuntary))

const struct metric metrics[] = {
	{ "wall_ns", "ns", "shared start to the last worker's end", wall_ns, false },
	{ "total_ns", "ns", "starting, running and ending the workers", total_ns, false },
	{ "ns_per_unit", "ns", "wall time per unit", ns_per_unit, false },
	{ "units_per_s", "1/s", "units finished per second of wall time", units_per_s, false },
	{ "user_ns", "ns", "user CPU time of all workers", user_ns, false },
	{ "sys_ns", "ns", "kernel CPU time of all workers", sys_ns, false },
	{ "cpu_ns", "ns", "CPU time of all workers", cpu_ns, false },
	{ "cpu_ns_per_unit", "ns", "CPU time of all workers per unit", cpu_ns_per_unit, false },
	{ "cpu_share", "1", "CPU time over wall time: CPUs kept busy", cpu_share, false },
	{ "server_cpu_ns", "ns", "CPU time of the server", server_cpu_ns, false },
	{ "server_cpu_ns_per_unit", "ns", "CPU time of the server per unit",
	  server_cpu_ns_per_unit, false },
	{ "server_share", "1", "CPU time of the server over wall time: near 1, it is saturated",
	  server_share, false },
	{ "little", "1", "units in flight by Little's law over those put there", little, false },
	{ "spawn_ns", "ns", "starting the workers", spawn_ns, false },
	{ "join_ns", "ns", "ending the workers", join_ns, false },
	{ "spawn_join_ns", "ns", "starting and ending the workers", spawn_join_ns, false },
	{ "skew_ns", "ns", "last worker's begin after the first's", skew_ns, false },
	{ "p50_ns", "ns", "median latency of a unit: service time; with a rate, response time",
	  p50_ns, false },
	{ "p90_ns", "ns", "90th percentile of latency", p90_ns, false },
	{ "p99_ns", "ns", "99th percentile of latency", p99_ns, false },
	{ "p999_ns", "ns", "99.9th percentile of latency", p999_ns, false },
	{ "mean_ns", "ns", "mean latency of a unit", mean_ns, false },
	{ "max_ns", "ns", "largest latency of a unit", max_ns, false },
	{ "switches", "", "times the strategy turned to another task", switches, false },
	{ "switches_per_unit", "1", "the same per unit", switches_per_unit, false },
	{ "syscalls", "", "system calls made by the engine", syscalls, false },
	{ "syscalls_per_unit", "1", "the same per unit", syscalls_per_unit, false },
	{ "voluntary", "", "context switches by waiting", voluntary, false },
	{ "voluntary_per_unit", "1", "the same per unit", voluntary_per_unit, false },
	{ "context_switches_per_unit", "1", "context switches of either kind per unit",
	  context_switches_per_unit, false },
	{ "involuntary", "", "context switches by preemption", involuntary, false },
	{ "migrations", "", "moves of a worker to another CPU", migrations, false },
	{ "run_delay_ns", "ns", "all workers waiting for a CPU", run_delay_ns, false },
	{ "max_rss_bytes", "bytes", "peak resident memory", max_rss_bytes, false },
	{ "expected_fail", "", "1 when the trial failed as its control must, else 0",
	  expected_fail, true },
	{ NULL, NULL, NULL, NULL, false }
};

#define PREFIX "counter."

/* Whether @name is one that a strategy or a workload counts by. */
static bool counted(const char *name)
{
	const char *const *c;

	for (const struct strategy *const *s = strategies; *s; s++)
		for (c = (*s)->counters; c && *c; c++)
			if (!strcmp(*c, name))
				return true;
	for (const struct workload *const *w = workloads; *w; w++)
		for (c = (*w)->counters; c && *c; c++)
			if (!strcmp(*c, name))
				return true;
	return false;
}

/* The metric of counter @name, made when it is first asked for. */
static const struct metric *counter_metric(const char *name)
{
	static struct metric made[64];
	size_t i = 0;

	while (i < 64 && made[i].name && strcmp(made[i].name, name))
		i++;
	if (i == 64 || !counted(name + strlen(PREFIX)))
		return NULL;
	if (!made[i].name)
		made[i] = (struct metric){ strdup(name), "", "counted by the strategy or workload",
					   NULL, true };
	return made[i].name ? &made[i] : NULL;
}

const struct metric *metric_find(const char *name)
{
	if (!strncmp(name, PREFIX, strlen(PREFIX)))
		return counter_metric(name);
	for (const struct metric *m = metrics; m->name; m++)
		if (!strcmp(m->name, name))
			return m;
	return NULL;
}

double metric_value(const struct metric *m, const struct sample *s)
{
	if (m->value)
		return m->value(s);
	return s->counters ? metric_number(s->counters, m->name + strlen(PREFIX)) : NAN;
}

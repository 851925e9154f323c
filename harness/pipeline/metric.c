/*
 * metric.c - what can be said of one pass.  Counts are also given per unit,
 * which is what compares across sizes.
 */
#include <math.h>
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
	static double field(const struct measure *m)		\
	{							\
		return known(m->field);				\
	}
#define PER_UNIT(name, value)					\
	static double name(const struct measure *m)		\
	{							\
		return per(value, m->units);			\
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
FIELD(max_ns)
FIELD(switches)
FIELD(syscalls)
FIELD(voluntary)
FIELD(involuntary)
FIELD(migrations)
FIELD(run_delay_ns)
FIELD(max_rss_bytes)
FIELD(server_cpu_ns)

static double cpu_ns(const struct measure *m)
{
	return known(m->user_ns) + known(m->sys_ns);
}

static double cpu_share(const struct measure *m)
{
	return cpu_ns(m) / known(m->wall_ns);
}

static double spawn_join_ns(const struct measure *m)
{
	return known(m->spawn_ns) + known(m->join_ns);
}

static double total_ns(const struct measure *m)
{
	return spawn_join_ns(m) + known(m->wall_ns);
}

static double units_per_s(const struct measure *m)
{
	return known(m->units) / (known(m->wall_ns) / 1e9);
}

PER_UNIT(ns_per_unit, known(m->wall_ns))
PER_UNIT(cpu_ns_per_unit, cpu_ns(m))
PER_UNIT(server_cpu_ns_per_unit, known(m->server_cpu_ns))
PER_UNIT(syscalls_per_unit, known(m->syscalls))
PER_UNIT(switches_per_unit, known(m->switches))
PER_UNIT(voluntary_per_unit, known(m->voluntary))

const struct metric metrics[] = {
	{ "wall_ns", "ns", "shared start to the last worker's end", wall_ns },
	{ "total_ns", "ns", "starting, running and ending the workers", total_ns },
	{ "ns_per_unit", "ns", "wall time per unit", ns_per_unit },
	{ "units_per_s", "1/s", "units finished per second of wall time", units_per_s },
	{ "user_ns", "ns", "user CPU time of all workers", user_ns },
	{ "sys_ns", "ns", "kernel CPU time of all workers", sys_ns },
	{ "cpu_ns", "ns", "CPU time of all workers", cpu_ns },
	{ "cpu_ns_per_unit", "ns", "CPU time of all workers per unit", cpu_ns_per_unit },
	{ "cpu_share", "1", "CPU time over wall time: CPUs kept busy", cpu_share },
	{ "server_cpu_ns", "ns", "CPU time of the embedded server", server_cpu_ns },
	{ "server_cpu_ns_per_unit", "ns", "CPU time of the server per unit",
	  server_cpu_ns_per_unit },
	{ "spawn_ns", "ns", "starting the workers", spawn_ns },
	{ "join_ns", "ns", "ending the workers", join_ns },
	{ "spawn_join_ns", "ns", "starting and ending the workers", spawn_join_ns },
	{ "skew_ns", "ns", "last worker's begin after the first's", skew_ns },
	{ "p50_ns", "ns", "median latency of a unit", p50_ns },
	{ "p90_ns", "ns", "90th percentile of latency", p90_ns },
	{ "p99_ns", "ns", "99th percentile of latency", p99_ns },
	{ "max_ns", "ns", "largest latency of a unit", max_ns },
	{ "switches", "", "times the strategy turned to another task", switches },
	{ "switches_per_unit", "1", "the same per unit", switches_per_unit },
	{ "syscalls", "", "system calls made by the engine", syscalls },
	{ "syscalls_per_unit", "1", "the same per unit", syscalls_per_unit },
	{ "voluntary", "", "context switches by waiting", voluntary },
	{ "voluntary_per_unit", "1", "the same per unit", voluntary_per_unit },
	{ "involuntary", "", "context switches by preemption", involuntary },
	{ "migrations", "", "moves of a worker to another CPU", migrations },
	{ "run_delay_ns", "ns", "all workers waiting for a CPU", run_delay_ns },
	{ "max_rss_bytes", "bytes", "peak resident memory", max_rss_bytes },
	{ NULL, NULL, NULL, NULL }
};

const struct metric *metric_find(const char *name)
{
	for (const struct metric *m = metrics; m->name; m++)
		if (!strcmp(m->name, name))
			return m;
	return NULL;
}

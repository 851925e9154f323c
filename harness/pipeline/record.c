/*
 * record.c - the columns of samples.csv and the text of its rows.
 */
#define XXH_INLINE_ALL		/* one function: no library at run time */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

#include "base/err.h"
#include "pipeline/record.h"

#define AT(field) offsetof(struct sample, field)

const struct column sample_columns[] = {
	{ "run_id", FIELD_TEXT, AT(run_id), "", "the run: UTC time of its start and a short hash" },
	{ "experiment", FIELD_TEXT, AT(experiment), "", "name of the experiment file" },
	{ "trial", FIELD_HEX, AT(trial), "", "the trial, as in plan.csv" },
	{ "workload", FIELD_TEXT, AT(workload), "", "what was computed" },
	{ "params", FIELD_TEXT, AT(params), "", "its parameters: key=value;key=value" },
	{ "strategy", FIELD_TEXT, AT(strategy), "", "how it was executed" },
	{ "engine", FIELD_TEXT, AT(engine), "", "how operations were waited for" },
	{ "workers", FIELD_WHOLE, AT(workers), "", "tasks in flight" },
	{ "placement", FIELD_TEXT, AT(placement), "", "where the workers ran" },
	{ "block", FIELD_WHOLE, AT(block), "", "the block, from 1" },
	{ "position", FIELD_WHOLE, AT(position), "", "place within the block, from 1" },
	{ "rep", FIELD_WHOLE, AT(rep), "", "timed pass of the trial, from 1; 0: it failed" },
	{ "seed", FIELD_WHOLE, AT(seed), "", "of the workload's random numbers" },
	{ "status", FIELD_TEXT, AT(status), "", "how it ended: ok or one of a closed set" },
	{ "reason", FIELD_TEXT, AT(reason), "", "why it is not ok" },
	{ "tasks", FIELD_WHOLE, AT(m.tasks), "", "tasks finished by all workers" },
	{ "units", FIELD_WHOLE, AT(m.units), "", "units finished by all workers" },
	{ "wall_ns", FIELD_WHOLE, AT(m.wall_ns), "ns", "shared start to the last worker's end" },
	{ "spawn_ns", FIELD_WHOLE, AT(m.spawn_ns), "ns", "starting the workers; outside wall_ns" },
	{ "join_ns", FIELD_WHOLE, AT(m.join_ns), "ns", "ending the workers; outside wall_ns" },
	{ "user_ns", FIELD_WHOLE, AT(m.user_ns), "ns", "user CPU time of all workers" },
	{ "sys_ns", FIELD_WHOLE, AT(m.sys_ns), "ns", "kernel CPU time of all workers" },
	{ "p50_ns", FIELD_WHOLE, AT(m.p50_ns), "ns", "median " LATENCY_HELP },
	{ "p90_ns", FIELD_WHOLE, AT(m.p90_ns), "ns", "90th percentile " LATENCY_HELP },
	{ "p99_ns", FIELD_WHOLE, AT(m.p99_ns), "ns", "99th percentile " LATENCY_HELP },
	{ "max_ns", FIELD_WHOLE, AT(m.max_ns), "ns", "maximum " LATENCY_HELP },
	{ "switches", FIELD_WHOLE, AT(m.switches), "", "times the strategy turned to another task" },
	{ "syscalls", FIELD_WHOLE, AT(m.syscalls), "", "system calls made by the engine" },
	{ "voluntary", FIELD_WHOLE, AT(m.voluntary), "", "context switches by waiting" },
	{ "involuntary", FIELD_WHOLE, AT(m.involuntary), "", "context switches by preemption" },
	{ "migrations", FIELD_WHOLE, AT(m.migrations), "", "moves of a worker to another CPU" },
	{ "max_rss_bytes", FIELD_WHOLE, AT(m.max_rss_bytes), "bytes", "peak resident memory" },
	{ "cpus", FIELD_TEXT, AT(cpus), "", "OS index of each worker's CPU: 0;1" },
	{ "canary_before_ns", FIELD_WHOLE, AT(m.canary_before_ns), "ns", "fixed loop before the trial" },
	{ "canary_after_ns", FIELD_WHOLE, AT(m.canary_after_ns), "ns", "fixed loop after the trial" },
	{ "steal_ns", FIELD_WHOLE, AT(m.steal_ns), "ns", "taken by the hypervisor meanwhile" },
	{ "throttled_ns", FIELD_WHOLE, AT(m.throttled_ns), "ns", "stopped by a CPU quota meanwhile" },
	{ "foreign_ns", FIELD_WHOLE, AT(m.foreign_ns), "ns", "CPU time of others meanwhile" },
	{ "server_cpu_ns", FIELD_WHOLE, AT(m.server_cpu_ns), "ns", "CPU time of the server" },
	{ "checksum", FIELD_HEX, AT(m.checksum), "", "sum of the tasks' results" },
	{ "state", FIELD_HEX, AT(m.state), "", "digest of the shared state" },
	{ "ops", FIELD_HEX, AT(m.ops), "", "digest of the operations asked for" },
	{ "skew_ns", FIELD_WHOLE, AT(m.skew_ns), "ns", "last worker's begin after the first's" },
	{ "run_delay_ns", FIELD_WHOLE, AT(m.run_delay_ns), "ns", "all workers waiting for a CPU" },
	{ "p999_ns", FIELD_WHOLE, AT(m.p999_ns), "ns", "99.9th percentile " LATENCY_HELP },
	{ "mean_ns", FIELD_WHOLE, AT(m.mean_ns), "ns", "mean " LATENCY_HELP },
	{ "counters", FIELD_TEXT, AT(counters), "", "what its strategy and workload count: takes=12;lost=0" },
	{ "server", FIELD_TEXT, AT(server), "", "the real server and its version: nginx-1.22.1" },
	{ "build", FIELD_HEX, AT(build), "", "hash of the executable" },
	{ NULL, FIELD_TEXT, 0, NULL, NULL }
};

const struct column seal_column = {
	"check", FIELD_TEXT, 0, "", "XXH32 of the row's bytes before its last comma"
};

void seal_make(char seal[SEAL_LEN + 1], const char *bytes, size_t n)
{
	snprintf(seal, SEAL_LEN + 1, "%08" PRIx32, (uint32_t)XXH32(bytes, n, 0));
}

/* What @s, or without one the header, looks like without its last column. */
static char *body(const struct sample *s, size_t *n)
{
	char *text = NULL;
	FILE *f = open_memstream(&text, n);

	if (f && s)
		table_row(f, sample_columns, s);
	else if (f)
		table_header(f, sample_columns);
	if (!f || fclose(f)) {
		fail_errno("no memory for a row");
		free(text);
		return NULL;
	}
	text[--*n] = '\0';	/* the LF */
	return text;
}

char *samples_line(const struct sample *s, struct arena *a)
{
	char seal[SEAL_LEN + 1], *line;
	size_t n = 0;
	char *text = body(s, &n);

	if (!text)
		return NULL;
	seal_make(seal, text, n);
	line = arena_printf(a, "%s,%s\n", text, seal);
	free(text);
	return line;
}

char *samples_header(struct arena *a)
{
	size_t n = 0;
	char *text = body(NULL, &n);
	char *line = text ? arena_printf(a, "%s,%s\n", text, seal_column.name) : NULL;

	free(text);
	return line;
}

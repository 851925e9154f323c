/* plan.csv, read and written. */
#include "pipeline/plan.h"

#define FIELD(name, kind, unit, help)				\
	{ #name, kind, offsetof(struct trial, name), unit, help }

const struct column plan_columns[] = {
	{ "trial", FIELD_HEX, offsetof(struct trial, id), "",
	  "hash of what is run, the same on every machine" },
	FIELD(experiment, FIELD_TEXT, "", "file in experiments/, without .yaml"),
	FIELD(block, FIELD_WHOLE, "", "every cell runs once in a block; from 1"),
	FIELD(position, FIELD_WHOLE, "", "place in the block; from 1"),
	FIELD(cell, FIELD_TEXT, "", "workload/strategy/placement/workers, by label"),
	FIELD(role, FIELD_TEXT, "", "cell, baseline, or twin: the baseline again"),
	FIELD(workload, FIELD_TEXT, "", "what is computed"),
	FIELD(params, FIELD_TEXT, "", "its parameters, key=value;key=value"),
	FIELD(strategy, FIELD_TEXT, "", "how its tasks are executed"),
	FIELD(options, FIELD_TEXT, "", "its parameters, key=value;key=value"),
	FIELD(workers, FIELD_WHOLE, "", "tasks in flight"),
	FIELD(placement, FIELD_TEXT, "", "policy, or CPU numbers joined by dots"),
	FIELD(cpus, FIELD_TEXT, "", "CPU of each worker, joined by ';'; empty: any"),
	FIELD(server_cpu, FIELD_WHOLE, "", "CPU of the embedded server; empty: any"),
	FIELD(oversubscribed, FIELD_WHOLE, "", "1: more streams than CPUs for them"),
	FIELD(tasks, FIELD_WHOLE, "", "tasks of a pass, over all workers"),
	FIELD(units, FIELD_WHOLE, "", "units of a task; empty: not calibrated yet"),
	FIELD(reps, FIELD_WHOLE, "", "timed passes of a trial"),
	FIELD(seed, FIELD_WHOLE, "", "of the workload's random numbers"),
	FIELD(timeout_ns, FIELD_WHOLE, "ns", "deadline of the measured phase"),
	FIELD(checksum, FIELD_WHOLE, "", "expected sum of the tasks' results"),
	FIELD(state, FIELD_WHOLE, "", "expected digest of the shared state"),
	FIELD(ops, FIELD_WHOLE, "", "expected digest of the operations asked for"),
	FIELD(ends, FIELD_TEXT, "", "a control may end with this status: expected_fail"),
	FIELD(stop_width, FIELD_REAL, "1", "stop when all intervals are narrower; empty: never"),
	{ NULL, FIELD_TEXT, 0, NULL, NULL },
};

int plan_write(const struct plan *p, const char *path)
{
	FILE *f = table_create(path);

	if (!f)
		return -1;
	table_header(f, plan_columns);
	for (size_t i = 0; i < p->n; i++)
		table_row(f, plan_columns, &p->trial[i]);
	return table_commit(f, path);
}

int plan_read(struct plan *p, const char *path, struct arena *a)
{
	struct csv csv;

	if (csv_read(&csv, path, a) < 0 || table_check(&csv, plan_columns) < 0)
		return -1;
	p->trial = arena_alloc(a, csv.rows * sizeof *p->trial);
	p->n = csv.rows;
	for (size_t i = 0; i < csv.rows; i++)
		if (table_read(&csv, i, plan_columns, &p->trial[i]) < 0)
			return -1;
	return 0;
}

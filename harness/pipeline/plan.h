/*
 * plan.h - specs, resolved: which trials there are and in which order they
 * run.  plan.csv is the whole contract between planning, running, resuming and
 * analysing.
 */
#ifndef PIPELINE_PLAN_H
#define PIPELINE_PLAN_H

#include <stdbool.h>
#include <stdio.h>

#include "base/table.h"
#include "pipeline/spec.h"
#include "placement/placement.h"

/* One cell in one block: one row of plan.csv, one freshly executed process. */
struct trial {
	uint64_t id;			/* hash of what is run, not of where */
	const char *experiment;
	const char *cell;		/* "workload/strategy/placement/workers",
					 * by label */
	const char *role;		/* "cell", "baseline", "twin" */
	uint64_t block, position;	/* from 1; position in the block */
	const char *workload, *params;
	const char *strategy, *options;
	uint64_t workers;
	const char *placement;
	const char *cpus;		/* "0;1", one OS index per worker; "" : any */
	uint64_t server_cpu;		/* OS index or NONE */
	uint64_t oversubscribed;	/* 1: more streams than CPUs to run them */
	uint64_t tasks, units;		/* units per task; NONE: not calibrated */
	uint64_t reps, seed;
	uint64_t timeout_ns;		/* of the measured phase */
	uint64_t checksum, state, ops;	/* expected; NONE: not known yet */
	const char *ends;		/* status that is no failure here, or "" */
	double stop_width;		/* see settle.h; NaN: never stop early */
};
extern const struct column plan_columns[];

struct profile {
	const char *name, *summary;
	unsigned blocks, reps;
	uint64_t pass_ns;		/* target of one pass under `single` */
	bool verdicts;			/* enough blocks for them */
	double stop_width;		/* as a fraction of the ratio; NaN */
};
extern const struct profile profiles[];		/* ended by a NULL name */
const struct profile *profile_find(const char *name);

struct plan {
	struct trial *trial;
	size_t n;
};

/* What to leave out: NULL or a comma-separated list of names to keep. */
struct filter {
	const char *workloads, *strategies, *workers;
};

/*
 * Blocks outermost; in a block the experiments in random order, and in an
 * experiment every cell once in random order; for each workload of an
 * experiment the baseline (`single`, or else the first cell) and its A/A twin.
 * The order is a function of @seed.  0, or -1, reported.
 */
int plan_make(struct plan *p, const struct spec *specs, size_t nspecs,
	      const struct topology *t, const struct profile *profile,
	      const struct filter *f, uint64_t seed, struct arena *a);

int plan_write(const struct plan *p, const char *path);
int plan_read(struct plan *p, const char *path, struct arena *a);

enum { ATTEMPTS = 3 };	/* of one that was disturbed */

/* plan_estimate.c: about how long all trials take, and finding their sizes, when
 * none is disturbed and nothing hangs that was to end, in ns. */
uint64_t plan_estimate(const struct plan *p, const struct profile *profile);

/* What would run: cells, trials, the estimate; trials one a line if @all. */
void plan_print(const struct plan *p, const struct profile *profile, bool all, FILE *out);

#endif

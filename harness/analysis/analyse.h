/*
 * analyse.h - what the samples say: summary.csv, contrasts.csv, verdicts.csv.
 *
 * Pure functions of plan.csv, samples.csv and the experiment files that were
 * copied into the run's folder before its first measurement: repeated, they
 * give the same bytes.
 */
#ifndef ANALYSIS_ANALYSE_H
#define ANALYSIS_ANALYSE_H

#include <stdio.h>

#include "base/table.h"

struct summary {
	const char *experiment, *cell, *role;
	const char *workload, *params, *bound, *unit, *strategy, *options, *placement;
	uint64_t workers, oversubscribed;
	uint64_t n;			/* trials that count */
	uint64_t failed, invalid;	/* trials that do not: no numbers; marked */
	double wall_ns, wall_lo, wall_hi;	/* median of trials, interval */
	double units_per_s;		/* of the median */
	double cpu_ns_per_unit, server_cpu_ns_per_unit, syscalls_per_unit;
	double context_switches_per_unit;
	double p50_ns, p90_ns, p99_ns, p999_ns, max_ns;	/* medians over trials */
	double spawn_ns, join_ns;
	double spread;			/* MAD / median of wall_ns */
	double speedup, speedup_lo, speedup_hi;		/* over the baseline */
	double scaling, scaling_lo, scaling_hi;		/* over itself at 1 */
	double efficiency, efficiency_lo, efficiency_hi;	/* speedup / workers */
	double serial, serial_lo, serial_hi;		/* Karp-Flatt */
	double server_share;		/* of one CPU, of the wall time */
	double little;			/* units in flight by Little's law, over
					 * those put there */
	uint64_t little_off;		/* 1: time is unaccounted for; NONE: not
					 * known */
	uint64_t server_saturated;	/* 1: how fast this is says how fast the
					 * server is; NONE: there is none of ours */
};
extern const struct column summary_columns[];

/*
 * A ratio of two cells, left over right, by kind:
 *   speedup   the baseline's wall_ns over the cell's, same workload
 *   scaling   the cell's own at 1 worker over its
 *   twin      the A/A twin over the baseline it copies: they bear one name
 *   claim     of the claim's metric; without @right the left cell's own value
 */
struct contrast {
	const char *experiment, *kind;
	const char *left, *right, *metric;
	double ratio, lo, hi;
	uint64_t n, dropped;		/* blocks used; blocks with a bad row */
	double level;			/* exact coverage of [lo, hi] */
	double walsh, walsh_lo, walsh_hi;	/* the signed-rank interval */
	uint64_t agree;			/* 0: the two intervals disagree; NONE:
					 * there are none */
};
extern const struct column contrast_columns[];

/* HOLDS, FAILS, UNCLEAR or SKIPPED, and why; verdict.c's table of rules says
 * when.  An open end of what is expected is empty in the file. */
struct verdict {
	const char *experiment, *claim, *verdict, *metric;
	double ratio, lo, hi, expect_lo, expect_hi;
	uint64_t n;
	const char *reason;		/* "" when there is no more to say */
	double p, p_holm;		/* sign test against the expectation */
	const char *confirms, *refutes;
	double published;		/* the same ratio in the source; NaN: none */
};
extern const struct column verdict_columns[];

/* Write the three tables, latency.csv and datapackage.json into folder @dir;
 * reads plan.csv, samples.csv, bins.csv, machine.csv (see usable.h) and
 * experiments/NAME.yaml there.  The bytes depend on nothing else, as long as
 * nobody calls setlocale().  0, or -1, reported. */
int analyse(const char *dir);

/* Print the verdicts of folder @dir as a table for people.  *@fails counts the
 * claims that fail.  0, or -1, reported. */
int analyse_print(const char *dir, FILE *out, unsigned *fails);

#endif

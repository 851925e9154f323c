/*
 * spec.h - an experiment as its author wrote it: a matrix and its claims.
 * The format is described on one page, experiments/README.md.
 *
 * Everything in a struct spec has been checked: names exist, numbers are in
 * range, claims name cells of the matrix.  A wrong file is refused with one
 * line, "path:line:column: what is wrong, what is allowed".
 */
#ifndef PIPELINE_SPEC_H
#define PIPELINE_SPEC_H

#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "strategies/strategy.h"

/* A workload of the matrix. */
struct spec_workload {
	const char *label;		/* `as`, or the workload's name */
	const struct workload *workload;
	uint64_t *param;		/* one per entry of workload->params */
	uint64_t tasks;			/* default 840: divides by 1 .. 8 */
	uint64_t units;			/* per task; 0: calibrate */
	const char **ends;		/* a control: the failing status that it
					 * may end with under each strategy of the
					 * matrix, or NULL; NULL: under none */
};

/* A strategy of the matrix. */
struct spec_strategy {
	const char *label;		/* `as`, or the strategy's name */
	const struct strategy *strategy;
	uint64_t *option;		/* one per entry of strategy->params */
};

/* A ratio of two cells, or one cell's own value, or what it is more than
 * another's, expected in [lo, hi]. */
struct claim {
	const char *name, *why, *source;
	const char *left, *right;	/* cell names, `max` resolved;
					 * right NULL: a value */
	const char *minus;		/* the cell taken away from it, or NULL */
	uint64_t scaling_from;		/* workers; 0: the sides are as they are */
	const char *left_base, *right_base;	/* the sides at so many workers, by
					 * which they are divided first; or NULL */
	const char *metric;		/* see metric.h; default wall_ns */
	double lo, hi;			/* -INFINITY, INFINITY: open */
	double published;		/* the ratio that the source has; NAN: none */
	uint64_t cores;			/* fewer usable: SKIPPED */
	const char *confirms, *refutes;	/* "C03 C04" or "" */
	size_t line;
};

enum {
	WORKERS_MAX = 16384,
	CELLS_MAX = 4096,		/* of one experiment */
};

struct spec {
	const char *path;
	const char *name;		/* file name without .yaml */
	const char *title, *question;
	struct spec_workload *workload;
	struct spec_strategy *strategy;
	const char **placement;
	unsigned *workers;		/* 0: all usable PUs ("max") */
	struct claim *claim;
	size_t workloads, strategies, placements, nworkers, claims;
	uint64_t timeout_ns;		/* deadline of the measured phase; 0: the
					 * default */
};

/* Read and check one file; all memory is the arena's.  @max_workers is how many
 * PUs are usable: what `max` means.  0, or -1, reported. */
int spec_read(struct spec *s, const char *path, unsigned max_workers, struct arena *a);

/* One point of the matrix. */
struct cell {
	const struct spec_workload *workload;
	const struct spec_strategy *strategy;
	const char *placement;
	unsigned workers;
	const char *name;		/* see spec_cell() */
};

/*
 * Every cell of the matrix, in the order of the file.  A strategy that allows
 * fewer workers than listed has those counts cut to what it allows, each cell
 * once.  Left out: a workload that shares state and cannot merge copies of it,
 * under a strategy of private copies.
 */
struct cell *spec_cells(const struct spec *s, unsigned max_workers, size_t *n,
			struct arena *a);

/* "workload/strategy/placement/workers" of the labels. */
const char *spec_cell(const char *workload, const char *strategy,
		      const char *placement, unsigned workers, struct arena *a);

/* "key=value;key=value" of every parameter, defaults included; "" for none. */
const char *spec_params(const struct param *p, const uint64_t *value, struct arena *a);

/* The inverse: fill @value (defaults first).  0, or -1, reported. */
int spec_params_parse(const struct param *p, const char *text, uint64_t *value);

#endif

/*
 * dataset.h - plan and samples, joined: what each cell measured in each block.
 *
 * The trial is the sample: its value of a metric is the median of its passes.
 * A trial with a pass that failed has none; a trial with a pass that a stated
 * rule invalidates (env_changed, throttled) keeps its numbers, unused.
 */
#ifndef ANALYSIS_DATASET_H
#define ANALYSIS_DATASET_H

#include "pipeline/metric.h"
#include "pipeline/plan.h"
#include "pipeline/record.h"

/* One cell in one block. */
struct point {
	enum {
		POINT_ABSENT,	/* not run, or cannot run here */
		POINT_FAILED,	/* no numbers */
		POINT_INVALID,	/* numbers that do not count */
		POINT_EXPECTED,	/* a control that failed as it must */
		POINT_OK,
	} state;
	const struct sample **row;	/* its passes, by number */
	size_t rows;
};

/* One side of a comparison: a cell, or the twin of a baseline. */
struct arm {
	const struct trial *trial;	/* in its first block */
	struct point *block;		/* [dataset->blocks]; block b is at b - 1 */
	const char *barred;		/* why it cannot run here, or NULL */
};

struct dataset {
	struct arm *arm;	/* by experiment, labels, workers; twins last */
	size_t arms, blocks;
	double *pass;		/* room for the longest trial */
};

/* Join @p and the @n rows of @s, which must outlive @d, in @a.  0, or -1,
 * reported: a trial planned twice, or an arm twice in a block; a row not planned. */
int dataset_make(struct dataset *d, const struct plan *p, const struct sample *s,
		 size_t n, struct arena *a);

/* The cell @name of @experiment, which is never the twin, or NULL. */
const struct arm *dataset_arm(const struct dataset *d, const char *experiment,
				const char *name);

/* The one with @role "baseline" or "twin" for the workload of cell @name, that
 * is, of the same label; or NULL. */
const struct arm *dataset_control(const struct dataset *d, const char *experiment,
				   const char *name, const char *role);

bool arm_is(const struct arm *c, const char *role);

/* The value of the trial in block @b, counted from 0; NaN: none that counts. */
double arm_value(const struct dataset *d, const struct arm *c, size_t b,
		  const struct metric *m);

/* All values of a cell into @x, which has room for one per block; returns how
 * many there are. */
size_t arm_values(const struct dataset *d, const struct arm *c,
		   const struct metric *m, double *x);

#endif

/*
 * analysis.h - the analysis as pure functions of tables in memory.  analyse.c
 * puts files around it.
 */
#ifndef ANALYSIS_ANALYSIS_H
#define ANALYSIS_ANALYSIS_H

#include "base/stats.h"
#include "analysis/analyse.h"
#include "analysis/dataset.h"

struct analysis {
	struct dataset data;
	struct summary *summary;
	struct contrast *contrast;
	struct verdict *verdict;
	size_t summaries, contrasts, verdicts;
};

/*
 * Analyse the @n rows of @s, made as @p planned, and judge the claims of
 * @specs on a machine of @cores.  All results are @a's or point into the
 * arguments; they are in a fixed order.  0, or -1, reported.
 */
int analysis_make(struct analysis *x, const struct plan *p, const struct sample *s,
		  size_t n, const struct spec *specs, size_t nspecs, uint64_t cores,
		  struct arena *a);

/* --- contrast.c --- */

/* One side of a comparison: an arm, less @minus and divided by @base where those
 * are not NULL. */
struct side {
	const struct arm *arm, *base, *minus;
};

/* What is compared, block by block. */
struct ratios {
	double *x;		/* [n], of the blocks used, sorted in use */
	size_t n;
	uint64_t dropped;	/* blocks with a row that does not count */
};

/* @right.arm NULL: left's own value. */
void ratios_make(struct ratios *r, const struct dataset *d, struct side left,
		 struct side right, const struct metric *m, struct arena *a);

/* The contrast that @r amounts to; says so when its intervals disagree. */
void contrast_make(struct contrast *c, const char *kind, struct ratios *r,
		   const struct arm *left, const struct arm *right,
		   const struct metric *m);

/* The headline interval of left over right; NaN when there are too few blocks in
 * which both have the metric. */
struct interval contrast_of(const struct dataset *d, const struct arm *left,
			    const struct arm *right, const struct metric *m, struct arena *a);

/* The cell @c at 1 worker, itself if it has 1; or NULL. */
const struct arm *contrast_at_one(const struct dataset *d, const struct arm *c,
				   struct arena *a);

/* Append those of every kind but `claim`, at most three per cell, to @x. */
void contrasts_make(struct analysis *x, const struct dataset *d, struct arena *a);

/* --- summary.c --- */
void summary_make(struct summary *s, const struct dataset *d, const struct arm *c,
		  struct arena *a);

/* --- saturation.c --- */

/* Has the server of @c no CPU time left?  False when it has none of ours; @x: as
 * arm_values(). */
bool saturation_is(const struct dataset *d, const struct arm *c, double *x);

/* Which sides of @c owe their speed to such a server, or "", also when @c is not
 * about speed. */
const char *saturation_note(const struct dataset *d, const char *experiment,
			    const struct claim *c, struct arena *a);

/* --- verdict.c --- */

/* Judge the claims of one experiment: append them, and their contrasts, to @x.
 * 0, or -1, reported. */
int verdicts_make(struct analysis *x, const struct dataset *d, const struct spec *spec,
		  uint64_t cores, struct arena *a);

#endif

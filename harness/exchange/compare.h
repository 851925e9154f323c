/*
 * compare.h - two runs, cell by cell: did something become slower?
 *
 * The blocks of two runs are not paired, so each run is one of two independent
 * sets; the trial is the sample.  The runs also lie one after the other: what
 * the machine changed meanwhile is in every ratio, and the control tells it.
 */
#ifndef EXCHANGE_COMPARE_H
#define EXCHANGE_COMPARE_H

#include <stdio.h>

#include "base/stats_two.h"
#include "exchange/result.h"

/*
 * Two cells are `same` when the whole interval is within this factor, up or
 * down.  It comes from the A/A twins in results/reference: one cell, measured
 * twice in one run, mostly differs by less, so nothing smaller is a finding.
 */
#define COMPARE_MARGIN 1.03

/* One cell that both runs have. */
struct pair {
	const struct arm *a, *b;
	const char *metric;		/* wall_ns; ns_per_unit where units differ */
	size_t na, nb;			/* trials that count */
	double median_a, median_b;	/* of them, ns */
	struct shift shift;		/* B over A */
	struct interval medians;	/* the same by another way: see judge() */
	double p_holm;			/* NaN: not in the family */
	const char *verdict;		/* slower, faster, same, unclear, refused */
	const char *reason;		/* "" or why */
};

/* A condition that is not the same in both. */
struct difference {
	const char *name, *a, *b;	/* "": not known */
};

struct comparison {
	const struct result *a, *b;
	struct difference *difference;
	size_t differences;
	struct pair *pair;		/* what matters first */
	size_t pairs;
	const struct arm **only_a, **only_b;
	size_t onlys_a, onlys_b;
	size_t family;			/* cells that Holm's correction is for */
	double least_p;			/* that a cell could have after it */
	struct shift control;		/* the canary loop: medians of blocks */
	size_t control_a, control_b;	/* how many blocks */
};

/* Compare; all is @arena's or points into @a and @b, which must outlive it.
 * The A/A twins are left out: they repeat their baselines. */
void compare_make(struct comparison *c, const struct result *a, const struct result *b,
		  struct arena *arena);

/* How many cells have that verdict, and how many are compared per unit. */
size_t compare_count(const struct comparison *c, const char *verdict);
size_t compare_per_unit(const struct comparison *c);

/* All verdicts, what matters first; ended by NULL. */
extern const char *const compare_verdicts[];

/* For people; as one JSON document, 0 or -1, reported. */
void compare_print(const struct comparison *c, FILE *out);
int compare_json(const struct comparison *c, FILE *out);

/* --- match.c --- */

/* Find the cells that both runs have, and those that one has, into @c. */
void pairs_match(struct comparison *c, struct arena *arena);

/* --- differences.c --- */

/* The conditions that are to be the same and are not, into @c. */
void differences_make(struct comparison *c, struct arena *arena);

/* Those that a reader asks for first, ended by NULL. */
extern const char *const headline_conditions[];

#endif

/*
 * agreement.h - how far two tools agree on one kernel: a row of crosscheck.csv.
 */
#ifndef TESTS_GBENCH_AGREEMENT_H
#define TESTS_GBENCH_AGREEMENT_H

#include "base/table.h"

enum { BLOCKS_MAX = 99 };

struct agreement {
	const char *kernel;
	uint64_t n;		/* blocks that count */
	double ours_ns, theirs_ns;	/* medians, per unit */
	double ratio, lo, hi, level;	/* see stats_order_interval() */
	uint64_t seed;
};
extern const struct column agreement_columns[];

/* Of @n blocks, at most BLOCKS_MAX, in each of which we took ours[i] ns per unit and
 * they theirs[i]; a block with a NaN does not count.  Packs and sorts both. */
struct agreement agreement_of(const char *kernel, double *ours, double *theirs,
			      size_t n, uint64_t seed);

enum verdict { HOLDS, UNCLEAR, FAILS };

/* HOLDS when the ratio is within 0.98 .. 1.02, or 1 is inside its interval;
 * UNCLEAR when there are too few blocks for an interval. */
enum verdict agreement_judge(const struct agreement *a);

/* For people: the heads of the columns, and a line with @remark at its end. */
void agreement_print_head(FILE *out);
void agreement_print(const struct agreement *a, const char *remark, FILE *out);

#endif

/*
 * interleave.h - programs measured against each other, in turn, each in trials of
 * its own: what the cross-check and the peers have in common.
 */
#ifndef TESTS_GBENCH_INTERLEAVE_H
#define TESTS_GBENCH_INTERLEAVE_H

#include "pipeline/run.h"
#include "pipeline/supervise.h"

/* Put 0 .. n-1 into @order, in the order that @seed gives. */
void interleave_shuffle(unsigned *order, unsigned n, uint64_t seed);

/* Where all sides run: a first worker's CPU, and the server's, as everywhere.
 * 0, or -1, reported. */
int interleave_place(int *cpu, int *server);

/* Run trial @t; *@ns gets its time per unit, NaN when it was disturbed by the
 * rules, which do not look at the result.  @e and @o are how it ended; what
 * cannot run here is not reported, only CODE_FAILED. */
enum code interleave_measure(const struct trial *t, int lock, double *ns, struct ending *e,
			     struct outcome *o);

#endif

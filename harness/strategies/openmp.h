/* openmp.h - what the strategies that are OpenMP teams share.  Floor 3. */
#ifndef STRATEGIES_OPENMP_H
#define STRATEGIES_OPENMP_H

#include "strategies/strategy.h"

/* A guard with an omp lock per shard, for one pass at a time. */
const struct guard *openmp_locks(void);
void openmp_locks_end(void);

#endif

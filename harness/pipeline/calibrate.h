/*
 * calibrate.h - how much work a pass is: found once, on `single`, then frozen
 * for every strategy; and what a right answer is.
 */
#ifndef PIPELINE_CALIBRATE_H
#define PIPELINE_CALIBRATE_H

#include "pipeline/plan.h"

/* Fill in units and the expected checksums of every trial of @p that lacks them.
 * A workload that fails under `single` keeps what it has, at least one unit: its
 * trials will say why.  0, or -1, reported; stops when told to. */
int calibrate(struct plan *p, const struct profile *profile, int lock_fd);

#endif

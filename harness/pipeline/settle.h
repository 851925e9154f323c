/*
 * settle.h - stopping early, on the width of intervals and never on what they
 * say: an experiment has run enough blocks when the interval of every cell over
 * its baseline is narrow.  Looked at only after 12, 15 and 20 blocks, where an
 * exact interval gains from one more block, so that few looks are taken.
 */
#ifndef PIPELINE_SETTLE_H
#define PIPELINE_SETTLE_H

#include "pipeline/plan.h"

/* Is the experiment of trial @i settled before its block?  @wall_ns has a value
 * per trial of the plan: the median of its passes, NaN when it has none that
 * count.  Always false when the trial's stop_width is NaN. */
bool settled(const struct plan *p, const double *wall_ns, size_t i);

#endif

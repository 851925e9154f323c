/*
 * measure.h - from what the streams stamped to the numbers of a row, and what
 * happened on the machine meanwhile.
 */
#ifndef PIPELINE_MEASURE_H
#define PIPELINE_MEASURE_H

#include <sched.h>

#include "machine/machine.h"
#include "pipeline/report.h"
#include "strategies/strategy.h"

/* Around one pass. */
struct watch {
	uint64_t at_ns, server_ns;
};
void watch_start(struct watch *w, const struct run *r);

/* Fill @m.  0, or -1 with trouble set when a stream did not finish. */
int watch_stop(const struct watch *w, const struct pass *p, struct measure *m);

/* The latencies of all streams, as one histogram. */
void watch_latency(const struct pass *p, struct hist *all);

/* Around all timed passes of a trial: the canary, and the machine's counters. */
struct vigil {
	struct disturb before, since;
	uint64_t canary_before_ns, canary_after_ns;
	uint64_t own_ns;	/* CPU time of this process and its children: so
				 * far, and in the end since vigil_start() */
};
void vigil_start(struct vigil *v, const struct pass *p);

/* Fill the validity columns of every pass in @r, and set r->status when a rule
 * says that the trial was disturbed. */
void vigil_stop(struct vigil *v, const struct pass *p, bool oversubscribed,
		struct report *r);

/* The latter half of it, which reads nothing. */
void vigil_judge(const struct vigil *v, const struct pass *p, bool oversubscribed,
		 struct report *r);

#endif

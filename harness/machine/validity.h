/*
 * validity.h - does a measured trial count?  Floor 1, pure.
 *
 * Rules stated beforehand, judged on differences taken around and during the
 * trial.  A disturbance can make contended code look faster as well as slower
 * (a neighbour that takes one core away ends the contention), so no rule looks
 * at the result and none has a direction.
 */
#ifndef MACHINE_VALIDITY_H
#define MACHINE_VALIDITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* What was seen.  Any number may be NONE (base/table.h): not known, and then no
 * rule speaks of it. */
struct validity {
	uint64_t elapsed_ns;	/* between the two disturb_read() */
	uint64_t wall_ns;	/* of the timed passes, added up */
	unsigned cpus;		/* distinct CPUs that the streams use */
	unsigned streams;	/* threads or processes that ran the tasks */
	bool pinned;		/* every stream was bound to one CPU */
	bool oversubscribed;	/* more streams than CPUs: they wait anyway */
	bool server_shares;	/* the embedded server is on a stream's CPU */
	bool moved;		/* a pinned stream was seen on another CPU */
	uint64_t canary_before_ns, canary_after_ns;
	uint64_t steal_ns;	/* all CPUs, in elapsed_ns */
	uint64_t throttled_ns;	/* in elapsed_ns */
	uint64_t foreign_ns;	/* CPU time of others than the trial, likewise */
	uint64_t swapped;	/* pages, likewise */
	uint64_t asleep_ns;	/* suspended, likewise */
	uint64_t run_delay_ns;	/* runnable but not running, all streams, in wall_ns */
	uint64_t helpers_ns;	/* CPU time of the trial that is no stream's and not
				 * the server's: threads for files, of a loop or of
				 * the kernel on its behalf, on the loop's CPU */
};

/* STATUS_OK, or STATUS_THROTTLED or STATUS_ENV_CHANGED with the first rule that
 * is broken in @reason, e.g. "foreign CPU time 62 ms of 310 ms".  @reason is ""
 * when all is well. */
enum status validity_check(const struct validity *v, char *reason, size_t n);

#endif

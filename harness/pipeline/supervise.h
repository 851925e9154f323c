/*
 * supervise.h - run one trial in a process of its own and say how it ended.
 *
 * The supervisor has one thread, opens no OpenMP region and loads no plugin.
 * When supervise() returns, no process that the trial started is left alive.
 */
#ifndef PIPELINE_SUPERVISE_H
#define PIPELINE_SUPERVISE_H

#include "pipeline/plan.h"
#include "pipeline/report.h"

/* How a trial's process ended. */
struct ending {
	struct report report;	/* the last whole one; phase says how far */
	bool reported;		/* a report with PHASE_DONE came */
	bool late;		/* killed at its deadline ... */
	bool asleep;		/* ... with every thread waiting for a lock */
	enum phase phase;	/* in which phase it was then */
	uint64_t deadline_ns;	/* of that phase */
	int status;		/* as waitpid gives it */
	unsigned leaked;	/* processes it left behind */
	uint64_t oom_kills;	/* in our cgroup meanwhile */
	char said[200];		/* the last line it printed, cleaned */
};

struct outcome {
	enum status status;
	char reason[200];	/* a CSV field */
};

/* What an ending means: a pure function.  @t holds the expected checksums. */
void classify(const struct ending *e, const struct trial *t, struct outcome *o);

/* The environment of a trial, which nothing of the user's may steer; @bins is as
 * below.  It is overwritten by the next call. */
char **environment_make(int bins);

/* Become the reaper of orphans, and take SIGINT, SIGTERM and SIGHUP as requests
 * to stop.  Call once.  0, or -1, reported. */
int supervise_init(void);

/* The signal that asked us to stop, or 0. */
int supervise_stopped(void);

/* Run @t to its end.  @lock_fd, if not -1, stays open in the trial, so that a
 * survivor of a killed supervisor still holds the lock.  @bins_fd, if not -1,
 * is where the trial puts its histograms, see bins.h.  0, or -1, reported,
 * when no process can be started; when stopped, STATUS_INTERRUPTED. */
int supervise(const struct trial *t, int lock_fd, int bins_fd, struct ending *e,
	      struct outcome *o);

#endif

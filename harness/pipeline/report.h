/*
 * report.h - what a trial process tells its supervisor, over an inherited
 * pipe: one record at the start of each phase, the last one with the result.
 * Never over stdout, which belongs to whoever crashes.
 */
#ifndef PIPELINE_REPORT_H
#define PIPELINE_REPORT_H

#include "pipeline/record.h"

enum phase {
	PHASE_SPAWN,		/* until the trial's first word */
	PHASE_SETUP,
	PHASE_WARMUP,
	PHASE_MEASURE,
	PHASE_TEARDOWN,
	PHASE_DONE,		/* the record holds the result */
	PHASE_COUNT
};
const char *phase_name(enum phase p);

enum { REPS_MAX = 8 };

/* Shorter than PIPE_BUF: written and read whole. */
struct report {
	uint64_t magic;
	uint64_t trial;			/* id */
	enum phase phase;
	enum status status;
	char reason[160];
	char engine[ENGINE_LEN];	/* "": as the strategy says */
	char server[SERVER_LEN];	/* run.server_name */
	uint64_t reps;			/* passes measured */
	struct measure m[REPS_MAX];
	uint64_t check;			/* XXH64 of all before it */
};
_Static_assert(sizeof(struct report) <= 4096, "a report is one atomic write");

/* Fill in magic and check, and write.  0, or -1 with errno. */
int report_send(int fd, struct report *r);

/* 0 when @r is whole and of trial @id, else -1, silently. */
int report_check(const struct report *r, uint64_t id);

#endif

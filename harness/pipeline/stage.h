/*
 * stage.h - what a trial holds while it runs: taken before its first pass, and
 * released in one place, also when only half of it was taken.
 */
#ifndef PIPELINE_STAGE_H
#define PIPELINE_STAGE_H

#include "pipeline/report.h"
#include "pipeline/trial.h"
#include "strategies/strategy.h"

struct stage {
	const struct trial *trial;
	struct run run;
	struct pass pass;
	struct topology *topology;
	struct trouble *trouble;
	uint64_t *param, *option;
	int *cpu;
	struct report report;
	int fd;
};

/* Everything but the server, which the workload's setup starts; trial and fd are
 * set, the rest is zero.  0, or -1 with trouble set; either way release it. */
int stage_init(struct stage *s);
void stage_release(struct stage *s);

/* Wait at most @ms for the server to end.  True when it has, and is reaped. */
bool stage_server_ended(const struct stage *s, int ms);

#endif

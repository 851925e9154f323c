/*
 * progress.h - how far a run is, on stderr, drawn between trials only, never
 * while one is being measured.
 */
#ifndef PIPELINE_PROGRESS_H
#define PIPELINE_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
	size_t done, total;
	uint64_t begun_ns;
	bool live;		/* a terminal: one line, drawn over */
	uint64_t said;		/* the last block announced */
};

void progress_start(struct progress *p, size_t total);

/* A trial of @block is about to run. */
void progress_show(struct progress *p, uint64_t block, const char *cell);
void progress_end(struct progress *p);

#endif

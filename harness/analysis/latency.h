/*
 * latency.h - latency.csv: for each cell the histogram of its units' latencies,
 * and of what its strategy times beside ("hold"), non-empty buckets only.
 */
#ifndef ANALYSIS_LATENCY_H
#define ANALYSIS_LATENCY_H

#include "analysis/dataset.h"

struct latency {
	const char *experiment, *cell, *kind;
	uint64_t lo_ns, hi_ns, count;
};
extern const struct column latency_columns[];

/* Closed loop: a unit's latency is its service time, from when it was asked for.
 * True with parameters @params, "key=value;key=value", of an open loop (rate > 0):
 * it is the response time, from when the unit was meant to start. */
bool latency_is_response(const char *params);

/* Write DIR/latency.csv from DIR/bins.csv, of the trials in @d that count.
 * 0, or -1, reported. */
int latency_write(const char *dir, const struct dataset *d, struct arena *a);

#endif

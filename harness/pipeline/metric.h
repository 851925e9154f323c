/*
 * metric.h - the numbers that claims and charts may speak of, each a function
 * of one sample.
 */
#ifndef PIPELINE_METRIC_H
#define PIPELINE_METRIC_H

#include "pipeline/record.h"

struct metric {
	const char *name;	/* "wall_ns", "cpu_ns_per_unit", ... */
	const char *unit, *help;
	double (*value)(const struct measure *m);	/* NaN: not known */
};

extern const struct metric metrics[];		/* ended by a NULL name */
const struct metric *metric_find(const char *name);

#endif

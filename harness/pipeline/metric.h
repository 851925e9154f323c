/*
 * metric.h - the numbers that claims and charts may speak of, each a function
 * of one sample.
 */
#ifndef PIPELINE_METRIC_H
#define PIPELINE_METRIC_H

#include <stdbool.h>

#include "pipeline/record.h"

struct metric {
	const char *name;	/* "wall_ns", "cpu_ns_per_unit", ... */
	const char *unit, *help;
	double (*value)(const struct sample *s);	/* NaN: not known */
	bool counts;		/* of events, not time: known of an expected
				 * failure and of a disturbed trial as well,
				 * and however quiet the machine was */
};

extern const struct metric metrics[];		/* ended by a NULL name */

/* One of the table, or "counter.NAME" of what a strategy or workload counts. */
const struct metric *metric_find(const char *name);

/* Its value in one row; NaN: not known. */
double metric_value(const struct metric *m, const struct sample *s);

/* The number behind "name=" in "takes=12;lost=0"; NaN: none. */
double metric_number(const char *list, const char *name);

#endif

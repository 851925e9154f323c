/* plan_filter.h - which cells a user asked for. */
#ifndef PIPELINE_PLAN_FILTER_H
#define PIPELINE_PLAN_FILTER_H

#include "pipeline/plan.h"

/* 0 when every name in @f is in one of the specs, or -1, reported. */
int filter_check(const struct filter *f, const struct spec *specs, size_t nspecs,
		 unsigned max_workers, struct arena *a);

bool filter_keeps_workload(const struct filter *f, const struct cell *c);
bool filter_keeps(const struct filter *f, const struct cell *c, unsigned max_workers);

#endif

/*
 * result.h - a run, read back from its folder, for those who compare runs or
 * hand them to other tools.  Above the analysis; beside the figures.
 */
#ifndef EXCHANGE_RESULT_H
#define EXCHANGE_RESULT_H

#include "analysis/dataset.h"

/* One thing that the manifest says, e.g. "compiler", "12.2.0".  Facts of the
 * machine bear their own name. */
struct condition {
	const char *name, *value;
};

struct result {
	const char *dir;
	struct dataset data;
	struct condition *condition;	/* [conditions], in the manifest's order */
	size_t conditions;
};

/* Read plan.csv, samples.csv and manifest.json of folder @dir into @a.  0, or
 * -1, reported.  What another version wrote is read as far as it is known, and
 * half a row at the end is left out, each with a warning. */
int result_read(struct result *r, const char *dir, struct arena *a);

/* Fill the conditions from manifest.json.  0, or -1, reported. */
int conditions_read(struct result *r, struct arena *a);

/* The condition of that name; "" when it is not known. */
const char *condition_find(const struct result *r, const char *name);

/* The value of every trial of @c that counts into @x, which has room for one
 * per block: as arm_values, of the metric named. */
size_t result_values(const struct result *r, const struct arm *c, const char *metric,
		     double *x);

#endif

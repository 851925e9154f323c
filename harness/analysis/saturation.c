/*
 * saturation.c - whose speed it is: a server that has no CPU time left sets it, and
 * says little of those who ask.
 */
#include <string.h>

#include "analysis/analysis.h"

/* A server that computes for so much of the time, or more, sets the pace. */
static const double saturated = 0.95;

bool saturation_is(const struct dataset *d, const struct arm *c, double *x)
{
	return stats_median(x, arm_values(d, c, metric_find("server_share"), x)) >= saturated;
}

static bool is_speed(const char *metric)
{
	return !strcmp(metric, "wall_ns") || !strcmp(metric, "ns_per_unit") ||
	       !strcmp(metric, "units_per_s");
}

const char *saturation_note(const struct dataset *d, const char *experiment,
			    const struct claim *c, struct arena *a)
{
	const char *const side[] = { c->left, c->right, c->minus };
	double *x = arena_alloc(a, (d->blocks + 1) * sizeof *x);
	const char *note = "";

	for (size_t i = 0; i < 3 && is_speed(c->metric); i++) {
		const struct arm *arm = side[i] ? dataset_arm(d, experiment, side[i]) : NULL;

		if (arm && saturation_is(d, arm, x))
			note = arena_printf(a, "%s%sthe server of %s sets the speed", note,
					    *note ? "; " : "", side[i]);
	}
	return note;
}

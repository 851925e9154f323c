#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "report/quantity.h"

/* Each unit's steps, upwards. */
struct step {
	const char *unit;
	double size;
	const char *shown;
};
static const struct step steps[] = {
	{ "ns", 1, " ns" }, { "ns", 1e3, " \xc2\xb5s" }, { "ns", 1e6, " ms" }, { "ns", 1e9, " s" },
	{ "1/s", 1, "" }, { "1/s", 1e3, " k" }, { "1/s", 1e6, " M" }, { "1/s", 1e9, " G" },
	{ "bytes", 1, " B" }, { "bytes", 1e3, " kB" }, { "bytes", 1e6, " MB" },
	{ "bytes", 1e9, " GB" },
};
static const struct step plain = { "", 1, "" };
enum { STEPS = sizeof steps / sizeof *steps };

/* The largest step of @unit that leaves 1 or more of @v, or the first. */
static const struct step *step_for(double v, const char *unit)
{
	const struct step *best = NULL;

	for (const struct step *s = steps; s < steps + STEPS; s++)
		if (!strcmp(s->unit, unit) && (!best || fabs(v) >= s->size))
			best = s;
	return best ? best : &plain;
}

const char *quantity(double v, const char *unit, struct arena *a)
{
	const struct step *s = step_for(v, unit);

	return isnan(v) ? "\xe2\x80\x93" :
		arena_printf(a, "%s%s", num_text(v / s->size, a), s->shown);
}

const char *quantity_interval(double v, double lo, double hi, const char *unit,
			      struct arena *a)
{
	const struct step *s = step_for(v, unit);

	if (isnan(v) || isnan(lo) || isnan(hi))
		return quantity(v, unit, a);
	return arena_printf(a, "%s [%s, %s]%s", num_text(v / s->size, a),
			    num_text(lo / s->size, a), num_text(hi / s->size, a), s->shown);
}

/* A bound as its author wrote it, without zeros behind it. */
static const char *bound(double v, const struct step *s, struct arena *a)
{
	return arena_printf(a, "%g", v / s->size);
}

const char *quantity_range(double lo, double hi, const char *unit, struct arena *a)
{
	const struct step *s = step_for(isnan(hi) ? lo : hi, unit);

	if (isnan(lo) && isnan(hi))
		return "anything";
	if (isnan(lo))
		return arena_printf(a, "up to %s%s", bound(hi, s, a), s->shown);
	if (isnan(hi))
		return arena_printf(a, "from %s%s", bound(lo, s, a), s->shown);
	return arena_printf(a, "%s .. %s%s", bound(lo, s, a), bound(hi, s, a), s->shown);
}

/*
 * axis.c - how far a y axis goes.  Chosen here and not by gnuplot, so that panels
 * can share a range and no range is ever empty.
 */
#include <math.h>

#include "figures/figure.h"

/* The largest of 1, 1.5, 2, 3, 4, 6, 8 ... not above @v, or the smallest not
 * below; for fractions likewise. */
static double step2(double v, bool up)
{
	double power = exp2(floor(log2(v)));

	if (!up)
		return v >= 1.5 * power ? 1.5 * power : power;
	return v <= power ? power : v <= 1.5 * power ? 1.5 * power : 2 * power;
}

/* The same with 1, 1.5, 2, 3, 4, 6, 8, 10, 15 ... */
static double step10(double v, bool up)
{
	static const double steps[] = { 1, 1.5, 2, 3, 4, 6, 8, 10 };
	double power = pow(10, floor(log10(v)));
	int i = 0;

	while (i < 7 && (up ? steps[i] * power < v : steps[i + 1] * power <= v))
		i++;
	return steps[i] * power;
}

/* The base of the logarithm, or 0; widens [lo, hi] to what the axis shows. */
static int choose(enum axis axis, double *lo, double *hi)
{
	bool tall = *lo > 0 && *hi / *lo > 100;

	if (axis == AXIS_RATIO && *lo > 0) {
		*lo = step2(fmin(*lo / 1.1, 0.75), false);
		*hi = step2(fmax(*hi * 1.02, 2), true);
		return 2;
	}
	if ((axis == AXIS_LATENCY && *lo > 0) || (axis == AXIS_TIME && tall)) {
		*lo = step10(*lo / 1.05, false);
		*hi = step10(*hi * 1.05, true);
		return 10;
	}
	*lo = 0;
	*hi = axis == AXIS_SHARE ? fmax(1.1, 1.05 * *hi) : *hi > 0 ? 1.08 * *hi : 1;
	return 0;
}

static const char *unit(enum axis axis, double hi)
{
	if (axis == AXIS_RATIO || axis == AXIS_SHARE)
		return "1";
	return hi < 2e3 ? "ns" : hi < 2e6 ? "us" : hi < 2e9 ? "ms" : "s";
}

const char *axis_words(enum axis axis, double lo, double hi, struct arena *a)
{
	const char *scale = unit(axis, hi);
	int base = choose(axis, &lo, &hi);

	return arena_printf(a, "%s:%d:%.6f:%.6f", scale, base, lo, hi);
}

/*
 * quantity.h - numbers as people read them: four digits, and a unit that keeps
 * them short.  All texts are the arena's.
 */
#ifndef REPORT_QUANTITY_H
#define REPORT_QUANTITY_H

#include "base/mem.h"

/* "95.45 ms", "123.2 k", "1.936"; a dash when there is none.  @unit: "ns", "1/s",
 * "bytes", or others, which are printed as numbers alone. */
const char *quantity(double v, const char *unit, struct arena *a);

/* "95.45 [95.02, 96.74] ms"; without an interval as quantity(). */
const char *quantity_interval(double v, double lo, double hi, const char *unit,
			      struct arena *a);

/* "0.9 .. 1.1", "up to 60 ns", "from 1.2": what is expected; NaN is an open end. */
const char *quantity_range(double lo, double hi, const char *unit, struct arena *a);

#endif

/*
 * num.h - numbers as people write them: one strict parser for the command
 * line, the experiment files and the tables; and as people read them.
 */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include <stdint.h>

#include "base/mem.h"

/*
 * Parse the whole of @s: decimal digits, then nothing, or a unit:
 *   k M G      powers of 1000           Ki Mi Gi   powers of 1024
 *   ns us ms s durations, stored as ns
 * No sign, space, exponent or fraction.  0, or -1 (silently) when malformed
 * or larger than 2^64 - 1.
 */
int num_parse(const char *s, uint64_t *out);

/* A decimal fraction, the whole of @s: "0.95", "7", "1.5".  No sign, exponent,
 * nan or inf; reads '.' whatever the locale.  0 or -1, silently. */
int num_parse_real(const char *s, double *out);

/* 16 hexadecimal digits, the whole of @s.  0 or -1, silently. */
int num_parse_hex(const char *s, uint64_t *out);

/* Four digits of @v, more only when they stand before the point: "0.9500",
 * "19745".  The arena's. */
const char *num_text(double v, struct arena *a);

/* "1.941 [1.897, 2.016]"; without an interval the number alone; "-" when there is
 * none (NaN).  The arena's. */
const char *num_interval(double v, double lo, double hi, struct arena *a);

#endif

/*
 * export.h - a run in the words of other tools, so that theirs can be used on
 * it.  One file is one format.
 *
 * The trial is the sample there too: one value per process, the median of its
 * passes; several from one process would pass for independent ones.  A cell is
 * named by its experiment and its labels, so no name is there twice.  The A/A
 * twins are left out: a tool that goes by parts of a name would pool them with
 * their baselines.
 */
#ifndef EXCHANGE_EXPORT_H
#define EXCHANGE_EXPORT_H

#include <jansson.h>
#include <stdio.h>

#include "exchange/result.h"

/* One trial that counts. */
struct shot {
	uint64_t block;			/* from 1 */
	double wall_ns, user_ns, sys_ns;
};

/* All of one cell. */
struct shots {
	const struct result *result;
	const struct arm *arm;
	struct shot *shot;
	size_t n;
};

struct format {
	const char *name;
	const char *lacks;		/* what of a trial it has no place for */
	size_t least;			/* trials that a cell must have */
	/* Write @n cells, none with fewer.  0, or -1, reported. */
	int (*write)(const struct result *r, const struct shots *s, size_t n, FILE *out,
		     struct arena *a);
};

extern const struct format format_google_benchmark, format_pyperf, format_benchstat,
	format_hyperfine;

/* The format of that name, or NULL, reported with all there are. */
const struct format *format_find(const char *name);

/* Write @r; what is left out is said once on stderr.  0, or -1, reported. */
int export_write(const struct format *f, const struct result *r, FILE *out);

/* "experiment/workload/strategy/placement/2", with @workers before the number. */
const char *export_name(const struct arm *c, const char *workers, struct arena *a);

/* Its value of a metric; NaN: not known. */
double shot_value(const struct shots *s, const struct shot *t, const char *metric);

/* Set @key of @o, unless there is nothing to say: NaN or "". */
void export_number(json_t *o, const char *key, double v);
void export_text(json_t *o, const char *key, const char *text);

/* Write @o and a newline, and let it go.  0, or -1, reported. */
int export_json(json_t *o, FILE *out);

#endif

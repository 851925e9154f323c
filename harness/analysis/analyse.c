/*
 * analyse.c - from the files of a run's folder to the three tables, through
 * pure functions in between.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "analysis/analysis.h"
#include "analysis/dictionary.h"
#include "analysis/latency.h"
#include "pipeline/usable.h"

/* What a run's folder holds. */
struct input {
	struct plan plan;
	struct sample *sample;
	size_t samples;
	struct spec *spec;
	size_t specs;
	struct usable usable;
};

/* Room for all rows: a cell has at most a speedup, a scaling and a twin. */
static void allocate(struct analysis *x, size_t claims, struct arena *a)
{
	size_t arms = x->data.arms;

	x->summary = arena_alloc(a, (arms + 1) * sizeof *x->summary);
	x->contrast = arena_alloc(a, (3 * arms + claims + 1) * sizeof *x->contrast);
	x->verdict = arena_alloc(a, (claims + 1) * sizeof *x->verdict);
}

int analysis_make(struct analysis *x, const struct plan *p, const struct sample *s,
		  size_t n, const struct spec *specs, size_t nspecs, uint64_t cores,
		  struct arena *a)
{
	const struct dataset *d = &x->data;
	size_t claims = 0;

	*x = (struct analysis){ 0 };
	if (dataset_make(&x->data, p, s, n, a) < 0)
		return -1;
	for (size_t i = 0; i < nspecs; i++)
		claims += specs[i].claims;
	allocate(x, claims, a);
	for (size_t i = 0; i < d->arms; i++)
		summary_make(&x->summary[x->summaries++], d, &d->arm[i], a);
	contrasts_make(x, d, a);
	for (size_t i = 0; i < nspecs; i++)
		if (verdicts_make(x, d, &specs[i], cores, a) < 0)
			return -1;
	return 0;
}

static int known(const struct input *f, const char *experiment)
{
	for (size_t i = 0; i < f->specs; i++)
		if (!strcmp(f->spec[i].name, experiment))
			return 1;
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct spec *)a)->name, ((const struct spec *)b)->name);
}

/* The experiments of the plan, by name.  0, or -1, reported. */
static int specs_read(struct input *f, const char *dir, struct arena *a)
{
	f->spec = arena_alloc(a, (f->plan.n + 1) * sizeof *f->spec);
	for (size_t i = 0; i < f->plan.n; i++) {
		const char *name = f->plan.trial[i].experiment;

		if (known(f, name))
			continue;
		if (spec_read(&f->spec[f->specs],
			      arena_printf(a, "%s/experiments/%s.yaml", dir, name),
			      (unsigned)f->usable.max_workers, a) < 0)
			return -1;
		f->specs++;
	}
	qsort(f->spec, f->specs, sizeof *f->spec, by_name);
	return 0;
}

static int input_read(struct input *f, const char *dir, struct arena *a)
{
	const char *samples = arena_printf(a, "%s/samples.csv", dir);
	size_t torn;

	*f = (struct input){ 0 };
	if (usable_read(&f->usable, arena_printf(a, "%s/machine.csv", dir)) < 0 ||
	    plan_read(&f->plan, arena_printf(a, "%s/plan.csv", dir), a) < 0 ||
	    samples_read(samples, &f->sample, &f->samples, &torn, a) < 0)
		return -1;
	if (torn)
		warn("%s: the last %zu bytes are half a row; left out", samples, torn);
	return specs_read(f, dir, a);
}

/* Write @n rows of @size bytes each.  0, or -1, reported. */
static int write_rows(const char *path, const struct column *c, const void *rows,
		      size_t n, size_t size)
{
	FILE *f = table_create(path);

	if (!f)
		return -1;
	table_header(f, c);
	for (size_t i = 0; i < n; i++)
		table_row(f, c, (const char *)rows + i * size);
	return table_commit(f, path);
}

static int write_all(const struct analysis *x, const char *dir, struct arena *a)
{
	if (write_rows(arena_printf(a, "%s/summary.csv", dir), summary_columns,
		       x->summary, x->summaries, sizeof *x->summary) < 0 ||
	    write_rows(arena_printf(a, "%s/contrasts.csv", dir), contrast_columns,
		       x->contrast, x->contrasts, sizeof *x->contrast) < 0)
		return -1;
	if (write_rows(arena_printf(a, "%s/verdicts.csv", dir), verdict_columns,
		       x->verdict, x->verdicts, sizeof *x->verdict) < 0)
		return -1;
	return dictionary_write(dir);
}

int analyse(const char *dir)
{
	struct arena a = { 0 };
	struct analysis x;
	struct input f;
	int rc = -1;

	if (!input_read(&f, dir, &a) &&
	    !analysis_make(&x, &f.plan, f.sample, f.samples, f.spec, f.specs,
			   f.usable.cores, &a))
		rc = latency_write(dir, &x.data, &a) < 0 ? -1 : write_all(&x, dir, &a);
	arena_release(&a);
	return rc;
}

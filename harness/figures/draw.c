/*
 * draw.c - every figure of a run, from its tables alone.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/err.h"
#include "figures/draw.h"
#include "figures/figure.h"
#include "pipeline/names.h"

/* A figure that fails does not cost the others; gnuplot missing does: 1. */
static int worse(int rc, int next)
{
	return rc == 1 || next == 1 ? 1 : rc ? rc : next;
}

/* Samples of a run that was cut off may not be readable: the strips, which need
 * them, come last. */
static int draw_strips(const struct drawing *d, const struct names *name)
{
	struct history *h = history_read(d);
	int rc = h ? 0 : -1;

	for (size_t i = 0; h && i < name->n && rc != 1; i++)
		rc = worse(rc, drift_draw(d, h, name->name[i]));
	return rc;
}

static int draw_all(const struct drawing *d)
{
	struct names name = { 0 };
	size_t n;
	struct figure_cell *cell = cells_read(d, &n);
	struct findings *found = cell ? findings_read(d) : NULL;
	int rc = found ? headline_draw(d, cell, n) : -1;

	for (size_t i = 0; found && i < n; i++)
		names_add(&name, cell[i].experiment, d->arena);
	for (size_t i = 0; i < name.n && rc != 1; i++) {
		bool spawn = findings_spawn(found, name.name[i]);

		rc = worse(rc, charts_draw(d, name.name[i], cell, n, spawn));
		if (rc != 1)
			rc = worse(rc, forest_draw(d, found, name.name[i]));
	}
	return rc == 1 ? rc : worse(rc, draw_strips(d, &name));
}

/* A full path, the arena's, or NULL, reported. */
static const char *full(const char *path, struct arena *a)
{
	char *p = realpath(path, NULL), *copy = NULL;

	if (p)
		copy = arena_strdup(a, p);
	else
		fail_errno("%s", path);
	free(p);
	return copy;
}

int draw(const char *dir, const char *plots)
{
	struct arena a = { 0 };
	struct drawing d = { .dir = full(dir, &a), .arena = &a };
	const char *figures;
	int rc = -1;

	d.plots = d.dir ? full(plots, &a) : NULL;
	if (d.plots) {
		figures = arena_printf(&a, "%s/figures", d.dir);
		if (mkdir(figures, 0777) < 0 && errno != EEXIST) {
			fail_errno("%s", figures);
		} else {
			provenance_read(&d);
			rc = draw_all(&d);
		}
	}
	arena_release(&a);
	return rc;
}

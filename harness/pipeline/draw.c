/*
 * draw.c - every figure of a run, from its tables alone.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/err.h"
#include "pipeline/draw.h"
#include "pipeline/figure.h"
#include "pipeline/names.h"

/* A run that was cut off may have samples that cannot be read: the strips that
 * need them come last. */
static int draw_all(const struct drawing *d)
{
	struct names name = { 0 };
	size_t n;
	struct figure_cell *cell = cells_read(d, &n);
	struct findings *found = cell ? findings_read(d) : NULL;
	struct history *history;
	int rc = found ? headline_draw(d, cell, n) : -1;

	for (size_t i = 0; found && i < n; i++)
		names_add(&name, cell[i].experiment, d->arena);
	for (size_t i = 0; i < name.n && !rc; i++)
		rc = charts_draw(d, name.name[i], cell, n, findings_spawn(found, name.name[i]));
	for (size_t i = 0; i < name.n && !rc; i++)
		rc = forest_draw(d, found, name.name[i]);
	history = rc ? NULL : history_read(d);
	if (!rc && !history)
		rc = -1;
	for (size_t i = 0; i < name.n && !rc; i++)
		rc = drift_draw(d, history, name.name[i]);
	return rc;
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

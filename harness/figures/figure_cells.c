/*
 * figure_cells.c - summary.csv as charts see it.
 */
#include <string.h>

#include "base/err.h"
#include "base/num.h"
#include "figures/figure.h"
#include "pipeline/names.h"

#define AT(field) offsetof(struct figure_cell, field)
#define REAL(field) { #field, FIELD_REAL, AT(field), "", "" }

static const struct column cell_columns[] = {
	{ "experiment", FIELD_TEXT, AT(experiment), "", "" },
	{ "cell", FIELD_TEXT, AT(name), "", "" },
	{ "role", FIELD_TEXT, AT(role), "", "" },
	{ "strategy", FIELD_TEXT, AT(base), "", "" },
	{ "params", FIELD_TEXT, AT(params), "", "" },
	{ "bound", FIELD_TEXT, AT(bound), "", "" },
	{ "unit", FIELD_TEXT, AT(unit), "", "" },
	{ "n", FIELD_WHOLE, AT(n), "", "" },
	REAL(speedup), REAL(speedup_lo), REAL(speedup_hi),
	REAL(efficiency), REAL(efficiency_lo), REAL(efficiency_hi),
	REAL(wall_ns), REAL(wall_lo), REAL(wall_hi),
	REAL(cpu_ns_per_unit), REAL(server_cpu_ns_per_unit),
	REAL(p50_ns), REAL(p90_ns), REAL(p99_ns),
	REAL(spawn_ns), REAL(join_ns),
	{ NULL, FIELD_TEXT, 0, NULL, NULL }
};

/* Labels become words and file names: anything but a name is refused. */
static int label(struct figure_cell *c, const char *path, struct arena *a)
{
	char *rest = arena_strdup(a, c->name), *workers;

	c->workload = strsep(&rest, "/");
	c->strategy = rest ? strsep(&rest, "/") : "";
	c->placement = rest ? strsep(&rest, "/") : "";
	workers = rest ? rest : "";
	if (!name_valid(c->experiment) || !name_valid(c->workload) ||
	    !name_valid(c->strategy) || !name_valid(c->placement) ||
	    !name_valid(c->base) || num_parse(workers, &c->workers) < 0)
		return fail("%s/summary.csv: '%s' of '%s' is not the name of a cell",
			    path, c->name, c->experiment);
	if (!name_valid(c->bound))
		c->bound = "-";
	if (!name_valid(c->unit))
		c->unit = "unit";
	return 0;
}

struct figure_cell *cells_read(const struct drawing *d, size_t *n)
{
	size_t rows, kept = 0;
	struct figure_cell *cell = figure_rows(d, "summary.csv", cell_columns,
					       sizeof *cell, &rows);

	for (size_t i = 0; cell && i < rows; i++) {
		if (!strcmp(cell[i].role, "twin"))
			continue;
		if (label(&cell[i], d->dir, d->arena) < 0)
			return NULL;
		cell[kept++] = cell[i];
	}
	*n = kept;
	return cell;
}

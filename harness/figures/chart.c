/*
 * chart.c - the figures with a series per strategy.  What is drawn, and how its
 * y axis is chosen, is a table.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "analysis/latency.h"
#include "base/stats.h"
#include "figures/figure.h"

static const char ratios[] =
	"median of in-block ratios, exact 95 % order-statistic interval";
static const char medians[] =
	"median of trials, exact 95 % order-statistic interval";
static const char alone[] = "median of trials";

struct chart {
	const char *name, *title, *method;
	enum axis axis;
	struct value {
		const char *name;	/* the column in summary.csv */
		size_t offset;		/* in struct figure_cell */
	} value[VALUES];
};

#define AT(field) { #field, offsetof(struct figure_cell, field) }
#define NOTHING { NULL, 0 }
enum { SPEEDUP, EFFICIENCY, TIME, CPU, LATENCY, SPAWN, CHARTS };
static const struct chart charts[CHARTS] = {
	[SPEEDUP] = { "speedup", "speedup", ratios, AXIS_RATIO,
		{ AT(speedup), AT(speedup_lo), AT(speedup_hi), NOTHING } },
	[EFFICIENCY] = { "efficiency", "speedup per worker", ratios, AXIS_SHARE,
		{ AT(efficiency), AT(efficiency_lo), AT(efficiency_hi), NOTHING } },
	[TIME] = { "time", "wall time of one pass", medians, AXIS_TIME,
		{ AT(wall_ns), AT(wall_lo), AT(wall_hi), NOTHING } },
	[CPU] = { "cpu", "CPU time per unit", alone, AXIS_TIME,
		{ AT(cpu_ns_per_unit), NOTHING, NOTHING, AT(server_cpu_ns_per_unit) } },
	[LATENCY] = { "latency", "latency, p50 (mark), p90 (+) and p99 (end of bar)",
		alone, AXIS_LATENCY,
		{ AT(p50_ns), NOTHING, AT(p99_ns), AT(p90_ns) } },
	[SPAWN] = { "spawn", "starting and ending the workers", alone, AXIS_TIME,
		{ AT(spawn_ns), NOTHING, NOTHING, AT(join_ns) } },
};

static void fill(struct mark *m, const struct chart *c)
{
	for (int k = 0; k < VALUES; k++) {
		m->v[k] = NAN;
		if (c->value[k].name)
			memcpy(&m->v[k], (const char *)m->cell + c->value[k].offset,
			       sizeof m->v[k]);
	}
}

/* What is drawn in @panel, or in all of them. */
static void extent(const struct grid *g, size_t panel, bool all, double *lo, double *hi)
{
	*lo = *hi = NAN;
	for (size_t i = 0; i < g->n; i++)
		for (int k = 0; k < VALUES; k++) {
			double v = g->mark[i].v[k];

			if (!all && g->mark[i].panel != panel)
				continue;
			*lo = fmin(*lo, v);	/* which prefers numbers to NaN */
			*hi = fmax(*hi, v);
		}
}

static const char *panels(const struct grid *g, enum axis axis, struct arena *a)
{
	bool same = axis == AXIS_RATIO || axis == AXIS_SHARE;
	const char *s = "";

	for (size_t p = 0; p < g->panels; p++) {
		double lo, hi;

		extent(g, p, same, &lo, &hi);
		s = arena_printf(a, "%s%s%s:%s:%s:%s:%s:%s", s, p ? " " : "",
				 g->panel[p]->workload, g->panel[p]->bound,
				 g->panel[p]->unit, axis_words(axis, lo, hi, a),
				 grid_mask(g, p, a),
				 latency_is_response(g->panel[p]->params) ? "open" : "closed");
	}
	return s;
}

/* One row of the figure's own table. */
struct row {
	const char *workload, *strategy, *placement;
	uint64_t workers, x, n;
	double v[VALUES];
};

static int write_table(const struct chart *c, const struct grid *g, const char *path)
{
	struct column column[6 + VALUES + 1] = {
		{ "workload", FIELD_TEXT, offsetof(struct row, workload), "", "" },
		{ "strategy", FIELD_TEXT, offsetof(struct row, strategy), "", "" },
		{ "placement", FIELD_TEXT, offsetof(struct row, placement), "", "" },
		{ "workers", FIELD_WHOLE, offsetof(struct row, workers), "", "" },
		{ "x", FIELD_WHOLE, offsetof(struct row, x), "", "" },
		{ "n", FIELD_WHOLE, offsetof(struct row, n), "", "" },
	};
	size_t n = 6;
	FILE *f = table_create(path);

	if (!f)
		return -1;
	for (int k = 0; k < VALUES; k++)
		if (c->value[k].name)
			column[n++] = (struct column){ c->value[k].name, FIELD_REAL,
				offsetof(struct row, v) + (size_t)k * sizeof(double), "", "" };
	table_header(f, column);
	for (size_t i = 0; i < g->n; i++) {
		const struct mark *m = &g->mark[i];
		struct row r = { m->cell->workload, m->cell->strategy, m->cell->placement,
				 m->cell->workers, m->x, m->cell->n, { 0 } };

		memcpy(r.v, m->v, sizeof r.v);
		table_row(f, column, &r);
	}
	return table_commit(f, path);
}

/* "9 blocks" or "7 to 9 blocks", how many stand behind each mark, and what that
 * means for the intervals. */
static const char *footer(const struct drawing *d, const struct chart *c,
			  const struct grid *g)
{
	uint64_t least = NONE, most = 0;
	const char *n, *method = c->method;

	for (size_t i = 0; i < g->n; i++) {
		least = g->mark[i].cell->n < least ? g->mark[i].cell->n : least;
		most = g->mark[i].cell->n > most ? g->mark[i].cell->n : most;
	}
	n = least == most ? arena_printf(d->arena, "%" PRIu64 " blocks", least) :
		arena_printf(d->arena, "%" PRIu64 " to %" PRIu64 " blocks", least, most);
	if (method != alone && most < STATS_FLOOR)
		method = "median; too few blocks for an interval";
	else if (method != alone && least < STATS_FLOOR)
		method = arena_printf(d->arena, "%s (none below %d blocks)", method,
				      STATS_FLOOR);
	return provenance_footer(d, n, method);
}

/* A speedup is over something else: a baseline over itself says nothing. */
static bool compares(const struct figure_cell *const *cell, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(cell[i]->role, "baseline"))
			return true;
	return false;
}

/* Draw chart @c of @n cells as figure @name. */
static int chart_draw(const struct drawing *d, const struct chart *c, const char *name,
		      const char *title, const struct figure_cell *const *cell, size_t n)
{
	struct mark *mark = arena_alloc(d->arena, n * sizeof *mark);
	struct figure f = { .name = name, .script = c->name, .title = title };
	struct grid g;

	if (c->axis == AXIS_RATIO && !compares(cell, n))
		return 0;
	for (size_t i = 0; i < n; i++) {
		mark[i].cell = cell[i];
		fill(&mark[i], c);
	}
	grid_make(&g, d, mark, n, c->axis != AXIS_LATENCY);
	if (!g.n || (c == &charts[EFFICIENCY] && !strcmp(g.kind, "names")))
		return 0;
	f.series = grid_series(&g, d->arena);
	f.panels = panels(&g, c->axis, d->arena);
	f.tics = g.tics;
	f.shape = g.shape;
	f.footer = footer(d, c, &g);
	if (write_table(c, &g, figure_data(d, name)) < 0)
		return -1;
	return figure_draw(d, &f);
}

static bool waits(const struct figure_cell *c)
{
	return !strcmp(c->bound, "io") || !strcmp(c->bound, "mixed");
}

static const char *title(const struct chart *c, const char *experiment,
			 const struct figure_cell *base, struct arena *a)
{
	if (c != &charts[SPEEDUP] || !base)
		return arena_printf(a, "%s: %s", experiment, c->title);
	return base->workers == 1 ?
		arena_printf(a, "%s: %s over %s", experiment, c->title, base->strategy) :
		arena_printf(a, "%s: %s over %s/%s/%" PRIu64, experiment, c->title,
			     base->strategy, base->placement, base->workers);
}

/* The cells of @experiment that @c is about, into @some; and its baseline. */
static size_t choose(const struct chart *c, const char *experiment,
		     const struct figure_cell *cell, size_t n,
		     const struct figure_cell **some, const struct figure_cell **base)
{
	size_t count = 0;

	*base = NULL;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(cell[i].experiment, experiment))
			continue;
		if (!strcmp(cell[i].role, "baseline"))
			*base = &cell[i];
		if (c != &charts[LATENCY] || waits(&cell[i]))
			some[count++] = &cell[i];
	}
	return count;
}

int charts_draw(const struct drawing *d, const char *experiment,
		const struct figure_cell *cell, size_t n, bool spawn)
{
	const struct figure_cell **some = arena_alloc(d->arena, n * sizeof *some);
	int rc = 0;

	for (const struct chart *c = charts; c < charts + CHARTS && rc != 1; c++) {
		const struct figure_cell *base;
		size_t count = choose(c, experiment, cell, n, some, &base);
		const char *words = title(c, experiment, base, d->arena);
		int one;

		if ((c == &charts[SPAWN] && !spawn) || (c == &charts[EFFICIENCY] &&
							base && base->workers > 1))
			continue;
		one = chart_draw(d, c, arena_printf(d->arena, "%s-%s", experiment, c->name),
				 words, some, count);
		if (one)
			rc = one;
	}
	return rc;
}

int speedup_draw(const struct drawing *d, const char *name, const char *words,
		 const struct figure_cell *const *cell, size_t n)
{
	return chart_draw(d, &charts[SPEEDUP], name, words, cell, n);
}

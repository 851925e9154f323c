/*
 * figure.h - what the figures of a run are made of.
 *
 * A figure is a tidy table of its own, NAME.csv, and one run of a static script
 * of plots/ that turns it into NAME.svg, NAME.pdf and NAME.png.  What depends on
 * the data - which series, which panels, how far the axes go - is decided here
 * and handed to the script as words; how it looks is decided there.
 */
#ifndef FIGURES_FIGURE_H
#define FIGURES_FIGURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/table.h"

struct drawing {
	const char *dir;	/* the run's folder, from / */
	const char *plots;	/* the scripts' folder, from / */
	const char *machine;	/* "Xeon ..., 2 cores", or "" */
	const char *run;	/* "run ...; commit ...", or "" */
	uint64_t cpus;		/* that the run could use, or NONE */
	struct arena *arena;
};

/* --- provenance.c: fill machine, run and cpus from manifest.json; what it does
 * not say is left out --- */
void provenance_read(struct drawing *d);

/* The lines under a figure: @n says how many blocks, @method what was done. */
const char *provenance_footer(const struct drawing *d, const char *n, const char *method);

/* --- figure.c --- */

/* Words and texts as plots/style.gp describes them; none is empty. */
struct figure {
	const char *name;	/* of the files, without extension */
	const char *script;	/* "speedup": plots/speedup.gp */
	const char *series, *panels, *tics, *shape;
	const char *title, *footer;
};

/* Where the figure's table goes. */
const char *figure_data(const struct drawing *d, const char *name);

/* Draw it in the three formats, each replaced whole or not at all.  0; 1 having
 * said that gnuplot is missing; -1, reported. */
int figure_draw(const struct drawing *d, const struct figure *f);

/* The rows of the run's table @file as an array of structs of @size bytes, the
 * columns of @c found by name, so that older runs can be drawn: a
 * number that they do not have is empty.  NULL, reported. */
void *figure_rows(const struct drawing *d, const char *file, const struct column *c,
		  size_t size, size_t *n);

/* --- figure_cells.c --- */

struct figure_cell {
	const char *experiment, *name, *role, *base, *params, *bound, *unit;
	const char *workload, *strategy, *placement;	/* labels, from the name */
	uint64_t workers, n;
	double speedup, speedup_lo, speedup_hi;
	double efficiency, efficiency_lo, efficiency_hi;
	double wall_ns, wall_lo, wall_hi;
	double cpu_ns_per_unit, server_cpu_ns_per_unit;
	double p50_ns, p90_ns, p99_ns;
	double spawn_ns, join_ns;
};

/* All cells but the twins.  NULL, reported. */
struct figure_cell *cells_read(const struct drawing *d, size_t *n);

/* --- grid.c: cells put in rows and columns --- */

enum { VALUE, LO, HI, EXTRA, VALUES };

/* One mark of a figure. */
struct mark {
	const struct figure_cell *cell;
	double v[VALUES];	/* NaN: none */
	uint64_t x;		/* workers, or the place of its category */
	size_t panel, series, place;
};

struct grid {
	struct mark *mark;	/* by panel, series, x */
	size_t n;
	const struct figure_cell **panel, **series;	/* a cell of each */
	size_t panels, serieses;
	const char *kind;	/* "lines", "dots", or "names": the categories
				 * are the series */
	const char *tics, *shape;
};

/* Arrange @n marks, whose cell and v are set; those without a value are left
 * out.  @lines: a line is fine where workers vary. */
void grid_make(struct grid *g, const struct drawing *d, struct mark *mark, size_t n,
	       bool lines);

/* The words SERIES of plots/style.gp. */
const char *grid_series(const struct grid *g, struct arena *a);

/* A digit per series: 1 it has values in @panel, 2 intervals, 4 extras. */
const char *grid_mask(const struct grid *g, size_t panel, struct arena *a);

/* --- axis.c --- */

enum axis {
	AXIS_RATIO,		/* powers of 2, the same in every panel */
	AXIS_SHARE,		/* 0 .. 1.1, the same in every panel */
	AXIS_TIME,		/* ns from 0; powers of 10 beyond a factor 100 */
	AXIS_LATENCY,		/* ns, powers of 10 */
};

/* The words scale:log:ymin:ymax of plots/style.gp for values in [lo, hi]. */
const char *axis_words(enum axis axis, double lo, double hi, struct arena *a);

/* --- chart.c, headline.c --- */

/* The speedups of @n cells of any experiments as figure @name. */
int speedup_draw(const struct drawing *d, const char *name, const char *title,
		 const struct figure_cell *const *cell, size_t n);

/* Every figure of @experiment that has a series per strategy; @spawn: also what
 * starting the workers takes.  0, 1 or -1 as figure_draw. */
int charts_draw(const struct drawing *d, const char *experiment,
		const struct figure_cell *cell, size_t n, bool spawn);

/* CPU-bound beside I/O-bound speedup of the whole run, if it has both. */
int headline_draw(const struct drawing *d, const struct figure_cell *cell, size_t n);

/* --- drift.c: what plan.csv and samples.csv say of the baselines --- */
struct history;
struct history *history_read(const struct drawing *d);	/* NULL, reported */
int drift_draw(const struct drawing *d, const struct history *h, const char *experiment);

/* --- forest.c: what verdicts.csv and contrasts.csv say --- */
struct findings;
struct findings *findings_read(const struct drawing *d);	/* NULL, reported */
int forest_draw(const struct drawing *d, const struct findings *f, const char *experiment);

/* Does a claim of @experiment speak of starting or ending workers? */
bool findings_spawn(const struct findings *f, const char *experiment);

#endif

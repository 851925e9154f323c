/*
 * grid.c - the cells of a run as the marks of a figure: which panel, which
 * series, where on the x axis, and what kind of figure that makes.
 *
 * Workers that vary at one placement are an ordered axis: lines.  Where the
 * placement varies too, each pair of both is a category: dots.  Where neither
 * varies inside a series, the strategies themselves are the categories: names.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "figures/figure.h"

/* The order of the key and of categories; what is not here comes after. */
static const char *const strategy_order[] = {
	"single", "gil", "global", "fine", "openmp", "fork", "pool", "async", NULL
};
static const char *const placement_order[] = {
	"one", "compact", "core", "scatter", "none", NULL
};

static size_t rank(const char *const *order, const char *name)
{
	size_t i = 0;

	while (order[i] && strcmp(order[i], name))
		i++;
	return i;
}

/* Variants after what they are variants of, then by label. */
static int by_strategy(const struct figure_cell *a, const struct figure_cell *b)
{
	size_t i = rank(strategy_order, a->base), j = rank(strategy_order, b->base);

	return i != j ? (i > j) - (i < j) : strverscmp(a->strategy, b->strategy);
}

static int by_place(const struct figure_cell *a, const struct figure_cell *b)
{
	size_t i = rank(placement_order, a->placement);
	size_t j = rank(placement_order, b->placement);

	if (a->workers != b->workers)
		return a->workers < b->workers ? -1 : 1;
	return i != j ? (i > j) - (i < j) : strcmp(a->placement, b->placement);
}

/* What computes before what waits. */
static int by_panel(const struct figure_cell *a, const struct figure_cell *b)
{
	int order = strcmp(a->bound, b->bound);

	return order ? order : strcmp(a->workload, b->workload);
}

static int by_mark(const void *a, const void *b)
{
	const struct mark *m = a, *n = b;

	if (m->panel != n->panel)
		return m->panel < n->panel ? -1 : 1;
	if (m->series != n->series)
		return m->series < n->series ? -1 : 1;
	return (m->place > n->place) - (m->place < n->place);
}

typedef int order_fn(const struct figure_cell *a, const struct figure_cell *b);

/* One cell of each class of @order, in that order. */
static const struct figure_cell **classes(const struct grid *g, order_fn *order,
				   size_t *count, struct arena *a)
{
	const struct figure_cell **list = arena_alloc(a, g->n * sizeof *list);
	size_t n = 0;

	for (size_t i = 0; i < g->n; i++) {
		const struct figure_cell *c = g->mark[i].cell;
		size_t at = 0;

		while (at < n && order(list[at], c) < 0)
			at++;
		if (at < n && !order(list[at], c))
			continue;
		memmove(list + at + 1, list + at, (n - at) * sizeof *list);
		list[at] = c;
		n++;
	}
	*count = n;
	return list;
}

static size_t class_of(const struct figure_cell *const *list,
		       const struct figure_cell *c, order_fn *order)
{
	size_t i = 0;

	while (order(list[i], c))
		i++;
	return i;
}

/* Does any series have two marks in one panel? */
static bool varies(const struct grid *g)
{
	for (size_t i = 1; i < g->n; i++)
		if (g->mark[i].panel == g->mark[i - 1].panel &&
		    g->mark[i].series == g->mark[i - 1].series)
			return true;
	return false;
}

static const char *kind(const struct grid *g, const struct figure_cell *const *place,
			size_t places, bool lines)
{
	for (size_t i = 1; i < places; i++)
		if (strcmp(place[i]->placement, place[0]->placement))
			return "dots";
	return !varies(g) ? "names" : lines ? "lines" : "dots";
}

/* Words above and, after a colon, below. */
static const char *tics(const struct grid *g, const struct figure_cell *const *place,
			size_t places, struct arena *a)
{
	bool names = !strcmp(g->kind, "names"), alone = true;
	size_t n = names ? g->serieses : places;
	const char *s = "";

	for (size_t i = 0; i < places; i++)
		alone &= !strcmp(place[i]->placement, place[0]->placement);
	for (size_t i = 0; i < n; i++) {
		const struct figure_cell *c = names ? g->series[i] : place[i];

		s = names || !alone ?
			arena_printf(a, "%s%s%s:%" PRIu64, s, i ? " " : "",
				     names ? c->strategy : c->placement, c->workers) :
			arena_printf(a, "%s%s%" PRIu64, s, i ? " " : "", c->workers);
	}
	return s;
}

/* Where on the x axis workers begin to outnumber @cpus; 0: nowhere. */
static double zone(const struct grid *g, const struct figure_cell *const *place,
		   size_t places, uint64_t cpus)
{
	size_t i = 0;

	while (i < places && place[i]->workers <= cpus)
		i++;
	if (i == places || !strcmp(g->kind, "names"))
		return 0;
	if (!strcmp(g->kind, "dots"))
		return (double)i + 0.5;
	return i ? sqrt((double)place[i - 1]->workers * (double)place[i]->workers) :
		(double)place[i]->workers / 2;
}

static size_t with_value(struct mark *m, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (isfinite(m[i].v[VALUE]))
			m[kept++] = m[i];
	return kept;
}

void grid_make(struct grid *g, const struct drawing *d, struct mark *mark, size_t n,
	       bool lines)
{
	const struct figure_cell **place;
	size_t places;

	*g = (struct grid){ .mark = mark, .n = with_value(mark, n) };
	g->panel = classes(g, by_panel, &g->panels, d->arena);
	g->series = classes(g, by_strategy, &g->serieses, d->arena);
	place = classes(g, by_place, &places, d->arena);
	for (size_t i = 0; i < g->n; i++) {
		struct mark *m = &mark[i];

		m->panel = class_of(g->panel, m->cell, by_panel);
		m->series = class_of(g->series, m->cell, by_strategy);
		m->place = class_of(place, m->cell, by_place);
	}
	qsort(mark, g->n, sizeof *mark, by_mark);
	g->kind = kind(g, place, places, lines);
	for (size_t i = 0; i < g->n; i++)
		mark[i].x = !strcmp(g->kind, "lines") ? mark[i].cell->workers :
			1 + (!strcmp(g->kind, "names") ? mark[i].series : mark[i].place);
	g->tics = tics(g, place, places, d->arena);
	g->shape = arena_printf(d->arena, "%.4g:%" PRIu64 ":%s",
				zone(g, place, places, d->cpus), d->cpus, g->kind);
}

const char *grid_series(const struct grid *g, struct arena *a)
{
	const char *s = "";

	for (size_t i = 0; i < g->serieses; i++)
		s = arena_printf(a, "%s%s%s:%s", s, i ? " " : "",
				 g->series[i]->strategy, g->series[i]->base);
	return s;
}

const char *grid_mask(const struct grid *g, size_t panel, struct arena *a)
{
	char *mask = arena_alloc(a, g->serieses + 1);

	memset(mask, '0', g->serieses);
	for (size_t i = 0; i < g->n; i++) {
		const struct mark *m = &g->mark[i];

		if (m->panel != panel)
			continue;
		mask[m->series] = (char)(mask[m->series] | 1);
		if (isfinite(m->v[HI]))
			mask[m->series] = (char)(mask[m->series] | 2);
		if (isfinite(m->v[EXTRA]))
			mask[m->series] = (char)(mask[m->series] | 4);
	}
	return mask;
}

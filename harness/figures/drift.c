/*
 * drift.c - did the machine stay the same?  The baseline, its twin and the canary
 * loop in each block, in per cent off their medians.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/stats.h"
#include "base/status.h"
#include "figures/figure.h"
#include "pipeline/names.h"

#define AT(type, field) offsetof(struct type, field), "", ""

/* A trial of a baseline or a twin, from plan.csv. */
struct control {
	const char *experiment, *cell, *role, *strategy;
	uint64_t block, position;
};
static const struct column control_columns[] = {
	{ "experiment", FIELD_TEXT, AT(control, experiment) },
	{ "cell", FIELD_TEXT, AT(control, cell) },
	{ "role", FIELD_TEXT, AT(control, role) },
	{ "strategy", FIELD_TEXT, AT(control, strategy) },
	{ "block", FIELD_WHOLE, AT(control, block) },
	{ "position", FIELD_WHOLE, AT(control, position) },
	{ NULL, FIELD_TEXT, 0, NULL, NULL }
};

/* One of its passes, from samples.csv. */
struct pass_row {
	const char *experiment, *status;
	uint64_t block, position, wall_ns, canary_before_ns;
};
static const struct column pass_columns[] = {
	{ "experiment", FIELD_TEXT, AT(pass_row, experiment) },
	{ "status", FIELD_TEXT, AT(pass_row, status) },
	{ "block", FIELD_WHOLE, AT(pass_row, block) },
	{ "position", FIELD_WHOLE, AT(pass_row, position) },
	{ "wall_ns", FIELD_WHOLE, AT(pass_row, wall_ns) },
	{ "canary_before_ns", FIELD_WHOLE, AT(pass_row, canary_before_ns) },
	{ NULL, FIELD_TEXT, 0, NULL, NULL }
};

struct history {
	struct control *control;
	struct pass_row *pass;
	size_t controls, passes;
};

enum { BASELINE, TWIN, CANARY, SERIES };
static const char *const series[SERIES] = { "baseline", "twin", "canary" };

/* One mark, and one row of the figure's table. */
struct beat {
	const char *workload, *series;
	uint64_t block;
	double percent;		/* at first ns; then, off the median */
	double disturbed;	/* the same where a stated rule marks it */
	size_t panel, kind;
};
static const struct column beat_columns[] = {
	{ "workload", FIELD_TEXT, AT(beat, workload) },
	{ "series", FIELD_TEXT, AT(beat, series) },
	{ "block", FIELD_WHOLE, AT(beat, block) },
	{ "percent", FIELD_REAL, AT(beat, percent) },
	{ "disturbed", FIELD_REAL, AT(beat, disturbed) },
	{ NULL, FIELD_TEXT, 0, NULL, NULL }
};

struct strip {
	struct beat *beat;
	size_t n;
	struct names panel;
	const char *strategy;	/* of the baseline */
	uint64_t blocks;
};

struct history *history_read(const struct drawing *d)
{
	struct history *h = arena_alloc(d->arena, sizeof *h);

	h->control = figure_rows(d, "plan.csv", control_columns, sizeof *h->control,
				 &h->controls);
	if (!h->control)
		return NULL;
	h->pass = figure_rows(d, "samples.csv", pass_columns, sizeof *h->pass, &h->passes);
	return h->pass ? h : NULL;
}

static void add(struct strip *s, const struct control *c, size_t kind, double value,
		bool disturbed, struct arena *a)
{
	const char *slash = strchr(c->cell, '/');
	const char *workload = arena_printf(a, "%.*s", (int)(slash ? slash - c->cell : 0),
					    c->cell);
	struct beat *b = &s->beat[s->n];

	if (!isfinite(value) || !name_valid(workload) || !name_valid(c->strategy))
		return;
	*b = (struct beat){ workload, series[kind], c->block, value, NAN, 0, kind };
	if (disturbed)
		b->disturbed = value;
	if (kind == BASELINE)
		s->strategy = c->strategy;
	if (c->block > s->blocks)
		s->blocks = c->block;
	s->n++;
}

/* The marks of one trial. */
static void gather(struct strip *s, const struct history *h, const struct control *c,
		   double *wall, struct arena *a)
{
	size_t n = 0, kind = !strcmp(c->role, "twin") ? TWIN : BASELINE;
	double canary = NAN;
	bool disturbed = false;

	for (size_t i = 0; i < h->passes; i++) {
		const struct pass_row *p = &h->pass[i];

		if (p->block != c->block || p->position != c->position ||
		    strcmp(p->experiment, c->experiment) ||
		    !status_measured(status_find(p->status)) || p->wall_ns == NONE)
			continue;
		if (disturbed && !strcmp(p->status, "ok"))
			n = 0;	/* it was run again */
		disturbed = strcmp(p->status, "ok") != 0;
		wall[n++] = (double)p->wall_ns;
		if (p->canary_before_ns != NONE)
			canary = (double)p->canary_before_ns;
	}
	add(s, c, kind, stats_median(wall, n), disturbed, a);
	if (kind == BASELINE)
		add(s, c, CANARY, canary, false, a);
}

static int by_place(const void *a, const void *b)
{
	const struct beat *x = a, *y = b;
	int order = strcmp(x->workload, y->workload);

	if (order)
		return order;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return (x->block > y->block) - (x->block < y->block);
}

/* A panel per workload. */
static void arrange(struct strip *s, struct arena *a)
{
	qsort(s->beat, s->n, sizeof *s->beat, by_place);
	for (size_t i = 0; i < s->n; i++) {
		names_add(&s->panel, s->beat[i].workload, a);
		s->beat[i].panel = s->panel.n - 1;
	}
}

static double middle(const struct strip *s, size_t panel, size_t kind, double *x)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		if (s->beat[i].panel == panel && s->beat[i].kind == kind)
			x[n++] = s->beat[i].percent;
	return stats_median(x, n);
}

/* The twin is held against the baseline's median: that is what it is for. */
static void relate(struct strip *s, double *x)
{
	for (size_t p = 0; p < s->panel.n; p++) {
		double base = middle(s, p, BASELINE, x), canary = middle(s, p, CANARY, x);

		for (size_t i = 0; i < s->n; i++) {
			struct beat *b = &s->beat[i];
			double by = b->kind == CANARY ? canary : base;

			if (b->panel != p)
				continue;
			b->percent = 100 * (b->percent / by - 1);
			b->disturbed = 100 * (b->disturbed / by - 1);
		}
	}
}

/* The y axis is symmetric about 0 and never narrower than 2 % either way. */
static const char *panels(const struct strip *s, struct arena *a)
{
	const char *words = "";

	for (size_t p = 0; p < s->panel.n; p++) {
		char mask[SERIES + 1] = "000";
		double far = 2;

		for (size_t i = 0; i < s->n; i++) {
			const struct beat *b = &s->beat[i];

			if (b->panel != p || !isfinite(b->percent))
				continue;
			far = fmax(far, 1.15 * fabs(b->percent));
			mask[b->kind] = (char)(mask[b->kind] | 1 |
					       (isfinite(b->disturbed) ? 4 : 0));
		}
		words = arena_printf(a, "%s%s%s:-:-:1:0:%.6f:%.6f:%s", words, p ? " " : "",
				     s->panel.name[p], -far, far, mask);
	}
	return words;
}

/* About ten blocks, the first and the last among them. */
static const char *tics(const struct strip *s, struct arena *a)
{
	uint64_t step = (s->blocks + 9) / 10, b = 1;
	const char *words = "1";

	for (b += step; b + (step + 1) / 2 <= s->blocks; b += step)
		words = arena_printf(a, "%s %" PRIu64, words, b);
	return s->blocks == 1 ? words : arena_printf(a, "%s %" PRIu64, words, s->blocks);
}

static int write_table(const struct strip *s, const char *path)
{
	FILE *f = table_create(path);

	if (!f)
		return -1;
	table_header(f, beat_columns);
	for (size_t i = 0; i < s->n; i++)
		table_row(f, beat_columns, &s->beat[i]);
	return table_commit(f, path);
}

static int show(const struct drawing *d, const char *experiment, const struct strip *s)
{
	struct figure f = { .script = "drift", .shape = "0:0:lines" };
	const char *n = arena_printf(d->arena, "%" PRIu64 " blocks", s->blocks);

	f.name = arena_printf(d->arena, "%s-drift", experiment);
	f.title = arena_printf(d->arena, "%s: the baseline in the order of blocks",
			       experiment);
	f.series = arena_printf(d->arena, "baseline:%s twin:%s canary:canary",
				s->strategy, s->strategy);
	f.panels = panels(s, d->arena);
	f.tics = tics(s, d->arena);
	f.footer = provenance_footer(d, n, "baseline and twin against the median of the "
				     "baseline, the canary loop against its own");
	if (write_table(s, figure_data(d, f.name)) < 0)
		return -1;
	return figure_draw(d, &f);
}

int drift_draw(const struct drawing *d, const struct history *h, const char *experiment)
{
	double *x = arena_alloc(d->arena, (2 * h->controls + h->passes) * sizeof *x);
	struct strip s = {
		.beat = arena_alloc(d->arena, 2 * h->controls * sizeof *s.beat),
		.strategy = "single",
	};

	for (size_t i = 0; i < h->controls; i++) {
		const struct control *c = &h->control[i];

		if (!strcmp(c->experiment, experiment) && strcmp(c->role, "cell"))
			gather(&s, h, c, x, d->arena);
	}
	if (!s.n)
		return 0;
	arrange(&s, d->arena);
	relate(&s, x);
	return show(d, experiment, &s);
}

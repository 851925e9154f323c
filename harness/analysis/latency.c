/*
 * latency.c - the histograms of a cell's trials, added up.  Pooling trials is
 * right for a picture of a distribution, and for that alone: claims compare
 * percentiles trial by trial.
 */
#include <stdlib.h>
#include <string.h>

#include "analysis/latency.h"
#include "pipeline/bins.h"

#define AT(field) offsetof(struct latency, field)

const struct column latency_columns[] = {
	{ "experiment", FIELD_TEXT, AT(experiment), "", "name of the experiment file" },
	{ "cell", FIELD_TEXT, AT(cell), "", "workload/strategy/placement/workers, by label" },
	{ "kind", FIELD_TEXT, AT(kind), "", "unit: latency per unit; hold: a lock held; ..." },
	{ "lo_ns", FIELD_WHOLE, AT(lo_ns), "ns", "smallest value of the bucket" },
	{ "hi_ns", FIELD_WHOLE, AT(hi_ns), "ns", "smallest value of the next one" },
	{ "count", FIELD_WHOLE, AT(count), "", "values in it, over all trials that count" },
	{ NULL, FIELD_TEXT, 0, NULL, NULL }
};

bool latency_is_response(const char *params)
{
	while (*params && strncmp(params, "rate=", 5)) {
		params += strcspn(params, ";");
		params += *params == ';';
	}
	return *params && strtoull(params + 5, NULL, 10) > 0;
}

struct work {
	const struct bins_row *row;
	size_t n;
	struct hist *h;
	FILE *out;
};

static int by_pass(const void *x, const void *y)
{
	const struct bins_row *a = x, *b = y;

	if (a->trial != b->trial)
		return a->trial < b->trial ? -1 : 1;
	if (a->rep != b->rep)
		return a->rep < b->rep ? -1 : 1;
	return strcmp(a->kind, b->kind);
}

static int by_line(const void *x, const void *y)
{
	const struct bins_row *a = x, *b = y;
	int d = by_pass(x, y);

	return d ? d : (a->line > b->line) - (a->line < b->line);
}

/* Keep the last of several rows for one pass, in place. */
static void drop_repeated(struct work *w, struct bins_row *row)
{
	size_t kept = 0;

	for (size_t i = 0; i < w->n; i++)
		if (i + 1 == w->n || by_pass(&row[i], &row[i + 1]))
			row[kept++] = row[i];
	w->n = kept;
}

/* Add what pass @s has of @kind. */
static int add_pass(const struct work *w, const struct sample *s, const char *kind)
{
	const struct bins_row wanted = { .trial = s->trial, .rep = s->rep, .kind = kind };
	const struct bins_row *row = !w->n ? NULL :
		bsearch(&wanted, w->row, w->n, sizeof *w->row, by_pass);

	return row ? bins_add(row, w->h) : 0;
}

static void print(const struct work *w, const struct arm *c, const char *kind)
{
	struct latency row = { .experiment = c->trial->experiment, .cell = c->trial->cell,
			       .kind = kind };

	for (unsigned i = 0; w->h->n && i < HIST_BUCKETS; i++) {
		if (!w->h->count[i])
			continue;
		row.lo_ns = hist_lo(i);
		row.hi_ns = hist_hi(i);
		row.count = w->h->count[i];
		table_row(w->out, latency_columns, &row);
	}
}

static int add_arm(const struct work *w, const struct dataset *d, const struct arm *c,
		   const char *kind)
{
	memset(w->h, 0, sizeof *w->h);
	for (size_t b = 0; b < d->blocks; b++) {
		const struct point *p = &c->block[b];

		for (size_t i = 0; p->state == POINT_OK && i < p->rows; i++)
			if (add_pass(w, p->row[i], kind) < 0)
				return -1;
	}
	print(w, c, kind);
	return 0;
}

int latency_write(const char *dir, const struct dataset *d, struct arena *a)
{
	const char *path = arena_printf(a, "%s/latency.csv", dir);
	struct bins_row *row = NULL;
	struct work w = { .h = arena_alloc(a, sizeof *w.h) };

	if (bins_read(dir, &row, &w.n, a) < 0)
		return -1;
	w.row = row;
	if (w.n) {
		qsort(row, w.n, sizeof *row, by_line);
		drop_repeated(&w, row);
	}
	w.out = table_create(path);
	if (!w.out)
		return -1;
	table_header(w.out, latency_columns);
	for (size_t i = 0; i < d->arms; i++) {
		const struct strategy *s = strategy_find(d->arm[i].trial->strategy);

		if (arm_is(&d->arm[i], "twin"))
			continue;
		if (add_arm(&w, d, &d->arm[i], "unit") < 0 ||
		    (s && s->extra && add_arm(&w, d, &d->arm[i], s->extra) < 0)) {
			table_drop(w.out, path);
			return -1;
		}
	}
	return table_commit(w.out, path);
}

/*
 * failures.c - what did not simply count, summed up from the rows themselves.
 */
#include <stdlib.h>
#include <string.h>

#include "analysis/dataset.h"
#include "report/source.h"

/* A row, and where it is in the file. */
struct line {
	const struct sample *row;
	size_t at;
};

/* Trials that count, for the analysis too; by id. */
struct counted {
	uint64_t *id;
	size_t n;
};

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void counted_make(struct counted *c, const struct dataset *d, struct arena *a)
{
	c->id = arena_alloc(a, d->arms * d->blocks * sizeof *c->id);
	c->n = 0;
	for (size_t i = 0; i < d->arms; i++)
		for (size_t b = 0; b < d->blocks; b++) {
			const struct point *p = &d->arm[i].block[b];

			if (p->state == POINT_OK)
				c->id[c->n++] = (*p->row)->trial;
		}
	qsort(c->id, c->n, sizeof *c->id, by_number);
}

static int by_trial(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	int experiments = strcmp(x->row->experiment, y->row->experiment);

	if (experiments)
		return experiments;
	if (x->row->trial != y->row->trial)
		return x->row->trial < y->row->trial ? -1 : 1;
	return x->at < y->at ? -1 : 1;
}

static int by_id(const void *a, const void *b)
{
	const struct trial *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

/* By experiment, then by status: the table's order. */
static int by_place(const void *a, const void *b)
{
	const struct failure *x = a, *y = b;
	int experiments = strcmp(x->experiment, y->experiment);

	return experiments ? experiments : (int)x->status - (int)y->status;
}

static struct tally *tally_of(struct source *s, const char *experiment)
{
	for (size_t i = 0; i < s->specs; i++)
		if (!strcmp(s->spec[i].name, experiment))
			return &s->tally[i];
	return NULL;
}

/* The failure that @r belongs to; made when it is the first. */
static struct failure *failure_of(struct source *s, const struct sample *r)
{
	enum status status = status_find(r->status);
	struct failure *f = s->failure;

	while (f < s->failure + s->failures &&
	       (strcmp(f->name, r->status) || strcmp(f->experiment, r->experiment)))
		f++;
	if (f == s->failure + s->failures) {
		s->failures++;
		f->experiment = r->experiment;
		f->status = status;
		f->name = r->status;
	}
	return f;
}

/* One trial, the @n rows from @l on: it is entered once for each status it met. */
static void enter(struct source *s, const struct line *l, size_t n, const struct plan *p,
		  const struct counted *c)
{
	const struct trial key = { .id = l->row->trial };
	const struct trial *t = bsearch(&key, p->trial, p->n, sizeof key, by_id);
	bool saved = bsearch(&key.id, c->id, c->n, sizeof key.id, by_number);
	bool met[STATUS_COUNT + 1] = { false };

	for (size_t i = 0; i < n; i++) {
		const struct sample *r = l[i].row;
		struct failure *f = strcmp(r->status, "ok") ? failure_of(s, r) : NULL;

		if (!f)
			continue;
		f->trials += !met[f->status];
		f->saved += saved && !met[f->status];
		met[f->status] = true;
		if (t)
			names_add(&f->cells, t->cell, s->arena);
		if (*r->reason)
			names_add(&f->reasons, r->reason, s->arena);
	}
}

static void sum_up(struct source *s, struct plan *p, const struct sample *row, size_t n,
		   const struct counted *c)
{
	struct line *l = arena_alloc(s->arena, n * sizeof *l);
	struct tally *t;
	size_t k;

	for (size_t i = 0; i < p->n; i++)
		if ((t = tally_of(s, p->trial[i].experiment)))
			t->planned++;
	qsort(p->trial, p->n, sizeof *p->trial, by_id);
	for (size_t i = 0; i < n; i++)
		l[i] = (struct line){ &row[i], i };
	qsort(l, n, sizeof *l, by_trial);
	for (size_t i = 0; i < n; i += k) {
		for (k = 1; i + k < n && l[i + k].row->trial == l[i].row->trial; k++)
			;
		if ((t = tally_of(s, l[i].row->experiment)))
			t->run++;
		enter(s, &l[i], k, p, c);
	}
	qsort(s->failure, s->failures, sizeof *s->failure, by_place);
}

void failures_read(struct source *s)
{
	const char *plan = arena_printf(s->arena, "%s/plan.csv", s->dir);
	const char *samples = arena_printf(s->arena, "%s/samples.csv", s->dir);
	struct counted counted;
	struct dataset d;
	struct sample *row;
	struct plan p;
	size_t n, torn;

	s->tally = arena_alloc(s->arena, s->specs * sizeof *s->tally);
	if (plan_read(&p, plan, s->arena) < 0 ||
	    samples_read(samples, &row, &n, &torn, s->arena) < 0 ||
	    dataset_make(&d, &p, row, n, s->arena) < 0)
		return;
	counted_make(&counted, &d, s->arena);
	s->failure = arena_alloc(s->arena, (n + 1) * sizeof *s->failure);
	sum_up(s, &p, row, n, &counted);
	s->rows = true;
}

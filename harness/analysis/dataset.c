#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/stats.h"
#include "analysis/dataset.h"

/* The rows that count for something, by trial and pass. */
struct index {
	const struct sample **row;
	size_t n;
};

static int order(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int is_twin(const struct trial *t)
{
	return !strcmp(t->role, "twin");
}

/* Length of "workload/strategy/placement" in a cell's name. */
static size_t stem(const char *cell)
{
	const char *last = strrchr(cell, '/');

	return last ? (size_t)(last - cell) : strlen(cell);
}

/* Order of cells; 0 for two trials of the same one. */
static int compare_arms(const struct trial *a, const struct trial *b)
{
	size_t n = stem(a->cell), m = stem(b->cell);
	int d = strcmp(a->experiment, b->experiment);

	if (!d)
		d = strncmp(a->cell, b->cell, n < m ? n : m);
	if (!d)
		d = order(n, m);
	if (!d)
		d = order(a->workers, b->workers);
	return d ? d : is_twin(a) - is_twin(b);
}

static int by_arm(const void *x, const void *y)
{
	const struct trial *a = *(const struct trial *const *)x;
	const struct trial *b = *(const struct trial *const *)y;
	int d = compare_arms(a, b);

	return d ? d : order(a->block, b->block);
}

static int by_id(const void *x, const void *y)
{
	return order((*(const struct trial *const *)x)->id,
		     (*(const struct trial *const *)y)->id);
}

static int by_trial(const void *x, const void *y)
{
	const struct sample *a = *(const struct sample *const *)x;
	const struct sample *b = *(const struct sample *const *)y;
	int d = order(a->trial, b->trial);

	return d ? d : order(a->rep, b->rep);
}

static void index_make(struct index *x, const struct sample *s, size_t n, struct arena *a)
{
	x->row = arena_alloc(a, (n + 1) * sizeof *x->row);
	x->n = 0;
	for (size_t i = 0; i < n; i++)
		if (status_find(s[i].status) != STATUS_INTERRUPTED)
			x->row[x->n++] = &s[i];
	qsort(x->row, x->n, sizeof *x->row, by_trial);
}

/* The first row of trial @id, or where it would be. */
static size_t index_find(const struct index *x, uint64_t id)
{
	size_t lo = 0, hi = x->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (x->row[mid]->trial < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static int is_barred(enum status s)
{
	return s == STATUS_SKIPPED || s == STATUS_NOT_APPLICABLE;
}

/* What the rows of @p make of it.  A disturbed trial was run again at once: the
 * last try decides, and is what is left. */
static void judge(struct point *p, struct arm *c)
{
	bool failed = false;
	enum status last;

	for (size_t i = 0; i < p->rows; i++) {
		const struct sample *s = p->row[i];
		enum status st = status_find(s->status);

		if (is_barred(st)) {
			p->state = POINT_ABSENT;
			c->barred = *s->reason ? s->reason : s->status;
			return;
		}
		failed |= !status_measured(st) && st != STATUS_EXPECTED_FAIL;
	}
	if (!p->rows)
		return;
	last = status_find(p->row[p->rows - 1]->status);
	p->state = failed ? POINT_FAILED : last == STATUS_OK ? POINT_OK :
		   last == STATUS_EXPECTED_FAIL ? POINT_EXPECTED : POINT_INVALID;
	for (; p->state != POINT_FAILED && status_find((*p->row)->status) != last; p->rows--)
		p->row++;
}

/* Put trial @t into its block of @c. */
static int place(struct arm *c, const struct trial *t, const struct index *x)
{
	struct point *p = &c->block[t->block - 1];

	if (p->row)
		return fail("plan: '%s' (%s) is in block %" PRIu64 " of %s twice",
			    t->cell, t->role, t->block, t->experiment);
	p->row = &x->row[index_find(x, t->id)];
	while (p->row + p->rows < x->row + x->n && p->row[p->rows]->trial == t->id)
		p->rows++;
	judge(p, c);
	return 0;
}

/* Every trial once, and every row of a trial that is planned. */
static int check(const struct trial **t, size_t n, const struct index *x)
{
	size_t at = 0;

	qsort(t, n, sizeof *t, by_id);
	for (size_t i = 1; i < n; i++)
		if (t[i]->id == t[i - 1]->id)
			return fail("plan: trial %016" PRIx64 " is there twice", t[i]->id);
	for (size_t i = 0; i < n; i++) {
		if (t[i]->block < 1 || t[i]->block > n)
			return fail("plan: trial %016" PRIx64 " is in block %" PRIu64,
				    t[i]->id, t[i]->block);
		while (at < x->n && x->row[at]->trial == t[i]->id)
			at++;
	}
	return at == x->n ? 0 :
		fail("samples: trial %016" PRIx64 " is not in the plan", x->row[at]->trial);
}

/* Only an arm that was never run is barred. */
static void settle(struct dataset *d)
{
	for (size_t i = 0; i < d->arms; i++)
		for (size_t b = 0; b < d->blocks; b++)
			if (d->arm[i].block[b].state != POINT_ABSENT)
				d->arm[i].barred = NULL;
}

static void allocate(struct dataset *d, const struct trial **t, size_t n,
		     const struct index *x, struct arena *a)
{
	for (size_t i = 0; i < n; i++)
		if (t[i]->block > d->blocks)
			d->blocks = t[i]->block;
	d->arm = arena_alloc(a, (n + 1) * sizeof *d->arm);
	d->pass = arena_alloc(a, (x->n + 1) * sizeof *d->pass);
}

int dataset_make(struct dataset *d, const struct plan *p, const struct sample *s,
		 size_t n, struct arena *a)
{
	const struct trial **t = arena_alloc(a, (p->n + 1) * sizeof *t);
	struct arm *c = NULL;
	struct index x;

	*d = (struct dataset){ 0 };
	for (size_t i = 0; i < p->n; i++)
		t[i] = &p->trial[i];
	index_make(&x, s, n, a);
	if (check(t, p->n, &x) < 0)
		return -1;
	allocate(d, t, p->n, &x, a);
	qsort(t, p->n, sizeof *t, by_arm);
	for (size_t i = 0; i < p->n; i++) {
		if (!c || compare_arms(c->trial, t[i])) {
			c = &d->arm[d->arms++];
			c->trial = t[i];
			c->block = arena_alloc(a, d->blocks * sizeof *c->block);
		}
		if (place(c, t[i], &x) < 0)
			return -1;
	}
	settle(d);
	return 0;
}

bool arm_is(const struct arm *c, const char *role)
{
	return !strcmp(c->trial->role, role);
}

const struct arm *dataset_arm(const struct dataset *d, const char *experiment,
				const char *name)
{
	for (const struct arm *c = d->arm; c < d->arm + d->arms; c++)
		if (!strcmp(c->trial->experiment, experiment) &&
		    !strcmp(c->trial->cell, name) && !is_twin(c->trial))
			return c;
	return NULL;
}

const struct arm *dataset_control(const struct dataset *d, const char *experiment,
				   const char *name, const char *role)
{
	size_t label = strcspn(name, "/") + 1;

	for (const struct arm *c = d->arm; c < d->arm + d->arms; c++)
		if (!strcmp(c->trial->experiment, experiment) &&
		    !strncmp(c->trial->cell, name, label) && arm_is(c, role))
			return c;
	return NULL;
}

double arm_value(const struct dataset *d, const struct arm *c, size_t b,
		  const struct metric *m)
{
	const struct point *p = &c->block[b];

	if (p->state != POINT_OK &&
	    !(m->counts && (p->state == POINT_EXPECTED || p->state == POINT_INVALID)))
		return NAN;
	for (size_t i = 0; i < p->rows; i++)
		d->pass[i] = metric_value(m, p->row[i]);
	return stats_median(d->pass, p->rows);
}

size_t arm_values(const struct dataset *d, const struct arm *c,
		   const struct metric *m, double *x)
{
	size_t n = 0;

	for (size_t b = 0; b < d->blocks; b++) {
		x[n] = arm_value(d, c, b, m);
		n += isfinite(x[n]) != 0;
	}
	return n;
}

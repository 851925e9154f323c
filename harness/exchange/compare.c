#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "exchange/compare.h"

/* The chance, over all cells, of one verdict "slower" or "faster" too many. */
#define ALPHA 0.05

const char *const compare_verdicts[] = {
	"slower", "faster", "unclear", "refused", "same", NULL
};

/* Both are known, and differ. */
static int unlike(uint64_t a, uint64_t b)
{
	return a != NONE && b != NONE && a != b;
}

/* Why the work of two cells cannot be compared, or NULL. */
static const char *refusal(const struct trial *a, const struct trial *b)
{
	if (a->tasks != b->tasks)
		return "the number of tasks differs";
	if (a->units == NONE || b->units == NONE)
		return "the size was never found";
	if (a->units != b->units || a->seed != b->seed)
		return NULL;
	if (unlike(a->checksum, b->checksum) || unlike(a->state, b->state))
		return "the same work gave another result";
	return unlike(a->ops, b->ops) ? "the same work asked for other operations" : NULL;
}

static const char *needs_blocks(const struct pair *p, struct arena *arena)
{
	if (p->a->barred || p->b->barred)
		return arena_printf(arena, "not run in %s: %s", p->a->barred ? "A" : "B",
				    p->a->barred ? p->a->barred : p->b->barred);
	return arena_printf(arena, "fewer than %d blocks: %zu and %zu", STATS_FLOOR,
			    p->na, p->nb);
}

static void measure(struct pair *p, const struct comparison *c, struct arena *arena)
{
	double *a = arena_alloc(arena, (c->a->data.blocks + 1) * sizeof *a);
	double *b = arena_alloc(arena, (c->b->data.blocks + 1) * sizeof *b);

	p->metric = p->a->trial->units == p->b->trial->units ? "wall_ns" : "ns_per_unit";
	p->na = result_values(c->a, p->a, p->metric, a);
	p->nb = result_values(c->b, p->b, p->metric, b);
	p->shift = stats_shift(a, p->na, b, p->nb);
	p->medians = stats_medians(a, p->na, b, p->nb);
	p->median_a = stats_median(a, p->na);
	p->median_b = stats_median(b, p->nb);
}

static void pair_make(struct pair *p, const struct comparison *c, struct arena *arena)
{
	static const struct shift nothing = { { NAN, NAN, NAN, NAN }, NAN };

	measure(p, c, arena);
	p->p_holm = NAN;
	p->reason = refusal(p->a->trial, p->b->trial);
	if (p->reason) {
		p->verdict = "refused";
		p->shift = nothing;
		p->medians = nothing.ratio;
	} else if (isnan(p->shift.p)) {
		p->verdict = "unclear";
		p->reason = needs_blocks(p, arena);
	}
}

/* 1: above 1, -1: below, 0: it holds 1. */
static int side(const struct interval *v)
{
	return (v->lo > 1) - (v->hi < 1);
}

/* What the interval says, once chance is accounted for.  It assumes equal
 * shapes: where the interval of the medians, which does not, says otherwise, the
 * shapes differ and the matter is open. */
static void judge(struct pair *p)
{
	const struct interval *v = &p->shift.ratio;

	p->verdict = "unclear";
	p->reason = "";
	if (v->lo >= 1 / COMPARE_MARGIN && v->hi <= COMPARE_MARGIN)
		p->verdict = "same";
	else if (!side(v))
		p->reason = "the interval holds 1";
	else if (p->p_holm > ALPHA)
		p->reason = "may be chance among so many";
	else if (side(v) != side(&p->medians))
		p->reason = "the medians do not confirm it";
	else
		p->verdict = side(v) > 0 ? "slower" : "faster";
}

/* Correct every p for the number of cells, then judge those that have one. */
static void family_judge(struct comparison *c, struct arena *arena)
{
	double *p = arena_alloc(arena, (c->pairs + 1) * sizeof *p);
	size_t n = 0;

	c->least_p = NAN;
	for (size_t i = 0; i < c->pairs; i++)
		if (!isnan(c->pair[i].shift.p)) {
			p[n++] = c->pair[i].shift.p;
			c->least_p = fmin(c->least_p, stats_shift_least_p(c->pair[i].na,
									  c->pair[i].nb));
		}
	stats_holm(p, n);
	c->family = n;
	c->least_p = n ? fmin(1, c->least_p * (double)n) : NAN;
	n = 0;
	for (size_t i = 0; i < c->pairs; i++)
		if (!isnan(c->pair[i].shift.p)) {
			c->pair[i].p_holm = p[n++];
			judge(&c->pair[i]);
		}
}

/* The median over block @b of the loop before each trial; NaN: none. */
static double canary(const struct dataset *d, size_t b, double *x)
{
	size_t n = 0;

	for (size_t i = 0; i < d->arms; i++) {
		const struct point *p = &d->arm[i].block[b];

		if (p->state == POINT_OK && (*p->row)->m.canary_before_ns != NONE)
			x[n++] = (double)(*p->row)->m.canary_before_ns;
	}
	return stats_median(x, n);
}

static size_t canaries(const struct dataset *d, double *block, struct arena *arena)
{
	double *x = arena_alloc(arena, (d->arms + 1) * sizeof *x);
	size_t n = 0;

	for (size_t b = 0; b < d->blocks; b++) {
		block[n] = canary(d, b, x);
		n += isfinite(block[n]) != 0;
	}
	return n;
}

static void control(struct comparison *c, struct arena *arena)
{
	double *a = arena_alloc(arena, (c->a->data.blocks + 1) * sizeof *a);
	double *b = arena_alloc(arena, (c->b->data.blocks + 1) * sizeof *b);

	c->control_a = canaries(&c->a->data, a, arena);
	c->control_b = canaries(&c->b->data, b, arena);
	c->control = stats_shift(a, c->control_a, b, c->control_b);
}

static int rank(const char *verdict)
{
	int i = 0;

	while (strcmp(compare_verdicts[i], verdict))
		i++;
	return i;
}

/* How far from 1; what is not known comes last. */
static double effect(const struct pair *p)
{
	double e = fabs(log(p->shift.ratio.mid));

	return isnan(e) ? -1 : e;
}

/* By verdict, then the largest effect first. */
static int order(const void *x, const void *y)
{
	const struct pair *a = x, *b = y;
	double d = effect(b) - effect(a);

	if (rank(a->verdict) != rank(b->verdict))
		return rank(a->verdict) - rank(b->verdict);
	if (d > 0 || d < 0)
		return d > 0 ? 1 : -1;
	return (a->a > b->a) - (a->a < b->a);
}

void compare_make(struct comparison *c, const struct result *a, const struct result *b,
		  struct arena *arena)
{
	*c = (struct comparison){ .a = a, .b = b };
	differences_make(c, arena);
	pairs_match(c, arena);
	for (size_t i = 0; i < c->pairs; i++)
		pair_make(&c->pair[i], c, arena);
	family_judge(c, arena);
	control(c, arena);
	qsort(c->pair, c->pairs, sizeof *c->pair, order);
}

size_t compare_count(const struct comparison *c, const char *verdict)
{
	size_t n = 0;

	for (size_t i = 0; i < c->pairs; i++)
		n += !strcmp(c->pair[i].verdict, verdict);
	return n;
}

size_t compare_per_unit(const struct comparison *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->pairs; i++)
		n += !strcmp(c->pair[i].metric, "ns_per_unit");
	return n;
}

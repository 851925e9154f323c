/*
 * contrast.c - ratios of two cells, taken inside each block so that what
 * disturbs both alike cancels, then their median with its exact interval.
 */
#include <math.h>
#include <string.h>

#include "base/err.h"
#include "analysis/analysis.h"

#define AT(field) offsetof(struct contrast, field)

const struct column contrast_columns[] = {
	{ "experiment", FIELD_TEXT, AT(experiment), "", "name of the experiment file" },
	{ "kind", FIELD_TEXT, AT(kind), "", "speedup, scaling, twin, claim; growth: a claim with "
	  "scaling_from; excess: one with minus" },
	{ "left", FIELD_TEXT, AT(left), "", "cell above the line" },
	{ "right", FIELD_TEXT, AT(right), "", "cell below it, or of an excess, taken away; "
	  "empty: left's own value" },
	{ "metric", FIELD_TEXT, AT(metric), "", "what is compared" },
	{ "ratio", FIELD_REAL, AT(ratio), "1", "median over blocks of left over right, or less it" },
	{ "lo", FIELD_REAL, AT(lo), "1", "order-statistic interval: lower end" },
	{ "hi", FIELD_REAL, AT(hi), "1", "order-statistic interval: upper end" },
	{ "n", FIELD_WHOLE, AT(n), "", "blocks used" },
	{ "level", FIELD_REAL, AT(level), "1", "exact coverage of the interval" },
	{ "dropped", FIELD_WHOLE, AT(dropped), "", "blocks with a row that does not count" },
	{ "walsh", FIELD_REAL, AT(walsh), "1", "pseudo-median of the ratios" },
	{ "walsh_lo", FIELD_REAL, AT(walsh_lo), "1", "signed-rank interval: lower end" },
	{ "walsh_hi", FIELD_REAL, AT(walsh_hi), "1", "signed-rank interval: upper end" },
	{ "agree", FIELD_WHOLE, AT(agree), "", "0: the intervals lead to different conclusions" },
	{ NULL, FIELD_TEXT, 0, NULL, NULL }
};

static int lacks(const struct arm *c, size_t b)
{
	return c && c->block[b].state == POINT_ABSENT;
}

static int is_absent(const struct side *s, size_t b)
{
	return lacks(s->arm, b) || lacks(s->base, b) || lacks(s->minus, b);
}

static double side_value(const struct dataset *d, const struct side *s, size_t b,
			 const struct metric *m)
{
	double v = arm_value(d, s->arm, b, m);

	if (s->minus)
		v -= arm_value(d, s->minus, b, m);
	return s->base ? v / arm_value(d, s->base, b, m) : v;
}

void ratios_make(struct ratios *r, const struct dataset *d, struct side left,
		 struct side right, const struct metric *m, struct arena *a)
{
	*r = (struct ratios){ .x = arena_alloc(a, (d->blocks + 1) * sizeof *r->x) };
	for (size_t b = 0; b < d->blocks; b++) {
		double v;

		if (is_absent(&left, b) || is_absent(&right, b))
			continue;
		v = side_value(d, &left, b, m);
		if (right.arm)
			v /= side_value(d, &right, b, m);
		if (isfinite(v))
			r->x[r->n++] = v;
		else
			r->dropped++;
	}
}

static int excludes_one(double lo, double hi)
{
	return lo > 1 || hi < 1;
}

/* Do the two intervals of @c lead to the same conclusion? */
static uint64_t agree(const struct contrast *c)
{
	if (isnan(c->lo) || isnan(c->walsh_lo))
		return NONE;
	if (c->hi < c->walsh_lo || c->walsh_hi < c->lo)
		return 0;
	return !c->right ||
	       excludes_one(c->lo, c->hi) == excludes_one(c->walsh_lo, c->walsh_hi);
}

void contrast_make(struct contrast *c, const char *kind, struct ratios *r,
		   const struct arm *left, const struct arm *right,
		   const struct metric *m)
{
	struct interval w = stats_walsh_interval(r->x, r->n);
	struct interval v = stats_order_interval(r->x, r->n);

	*c = (struct contrast){
		.experiment = left->trial->experiment, .kind = kind,
		.left = left->trial->cell, .right = right ? right->trial->cell : NULL,
		.metric = m->name,
		.ratio = v.mid, .lo = v.lo, .hi = v.hi, .level = v.level,
		.n = r->n, .dropped = r->dropped,
		.walsh = w.mid, .walsh_lo = w.lo, .walsh_hi = w.hi,
	};
	c->agree = agree(c);
	if (!c->agree)
		warn("%s: %s of %s%s%s: order-statistic interval %.4g .. %.4g and signed-rank "
		     "interval %.4g .. %.4g disagree", c->experiment, c->metric, c->left,
		     right ? " over " : "", right ? c->right : "",
		     c->lo, c->hi, c->walsh_lo, c->walsh_hi);
}

struct interval contrast_of(const struct dataset *d, const struct arm *left,
			    const struct arm *right, const struct metric *m, struct arena *a)
{
	struct ratios r;

	ratios_make(&r, d, (struct side){ .arm = left }, (struct side){ .arm = right }, m, a);
	return stats_order_interval(r.x, r.n);
}

const struct arm *contrast_at_one(const struct dataset *d, const struct arm *c,
				   struct arena *a)
{
	const char *name = c->trial->cell, *last = strrchr(name, '/');

	if (c->trial->workers == 1)
		return c;
	return last ? dataset_arm(d, c->trial->experiment,
				   arena_printf(a, "%.*s/1", (int)(last - name), name)) : NULL;
}

/* Append one of wall_ns, unless nothing was measured to compare. */
static void append(struct analysis *x, const char *kind, const struct dataset *d,
		   const struct arm *left, const struct arm *right, struct arena *a)
{
	const struct metric *wall = metric_find("wall_ns");
	struct ratios r;

	if (!left || !right || left == right)
		return;
	ratios_make(&r, d, (struct side){ .arm = left }, (struct side){ .arm = right }, wall, a);
	if (r.n || r.dropped)
		contrast_make(&x->contrast[x->contrasts++], kind, &r, left, right, wall);
}

void contrasts_make(struct analysis *x, const struct dataset *d, struct arena *a)
{
	for (const struct arm *c = d->arm; c < d->arm + d->arms; c++) {
		const struct arm *base = dataset_control(d, c->trial->experiment,
							  c->trial->cell, "baseline");

		if (arm_is(c, "twin")) {
			append(x, "twin", d, c, base, a);
			continue;
		}
		append(x, "speedup", d, base, c, a);
		append(x, "scaling", d, contrast_at_one(d, c, a), c, a);
	}
}

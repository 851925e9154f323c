/*
 * verdict.c - what the samples say of a claim.  Two tables of rules, tried in
 * order: first whether the claim can be tested at all, then, with the p values
 * of all testable claims of the experiment adjusted after Holm, what it is.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/err.h"
#include "analysis/analysis.h"

#define AT(field) offsetof(struct verdict, field)

const struct column verdict_columns[] = {
	{ "experiment", FIELD_TEXT, AT(experiment), "", "name of the experiment file" },
	{ "claim", FIELD_TEXT, AT(claim), "", "name of the claim in it" },
	{ "verdict", FIELD_TEXT, AT(verdict), "", "HOLDS, FAILS, UNCLEAR or SKIPPED" },
	{ "metric", FIELD_TEXT, AT(metric), "", "what is compared" },
	{ "ratio", FIELD_REAL, AT(ratio), "1", "median over blocks" },
	{ "lo", FIELD_REAL, AT(lo), "1", "its interval: lower end" },
	{ "hi", FIELD_REAL, AT(hi), "1", "its interval: upper end" },
	{ "expect_lo", FIELD_REAL, AT(expect_lo), "1", "least expected; empty: open" },
	{ "expect_hi", FIELD_REAL, AT(expect_hi), "1", "most expected; empty: open" },
	{ "n", FIELD_WHOLE, AT(n), "", "blocks used" },
	{ "reason", FIELD_TEXT, AT(reason), "",
	  "why it is UNCLEAR or SKIPPED; whose server set the speed" },
	{ "p", FIELD_REAL, AT(p), "1", "sign test against the expectation" },
	{ "p_holm", FIELD_REAL, AT(p_holm), "1", "adjusted for the experiment's claims" },
	{ "confirms", FIELD_TEXT, AT(confirms), "", "claims of the notes it would confirm" },
	{ "refutes", FIELD_TEXT, AT(refutes), "", "claims of the notes it would refute" },
	{ "published", FIELD_REAL, AT(published), "1", "the same ratio, as the source has it" },
	{ NULL, FIELD_TEXT, 0, NULL, NULL }
};

static const struct {
	double twin_shift;	/* a twin this far off is no accident of order */
	double spread;		/* MAD over median: the baseline is not one number */
	double alpha;		/* chance of failing any true claim of an experiment */
} limit = { .twin_shift = 0.02, .spread = 0.15, .alpha = 0.05 };

/* A claim on trial. */
struct hearing {
	const struct dataset *data;
	const struct spec *spec;
	const struct claim *claim;
	uint64_t cores;
	const struct arm *left, *right, *minus;	/* NULL: not in the plan */
	const struct arm *left_base, *right_base;
	struct ratios ratios;
	struct contrast contrast;	/* n is 0 when there is none */
	double p, p_holm;		/* NaN: not tested */
	struct arena *arena;
};

/* A rule gives the reason when it applies, "" when none need be given. */
struct rule {
	const char *verdict;
	const char *(*applies)(const struct hearing *h);
};

static const char *lacks_cores(const struct hearing *h)
{
	if (h->claim->cores <= h->cores)
		return NULL;
	return arena_printf(h->arena, "needs %" PRIu64 " cores; has %" PRIu64,
			    h->claim->cores, h->cores);
}

static const char *lacks_cell(const struct hearing *h)
{
	const struct claim *c = h->claim;
	const struct { const char *name; const struct arm *arm; } cell[] = {
		{ c->left, h->left }, { c->right, h->right }, { c->minus, h->minus },
		{ c->left_base, h->left_base }, { c->right_base, h->right_base },
	};

	for (size_t i = 0; i < sizeof cell / sizeof *cell; i++)
		if (cell[i].name && !cell[i].arm)
			return arena_printf(h->arena, "%s is not in the plan", cell[i].name);
	return NULL;
}

static const char *is_barred(const struct hearing *h)
{
	const struct arm *arm[] = { h->left, h->right, h->minus, h->left_base, h->right_base };

	for (size_t i = 0; i < sizeof arm / sizeof *arm; i++)
		if (arm[i] && arm[i]->barred)
			return arm[i]->barred;
	return NULL;
}

static const char *lacks_blocks(const struct hearing *h)
{
	const struct ratios *r = &h->ratios;

	if (r->n >= STATS_FLOOR)
		return NULL;
	return arena_printf(h->arena, r->dropped ?
			    "n=%zu: an interval needs %d blocks; %" PRIu64 " dropped" :
			    "n=%zu: an interval needs %d blocks",
			    r->n, STATS_FLOOR, r->dropped);
}

/* What the controls of the workload of @cell say against the machine: whether they
 * agree in what is claimed (or in wall time, when they have none of it), and whether
 * the time that the baseline takes is one number. */
static const char *unrest(const struct hearing *h, const char *cell)
{
	const struct dataset *d = h->data;
	int label = (int)strcspn(cell, "/");
	const struct arm *base = dataset_control(d, h->spec->name, cell, "baseline");
	const struct arm *twin = dataset_control(d, h->spec->name, cell, "twin");
	double *x = arena_alloc(h->arena, (d->blocks + 1) * sizeof *x), spread;
	struct interval v = { NAN, NAN, NAN, NAN };

	if (base && twin)
		v = contrast_of(d, twin, base, metric_find(h->claim->metric), h->arena);
	if (base && twin && isnan(v.lo))
		v = contrast_of(d, twin, base, metric_find("wall_ns"), h->arena);
	if (isnan(v.lo))
		return arena_printf(h->arena, "no A/A control of %.*s: too few blocks",
				    label, cell);
	if ((v.lo > 1 || v.hi < 1) && fabs(v.mid - 1) > limit.twin_shift)
		return arena_printf(h->arena, "not quiet: A/A twin of %.*s is %.3f [%.3f; %.3f]",
				    label, cell, v.mid, v.lo, v.hi);
	spread = stats_spread(x, arm_values(d, base, metric_find("wall_ns"), x));
	if (spread > limit.spread)
		return arena_printf(h->arena, "not quiet: baseline of %.*s spreads %.3f > %.2f",
				    label, cell, spread, limit.spread);
	return NULL;
}

static const char *is_restless(const struct hearing *h)
{
	const struct claim *c = h->claim;
	const char *why, *other = c->right ? c->right : c->minus;

	if (metric_find(c->metric)->counts)
		return NULL;
	why = unrest(h, c->left);
	return why || !other ? why : unrest(h, other);
}

static const struct rule obstacles[] = {
	{ "SKIPPED", lacks_cores },
	{ "SKIPPED", lacks_cell },
	{ "SKIPPED", is_barred },
	{ "UNCLEAR", lacks_blocks },
	{ "UNCLEAR", is_restless },
	{ NULL, NULL }
};

static const char *lies_within(const struct hearing *h)
{
	const struct contrast *v = &h->contrast;

	return v->lo >= h->claim->lo && v->hi <= h->claim->hi ? "" : NULL;
}

static const char *straddles(const struct hearing *h)
{
	const struct contrast *v = &h->contrast;

	return v->hi >= h->claim->lo && v->lo <= h->claim->hi ? "straddles a bound" : NULL;
}

static const char *may_be_chance(const struct hearing *h)
{
	if (h->p_holm <= limit.alpha)
		return NULL;
	return arena_printf(h->arena, "holm: outside but p=%.3g after adjustment", h->p_holm);
}

static const char *is_outside(const struct hearing *h)
{
	(void)h;
	return "";
}

static const struct rule outcomes[] = {
	{ "HOLDS", lies_within },
	{ "UNCLEAR", straddles },
	{ "UNCLEAR", may_be_chance },
	{ "FAILS", is_outside },
	{ NULL, NULL }
};

/* Fill in @v what the first rule that applies says; 0 when none does. */
static int decide(struct verdict *v, const struct rule *r, const struct hearing *h)
{
	for (; r->verdict; r++) {
		v->reason = r->applies(h);
		if (v->reason) {
			v->verdict = r->verdict;
			return 1;
		}
	}
	return 0;
}

static const struct arm *find(const struct hearing *h, const char *name)
{
	return name ? dataset_arm(h->data, h->spec->name, name) : NULL;
}

/* Look up the cells and compare them.  0, or -1, reported. */
static int hear(struct hearing *h)
{
	const struct claim *c = h->claim;
	const struct metric *m = metric_find(c->metric);

	if (!m)
		return fail("%s: claim '%s': no metric '%s'", h->spec->name, c->name, c->metric);
	h->left = dataset_arm(h->data, h->spec->name, c->left);
	h->right = find(h, c->right);
	h->minus = find(h, c->minus);
	h->left_base = find(h, c->left_base);
	h->right_base = find(h, c->right_base);
	if (lacks_cell(h))
		return 0;
	ratios_make(&h->ratios, h->data,
		    (struct side){ h->left, h->left_base, h->minus },
		    (struct side){ h->right, h->right_base, NULL }, m, h->arena);
	if (!h->ratios.n && !h->ratios.dropped)
		return 0;
	contrast_make(&h->contrast, c->left_base ? "growth" : c->minus ? "excess" : "claim",
		      &h->ratios, h->left, h->right, m);
	if (c->minus)
		h->contrast.right = c->minus;
	return 0;
}

static void enter(struct verdict *v, const struct hearing *h)
{
	const struct claim *c = h->claim;
	int any = h->ratios.n > 0;

	v->experiment = h->spec->name;
	v->claim = c->name;
	v->metric = c->metric;
	v->ratio = any ? h->contrast.ratio : NAN;
	v->lo = any ? h->contrast.lo : NAN;
	v->hi = any ? h->contrast.hi : NAN;
	v->expect_lo = c->lo;
	v->expect_hi = c->hi;
	v->n = h->ratios.n;
	v->p = h->p;
	v->p_holm = h->p_holm;
	v->confirms = c->confirms;
	v->refutes = c->refutes;
	v->published = c->published;
}

/* Adjust the p values of the @n hearings that have one, as one family. */
static void adjust(struct hearing *h, size_t n, struct arena *a)
{
	double *p = arena_alloc(a, (n + 1) * sizeof *p);
	size_t family = 0, k = 0;

	for (size_t i = 0; i < n; i++)
		if (!isnan(h[i].p))
			p[family++] = h[i].p;
	stats_holm(p, family);
	for (size_t i = 0; i < n; i++)
		if (!isnan(h[i].p))
			h[i].p_holm = p[k++];
}

/* What a testable claim is. */
static void judge(struct verdict *v, const struct hearing *h)
{
	const char *note = saturation_note(h->data, h->spec->name, h->claim, h->arena);

	decide(v, outcomes, h);
	v->reason = arena_printf(h->arena, "%s%s%s", v->reason,
				 *v->reason && *note ? "; " : "", note);
}

int verdicts_make(struct analysis *x, const struct dataset *d, const struct spec *spec,
		  uint64_t cores, struct arena *a)
{
	struct hearing *h = arena_alloc(a, (spec->claims + 1) * sizeof *h);
	struct verdict *v = x->verdict + x->verdicts;

	for (size_t i = 0; i < spec->claims; i++) {
		const struct claim *c = &spec->claim[i];

		h[i] = (struct hearing){ .data = d, .spec = spec, .claim = c, .cores = cores,
					 .p = NAN, .p_holm = NAN, .arena = a };
		if (hear(&h[i]) < 0)
			return -1;
		if (h[i].contrast.kind)
			x->contrast[x->contrasts++] = h[i].contrast;
		if (!decide(&v[i], obstacles, &h[i]))
			h[i].p = stats_sign_p(h[i].ratios.x, h[i].ratios.n, c->lo, c->hi);
	}
	adjust(h, spec->claims, a);
	for (size_t i = 0; i < spec->claims; i++) {
		if (!v[i].verdict)
			judge(&v[i], &h[i]);
		enter(&v[i], &h[i]);
	}
	x->verdicts += spec->claims;
	return 0;
}

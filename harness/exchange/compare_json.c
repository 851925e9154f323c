/*
 * compare_json.c - the comparison for programs: one JSON document.  A number
 * that does not exist is null.
 */
#include <jansson.h>
#include <math.h>

#include "base/err.h"
#include "exchange/compare.h"

static json_t *number(double v)
{
	return isfinite(v) ? json_real(v) : json_null();
}

static json_t *run(const struct result *r)
{
	return json_pack("{ss ss}", "dir", r->dir, "run_id", condition_find(r, "run_id"));
}

static json_t *differences(const struct comparison *c)
{
	json_t *all = json_array();

	for (size_t i = 0; i < c->differences; i++)
		json_array_append_new(all, json_pack("{ss ss ss}",
			"name", c->difference[i].name, "a", c->difference[i].a,
			"b", c->difference[i].b));
	return all;
}

static json_t *shift(const struct shift *s, size_t na, size_t nb)
{
	return json_pack("{so so so so so sI sI}", "ratio", number(s->ratio.mid),
			 "lo", number(s->ratio.lo), "hi", number(s->ratio.hi),
			 "level", number(s->ratio.level), "p", number(s->p),
			 "n_a", (json_int_t)na, "n_b", (json_int_t)nb);
}

static json_t *cell(const struct arm *c)
{
	const struct trial *t = c->trial;

	return json_pack("{ss ss ss ss ss ss ss sI}", "experiment", t->experiment,
			 "cell", t->cell, "workload", t->workload, "params", t->params,
			 "strategy", t->strategy, "options", t->options,
			 "placement", t->placement, "workers", (json_int_t)t->workers);
}

static json_t *pair(const struct pair *p)
{
	json_t *o = cell(p->a), *rest;

	json_object_update_new(o, shift(&p->shift, p->na, p->nb));
	rest = json_pack("{ss so so so so so so ss ss}", "metric", p->metric,
			 "median_a_ns", number(p->median_a), "median_b_ns",
			 number(p->median_b), "medians", number(p->medians.mid),
			 "medians_lo", number(p->medians.lo),
			 "medians_hi", number(p->medians.hi), "p_holm", number(p->p_holm),
			 "verdict", p->verdict, "reason", p->reason);
	json_object_update_new(o, rest);
	return o;
}

static json_t *cells(const struct comparison *c)
{
	json_t *all = json_array();

	for (size_t i = 0; i < c->pairs; i++)
		json_array_append_new(all, pair(&c->pair[i]));
	return all;
}

static json_t *only(const struct arm *const *arm, size_t n)
{
	json_t *all = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(all, cell(arm[i]));
	return all;
}

static json_t *counts(const struct comparison *c)
{
	json_t *o = json_object();

	for (const char *const *v = compare_verdicts; *v; v++)
		json_object_set_new(o, *v, json_integer((json_int_t)compare_count(c, *v)));
	return o;
}

int compare_json(const struct comparison *c, FILE *out)
{
	json_t *o = json_pack("{ss so so so so so sI so so so so so ss}",
		"schema", "samework-compare-1", "a", run(c->a), "b", run(c->b),
		"differs", differences(c), "control",
		shift(&c->control, c->control_a, c->control_b),
		"margin", number(COMPARE_MARGIN), "family", (json_int_t)c->family,
		"least_p", number(c->least_p), "counts", counts(c), "cells", cells(c),
		"only_a", only(c->only_a, c->onlys_a), "only_b", only(c->only_b, c->onlys_b),
		"method", "B over A of the trials: Hodges-Lehmann shift of the logarithms, "
		"exact Mann-Whitney interval, p after Holm; medians: B over A, percentile "
		"bootstrap over all resamples");
	int rc = o ? json_dumpf(o, out, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) : -1;

	json_decref(o);
	if (rc < 0)
		return fail("the comparison cannot be written as JSON");
	fputc('\n', out);
	return 0;
}

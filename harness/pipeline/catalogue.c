#include <jansson.h>

#include "base/err.h"
#include "pipeline/catalogue.h"
#include "pipeline/metric.h"

static json_t *params_json(const struct param *p)
{
	json_t *list = json_array();

	for (; p && p->name; p++)
		json_array_append_new(list,
			json_pack("{ss sI sI sI ss ss}", "name", p->name,
				  "default", (json_int_t)p->value, "min", (json_int_t)p->min,
				  "max", (json_int_t)p->max, "unit", p->unit, "help", p->help));
	return list;
}

static json_t *catalogue(void)
{
	json_t *w = json_array(), *s = json_array(), *p = json_array(), *m = json_array();

	for (const struct workload *const *i = workloads; *i; i++)
		json_array_append_new(w, json_pack("{ss ss ss ss so}", "name", (*i)->name,
			"summary", (*i)->summary, "unit", (*i)->unit,
			"bound", bound_name((*i)->bound), "params", params_json((*i)->params)));
	for (const struct strategy *const *i = strategies; *i; i++)
		json_array_append_new(s, json_pack("{ss ss ss so}", "name", (*i)->name,
			"summary", (*i)->summary, "engine", (*i)->engine,
			"params", params_json((*i)->params)));
	for (const struct placement *const *i = placements; *i; i++)
		json_array_append_new(p, json_pack("{ss ss}", "name", (*i)->name,
			"summary", (*i)->summary));
	for (const struct metric *i = metrics; i->name; i++)
		json_array_append_new(m, json_pack("{ss ss ss}", "name", i->name,
			"unit", i->unit, "help", i->help));
	return json_pack("{so so so so}", "workloads", w, "strategies", s,
			 "placements", p, "metrics", m);
}

int catalogue_json(FILE *out)
{
	json_t *doc = catalogue();
	int rc = doc ? json_dumpf(doc, out, JSON_INDENT(2)) : -1;

	json_decref(doc);
	if (rc < 0)
		return fail("the catalogue cannot be written");
	fputc('\n', out);
	return 0;
}

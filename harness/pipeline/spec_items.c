/* What is run: the workloads and strategies of a matrix, with parameters. */
#include <string.h>

#include "pipeline/spec_keys.h"

/* Divides by 1 .. 8, so that no worker has more to do than another. */
enum { TASKS_DEFAULT = 840 };

/* The parameters @p, from defaults and mapping @map (NULL: none given). */
static int read_params(struct reader *r, const struct node *map, const char *of,
		       const struct param *p, uint64_t **value)
{
	struct names known = { 0 };
	size_t n = params_count(p);

	*value = arena_alloc(r->a, n * sizeof **value);
	for (size_t i = 0; i < n; i++)
		(*value)[i] = p[i].value;
	if (!map)
		return 0;
	if (node_expect(map, NODE_MAP) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const struct node *v = node_get(map, p[i].name);

		names_add(&known, p[i].name, r->a);
		if (v && value_number(r, v, p[i].min, p[i].max, p[i].unit,
				      &(*value)[i]) < 0)
			return -1;
	}
	for (const struct node *v = map->child; v; v = v->next)
		if (!names_have(&known, v->key->text))
			return node_fail(v->key, "%s", names_unknown(&known, "parameter",
					 v->key->text, arena_printf(r->a, " of %s", of), r->a));
	return 0;
}

static int find_workload(struct reader *r, const struct node *v, void *field)
{
	struct spec_workload *w = field;
	struct names known = { 0 };

	if (node_expect(v, NODE_TEXT) < 0)
		return -1;
	w->workload = workload_find(v->text);
	w->label = v->text;
	for (size_t i = 0; workloads[i]; i++)
		names_add(&known, workloads[i]->name, r->a);
	return w->workload ? 0 :
		node_fail(v, "%s", names_unknown(&known, "workload", v->text, "", r->a));
}

static int workload_params(struct reader *r, const struct node *v, void *field)
{
	struct spec_workload *w = field;

	return read_params(r, v, w->workload->name, w->workload->params, &w->param);
}

static int find_strategy(struct reader *r, const struct node *v, void *field)
{
	struct spec_strategy *s = field;
	struct names known = { 0 };

	if (node_expect(v, NODE_TEXT) < 0)
		return -1;
	s->strategy = strategy_find(v->text);
	s->label = v->text;
	for (size_t i = 0; strategies[i]; i++)
		names_add(&known, strategies[i]->name, r->a);
	return s->strategy ? 0 :
		node_fail(v, "%s", names_unknown(&known, "strategy", v->text, "", r->a));
}

static int strategy_params(struct reader *r, const struct node *v, void *field)
{
	struct spec_strategy *s = field;

	return read_params(r, v, s->strategy->name, s->strategy->params, &s->option);
}

static int read_count(struct reader *r, const struct node *v, void *field)
{
	return value_number(r, v, 1, 1000000000, "", field);
}

static int read_failure(struct reader *r, const struct node *v, const char **status)
{
	struct names known = { 0 };

	if (node_expect(v, NODE_TEXT) < 0)
		return -1;
	for (enum status s = STATUS_OK + 1; s < STATUS_COUNT; s++)
		if (status_fails(s))
			names_add(&known, status_name(s), r->a);
	*status = v->text;
	return names_have(&known, v->text) ? 0 :
		node_fail(v, "%s", names_unknown(&known, "failing status", v->text, "", r->a));
}

/* A failing status for all strategies, or one for each that is named. */
static int read_ends(struct reader *r, const struct node *v, void *field)
{
	struct spec_workload *w = field;
	struct names known = { 0 };
	const struct spec *s = r->spec;

	w->ends = arena_alloc(r->a, s->strategies * sizeof *w->ends);
	for (size_t i = 0; i < s->strategies; i++) {
		const char *label = s->strategy[i].label;
		const struct node *one = v->kind == NODE_MAP ? node_get(v, label) : v;

		names_add(&known, label, r->a);
		if (one && read_failure(r, one, &w->ends[i]) < 0)
			return -1;
	}
	for (const struct node *n = v->kind == NODE_MAP ? v->child : NULL; n; n = n->next)
		if (!names_have(&known, n->key->text))
			return node_fail(n->key, "%s", names_unknown(&known, "strategy",
					 n->key->text, "", r->a));
	return 0;
}

static const struct key workload_keys[] = {
	{ "name", true, 0, find_workload },
	{ "as", false, offsetof(struct spec_workload, label), value_name },
	{ "params", false, 0, workload_params },
	{ "tasks", false, offsetof(struct spec_workload, tasks), read_count },
	{ "units", false, offsetof(struct spec_workload, units), read_count },
	{ "ends", false, 0, read_ends },
	{ NULL, false, 0, NULL },
};

static const struct key strategy_keys[] = {
	{ "name", true, 0, find_strategy },
	{ "as", false, offsetof(struct spec_strategy, label), value_name },
	{ "params", false, 0, strategy_params },
	{ NULL, false, 0, NULL },
};

static int label_taken(const struct node *n, const char *label)
{
	return node_fail(n, "'%s' is listed twice, tell them apart with 'as'", label);
}

int spec_workloads(struct reader *r, const struct node *list, void *field)
{
	struct spec *s = field;

	s->workload = spec_room(r, list, sizeof *s->workload);
	if (!s->workload)
		return -1;
	for (const struct node *n = list->child; n; n = n->next) {
		struct spec_workload *w = &s->workload[s->workloads++];

		w->tasks = TASKS_DEFAULT;
		if (n->kind == NODE_TEXT ? find_workload(r, n, w) < 0 :
		    keys_read(r, n, "a workload", workload_keys, w) < 0)
			return -1;
		if (!w->param && read_params(r, NULL, NULL, w->workload->params,
					     &w->param) < 0)
			return -1;
		for (const struct spec_workload *p = s->workload; p < w; p++)
			if (!strcmp(p->label, w->label))
				return label_taken(n, w->label);
	}
	return 0;
}

int spec_strategies(struct reader *r, const struct node *list, void *field)
{
	struct spec *s = field;

	s->strategy = spec_room(r, list, sizeof *s->strategy);
	if (!s->strategy)
		return -1;
	for (const struct node *n = list->child; n; n = n->next) {
		struct spec_strategy *h = &s->strategy[s->strategies++];

		if (n->kind == NODE_TEXT ? find_strategy(r, n, h) < 0 :
		    keys_read(r, n, "a strategy", strategy_keys, h) < 0)
			return -1;
		if (!h->option && read_params(r, NULL, NULL, h->strategy->params,
					      &h->option) < 0)
			return -1;
		for (const struct spec_strategy *p = s->strategy; p < h; p++)
			if (!strcmp(p->label, h->label))
				return label_taken(n, h->label);
	}
	return 0;
}

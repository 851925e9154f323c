/*
 * conditions.c - manifest.json as a flat list of names and texts: whatever a
 * later version adds to it is there without a change here.
 */
#include <jansson.h>

#include "base/err.h"
#include "exchange/result.h"

static const char *text(const json_t *v, struct arena *a)
{
	if (json_is_string(v))
		return arena_strdup(a, json_string_value(v));
	if (json_is_integer(v))
		return arena_printf(a, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	return NULL;
}

/* Append what @o says; lists and counts are left out. */
static void flatten(struct result *r, json_t *o, struct arena *a)
{
	const char *name, *value;
	json_t *v;

	json_object_foreach(o, name, v) {
		value = text(v, a);
		if (value)
			r->condition[r->conditions++] = (struct condition){
				arena_strdup(a, name), value };
	}
}

int conditions_read(struct result *r, struct arena *a)
{
	const char *path = arena_printf(a, "%s/manifest.json", r->dir);
	json_error_t err;
	json_t *o = json_load_file(path, 0, &err), *facts;

	if (!o)
		return fail("%s:%d:%d: %s", path, err.line, err.column, err.text);
	facts = json_object_get(o, "facts");
	r->condition = arena_alloc(a, (json_object_size(o) + json_object_size(facts) + 1) *
				      sizeof *r->condition);
	r->conditions = 0;
	flatten(r, o, a);
	flatten(r, facts, a);
	json_decref(o);
	return 0;
}

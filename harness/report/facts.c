/*
 * facts.c - manifest.json as two lists: what made the run, and the machine.
 */
#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "report/source.h"

/* A text or a number; NULL: neither. */
static const char *value_of(const json_t *v, struct arena *a)
{
	if (json_is_string(v))
		return arena_strdup(a, json_string_value(v));
	return !json_is_integer(v) ? NULL :
		arena_printf(a, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
}

static struct entry *entries(json_t *o, size_t *n, struct arena *a)
{
	struct entry *e = arena_alloc(a, json_object_size(o) * sizeof *e);
	const char *name;
	json_t *v;

	*n = 0;
	json_object_foreach(o, name, v) {
		const char *value = value_of(v, a);

		if (value)
			e[(*n)++] = (struct entry){ arena_strdup(a, name), value };
	}
	return e;
}

void facts_read(struct source *s)
{
	const char *path = arena_printf(s->arena, "%s/manifest.json", s->dir);
	json_error_t err;
	json_t *o;

	if (access(path, F_OK) < 0)
		return;
	o = json_load_file(path, 0, &err);
	if (!o) {
		warn("%s:%d:%d: %s", path, err.line, err.column, err.text);
		return;
	}
	s->run = entries(o, &s->runs, s->arena);
	s->machine = entries(json_object_get(o, "facts"), &s->machines, s->arena);
	json_decref(o);
}

static const char *find(const struct entry *e, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(e[i].name, name))
			return e[i].value;
	return "";
}

const char *source_run(const struct source *s, const char *name)
{
	return find(s->run, s->runs, name);
}

const char *source_machine(const struct source *s, const char *name)
{
	return find(s->machine, s->machines, name);
}

/*
 * provenance.c - where a figure comes from: the small print under it.
 */
#include <jansson.h>
#include <unistd.h>

#include "base/err.h"
#include "figures/figure.h"

/* A text of the manifest as it may stand in a figure. */
static const char *text(const json_t *o, const char *key, struct arena *a)
{
	const char *s = json_string_value(json_object_get(o, key));
	char *copy = arena_strdup(a, s ? s : "");

	for (char *p = copy; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = ' ';
	return copy;
}

static uint64_t whole(const json_t *o, const char *key)
{
	json_int_t v = json_integer_value(json_object_get(o, key));

	return v > 0 ? (uint64_t)v : NONE;
}

static const char *machine(const json_t *o, uint64_t cpus, struct arena *a)
{
	const char *model = text(json_object_get(o, "facts"), "cpu_model", a);
	uint64_t cores = whole(o, "cores");
	const char *s = *model ? model : "unknown CPU";

	if (cores != NONE)
		s = arena_printf(a, "%s, %llu core%s", s, (unsigned long long)cores,
				 cores == 1 ? "" : "s");
	if (cores != NONE && cpus != cores)
		s = arena_printf(a, "%s, %llu CPUs", s, (unsigned long long)cpus);
	return s;
}

static const char *append(const char *list, const char *what, const char *value,
			  struct arena *a)
{
	return !*value ? list :
		arena_printf(a, "%s%s%s %s", list, *list ? "; " : "", what, value);
}

void provenance_read(struct drawing *d)
{
	const char *path = arena_printf(d->arena, "%s/manifest.json", d->dir);
	json_error_t err;
	json_t *o;

	d->machine = d->run = "";
	d->cpus = NONE;
	if (access(path, F_OK) < 0)
		return;
	o = json_load_file(path, 0, &err);
	if (!o) {
		warn("%s:%d:%d: %s", path, err.line, err.column, err.text);
		return;
	}
	d->cpus = whole(o, json_object_get(o, "pus") ? "pus" : "cores");
	d->machine = machine(o, d->cpus, d->arena);
	d->run = append(d->run, "run", text(o, "run_id", d->arena), d->arena);
	d->run = append(d->run, "profile", text(o, "profile", d->arena), d->arena);
	d->run = append(d->run, "commit", text(o, "commit", d->arena), d->arena);
	d->run = append(d->run, "build", text(o, "build", d->arena), d->arena);
	json_decref(o);
}

const char *provenance_footer(const struct drawing *d, const char *n, const char *method)
{
	return arena_printf(d->arena, "%s; %s\n%s%s%s", n, method, d->machine,
			    *d->machine && *d->run ? "\n" : "", d->run);
}

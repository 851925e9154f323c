#include <math.h>
#include <string.h>

#include "base/err.h"
#include "exchange/export.h"

static const struct format *const formats[] = {
	&format_google_benchmark, &format_pyperf, &format_benchstat, &format_hyperfine, NULL
};

const struct format *format_find(const char *name)
{
	struct arena a = { 0 };
	const char *known = "";

	for (const struct format *const *f = formats; *f; f++) {
		if (!strcmp((*f)->name, name)) {
			arena_release(&a);
			return *f;
		}
		known = arena_printf(&a, "%s%s%s", known, *known ? ", " : "", (*f)->name);
	}
	fail("no format '%s'; there are: %s", name, known);
	arena_release(&a);
	return NULL;
}

/* Those trials of @c that count and have all numbers that a format may need. */
static struct shots shots_make(const struct result *r, const struct arm *c, struct arena *a)
{
	struct shots s = { r, c, NULL, 0 };

	s.shot = arena_alloc(a, (r->data.blocks + 1) * sizeof *s.shot);
	for (size_t b = 0; b < r->data.blocks; b++) {
		struct shot t = { .block = b + 1 };

		t.wall_ns = shot_value(&s, &t, "wall_ns");
		t.user_ns = shot_value(&s, &t, "user_ns");
		t.sys_ns = shot_value(&s, &t, "sys_ns");
		if (t.wall_ns > 0 && isfinite(t.user_ns + t.sys_ns))
			s.shot[s.n++] = t;
	}
	return s;
}

/* How many trials of @c were run. */
static size_t tried(const struct result *r, const struct arm *c)
{
	size_t n = 0;

	for (size_t b = 0; b < r->data.blocks; b++)
		n += c->block[b].state != POINT_ABSENT;
	return n;
}

/* Say once what a reader of @f will not find. */
static void tell(const struct format *f, size_t left)
{
	if (left)
		warn("%s: left out: %zu trials that do not count or are fewer than %zu in "
		     "their cell; the A/A twins; %s", f->name, left, f->least, f->lacks);
	else
		warn("%s: left out: the A/A twins; %s", f->name, f->lacks);
}

int export_write(const struct format *f, const struct result *r, FILE *out)
{
	struct arena a = { 0 };
	struct shots *s = arena_alloc(&a, (r->data.arms + 1) * sizeof *s);
	size_t n = 0, left = 0;
	int rc;

	for (const struct arm *c = r->data.arm; c < r->data.arm + r->data.arms; c++) {
		if (arm_is(c, "twin"))
			continue;
		s[n] = shots_make(r, c, &a);
		left += tried(r, c);
		if (s[n].n >= f->least)
			left -= s[n++].n;
	}
	rc = n ? f->write(r, s, n, out, &a) :
	     fail("%s: no cell has %zu trials that count", r->dir, f->least);
	if (!rc)
		tell(f, left);
	arena_release(&a);
	return rc;
}

const char *export_name(const struct arm *c, const char *workers, struct arena *a)
{
	const struct trial *t = c->trial;
	const char *last = strrchr(t->cell, '/');

	return arena_printf(a, "%s/%.*s%s%s", t->experiment,
			    last ? (int)(last - t->cell) + 1 : 0, t->cell, workers,
			    last ? last + 1 : t->cell);
}

double shot_value(const struct shots *s, const struct shot *t, const char *metric)
{
	return arm_value(&s->result->data, s->arm, t->block - 1, metric_find(metric));
}

void export_number(json_t *o, const char *key, double v)
{
	if (isfinite(v))
		json_object_set_new(o, key, json_real(v));
}

void export_text(json_t *o, const char *key, const char *text)
{
	if (*text)
		json_object_set_new(o, key, json_string(text));
}

int export_json(json_t *o, FILE *out)
{
	int rc = o ? json_dumpf(o, out, JSON_INDENT(1) | JSON_ENSURE_ASCII |
					JSON_REAL_PRECISION(15)) : -1;

	json_decref(o);
	if (rc < 0)
		return fail("the run cannot be written as JSON");
	fputc('\n', out);
	return 0;
}

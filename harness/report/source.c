/*
 * source.c - reading the tables.  Columns are found by name, so that the page of
 * an older run can be made.
 */
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "figures/figure.h"
#include "report/source.h"

#define SUMMARY(f) offsetof(struct summary, f), "", ""
static const struct column summary_shown[] = {
	{ "experiment", FIELD_TEXT, SUMMARY(experiment) },
	{ "cell", FIELD_TEXT, SUMMARY(cell) },
	{ "role", FIELD_TEXT, SUMMARY(role) },
	{ "params", FIELD_TEXT, SUMMARY(params) },
	{ "unit", FIELD_TEXT, SUMMARY(unit) },
	{ "oversubscribed", FIELD_WHOLE, SUMMARY(oversubscribed) },
	{ "n", FIELD_WHOLE, SUMMARY(n) },
	{ "failed", FIELD_WHOLE, SUMMARY(failed) },
	{ "invalid", FIELD_WHOLE, SUMMARY(invalid) },
	{ "wall_ns", FIELD_REAL, SUMMARY(wall_ns) },
	{ "wall_lo", FIELD_REAL, SUMMARY(wall_lo) },
	{ "wall_hi", FIELD_REAL, SUMMARY(wall_hi) },
	{ "units_per_s", FIELD_REAL, SUMMARY(units_per_s) },
	{ "cpu_ns_per_unit", FIELD_REAL, SUMMARY(cpu_ns_per_unit) },
	{ "server_cpu_ns_per_unit", FIELD_REAL, SUMMARY(server_cpu_ns_per_unit) },
	{ "syscalls_per_unit", FIELD_REAL, SUMMARY(syscalls_per_unit) },
	{ "context_switches_per_unit", FIELD_REAL, SUMMARY(context_switches_per_unit) },
	{ "p50_ns", FIELD_REAL, SUMMARY(p50_ns) },
	{ "p99_ns", FIELD_REAL, SUMMARY(p99_ns) },
	{ "p999_ns", FIELD_REAL, SUMMARY(p999_ns) },
	{ "max_ns", FIELD_REAL, SUMMARY(max_ns) },
	{ "server_saturated", FIELD_WHOLE, SUMMARY(server_saturated) },
	{ "speedup", FIELD_REAL, SUMMARY(speedup) },
	{ "speedup_lo", FIELD_REAL, SUMMARY(speedup_lo) },
	{ "speedup_hi", FIELD_REAL, SUMMARY(speedup_hi) },
	{ NULL, FIELD_TEXT, 0, NULL, NULL }
};

#define CONTRAST(f) offsetof(struct contrast, f), "", ""
static const struct column contrast_shown[] = {
	{ "experiment", FIELD_TEXT, CONTRAST(experiment) },
	{ "kind", FIELD_TEXT, CONTRAST(kind) },
	{ "left", FIELD_TEXT, CONTRAST(left) },
	{ "right", FIELD_TEXT, CONTRAST(right) },
	{ "ratio", FIELD_REAL, CONTRAST(ratio) },
	{ "lo", FIELD_REAL, CONTRAST(lo) },
	{ "hi", FIELD_REAL, CONTRAST(hi) },
	{ "n", FIELD_WHOLE, CONTRAST(n) },
	{ "dropped", FIELD_WHOLE, CONTRAST(dropped) },
	{ "level", FIELD_REAL, CONTRAST(level) },
	{ "agree", FIELD_WHOLE, CONTRAST(agree) },
	{ NULL, FIELD_TEXT, 0, NULL, NULL }
};

#define VERDICT(f) offsetof(struct verdict, f), "", ""
static const struct column verdict_shown[] = {
	{ "experiment", FIELD_TEXT, VERDICT(experiment) },
	{ "claim", FIELD_TEXT, VERDICT(claim) },
	{ "verdict", FIELD_TEXT, VERDICT(verdict) },
	{ "metric", FIELD_TEXT, VERDICT(metric) },
	{ "ratio", FIELD_REAL, VERDICT(ratio) },
	{ "lo", FIELD_REAL, VERDICT(lo) },
	{ "hi", FIELD_REAL, VERDICT(hi) },
	{ "expect_lo", FIELD_REAL, VERDICT(expect_lo) },
	{ "expect_hi", FIELD_REAL, VERDICT(expect_hi) },
	{ "n", FIELD_WHOLE, VERDICT(n) },
	{ "reason", FIELD_TEXT, VERDICT(reason) },
	{ NULL, FIELD_TEXT, 0, NULL, NULL }
};

/* What only the folder of an analysed run has.  0; or 1, reported. */
static int recognise(const char *dir, struct arena *a)
{
	static const struct {
		const char *file, *without;
	} signs[] = {
		{ "plan.csv", "is not the folder of a run" },
		{ "machine.csv", "is not the folder of a run" },
		{ "samples.csv", "nothing was measured yet" },
		{ "summary.csv", "is not analysed yet; do: samework analyse DIR" },
		{ "contrasts.csv", "is not analysed yet; do: samework analyse DIR" },
		{ "verdicts.csv", "is not analysed yet; do: samework analyse DIR" },
	};

	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (access(arena_printf(a, "%s/%s", dir, signs[i].file), R_OK) < 0) {
			fail_errno("%s: %s: %s", dir, signs[i].without, signs[i].file);
			return 1;
		}
	return 0;
}

static int tables_read(struct source *s)
{
	const struct drawing d = { .dir = s->dir, .arena = s->arena };

	s->summary = figure_rows(&d, "summary.csv", summary_shown, sizeof *s->summary,
				 &s->summaries);
	s->contrast = !s->summary ? NULL :
		figure_rows(&d, "contrasts.csv", contrast_shown, sizeof *s->contrast,
			    &s->contrasts);
	s->verdict = !s->contrast ? NULL :
		figure_rows(&d, "verdicts.csv", verdict_shown, sizeof *s->verdict,
			    &s->verdicts);
	return s->verdict ? 0 : -1;
}

/* The experiments that have cells, as they were when they were run. */
static int specs_read(struct source *s)
{
	struct names name = { 0 };

	for (size_t i = 0; i < s->summaries; i++)
		names_add(&name, s->summary[i].experiment, s->arena);
	s->spec = arena_alloc(s->arena, name.n * sizeof *s->spec);
	for (; s->specs < name.n; s->specs++) {
		const char *path = arena_printf(s->arena, "%s/experiments/%s.yaml", s->dir,
						name.name[s->specs]);

		if (!name_valid(name.name[s->specs]))
			return fail("%s/summary.csv: '%s' is no name of an experiment",
				    s->dir, name.name[s->specs]);
		if (spec_read(&s->spec[s->specs], path, (unsigned)s->usable.max_workers,
			      s->arena) < 0)
			return -1;
	}
	return 0;
}

int source_read(struct source *s, const char *dir, struct arena *a)
{
	*s = (struct source){ .dir = dir, .arena = a };
	if (recognise(dir, a))
		return 1;
	if (usable_read(&s->usable, arena_printf(a, "%s/machine.csv", dir)) < 0 ||
	    tables_read(s) < 0 || specs_read(s) < 0)
		return -1;
	facts_read(s);
	failures_read(s);
	gallery_read(s);
	return 0;
}

const struct claim *source_claim(const struct source *s, const struct verdict *v)
{
	for (size_t i = 0; i < s->specs; i++)
		for (size_t k = 0; k < s->spec[i].claims; k++)
			if (!strcmp(s->spec[i].name, v->experiment) &&
			    !strcmp(s->spec[i].claim[k].name, v->claim))
				return &s->spec[i].claim[k];
	return NULL;
}

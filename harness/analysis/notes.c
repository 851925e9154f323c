#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "analysis/notes.h"
#include "base/err.h"
#include "base/num.h"

#define AT(field) offsetof(struct note, field)

const struct column note_columns[] = {
	{ "note", FIELD_TEXT, AT(note), "", "number of the statement" },
	{ "says", FIELD_TEXT, AT(says), "", "what it says, shortened" },
	{ "where", FIELD_TEXT, AT(where), "", "file and line of the notes" },
	{ "depends", FIELD_TEXT, AT(depends), "", "on what, when it is true and false" },
	{ "untestable", FIELD_TEXT, AT(untestable), "", "why nothing can be measured" },
	{ NULL, FIELD_TEXT, 0, NULL, NULL }
};

static const char *const findings[] = {
	[FOUND_NOTHING] = "not measured",
	[FOUND_UNCLEAR] = "unclear",
	[FOUND_CONFIRMED] = "confirmed",
	[FOUND_REFUTED] = "refuted",
	[FOUND_DEPENDS] = "depends",
};

const char *finding_name(enum finding f)
{
	return findings[f];
}

/* Is @note one of the words of @list, "C03 C04"? */
static bool names(const char *list, const char *note)
{
	size_t n = strlen(note);

	for (; list && *list; list += strspn(list, " ")) {
		size_t word = strcspn(list, " ");

		if (word == n && !memcmp(list, note, n))
			return true;
		list += word;
	}
	return false;
}

static bool bears_on(const struct verdict *v, const char *note)
{
	return names(v->confirms, note) || names(v->refutes, note);
}

enum finding note_judge(const char *note, const struct verdict *v, size_t n)
{
	bool yes = false, no = false, unclear = false;

	for (; n--; v++) {
		bool holds = !strcmp(v->verdict, "HOLDS"), fails = !strcmp(v->verdict, "FAILS");
		bool for_it = names(v->confirms, note), against = names(v->refutes, note);

		unclear |= (for_it || against) && !strcmp(v->verdict, "UNCLEAR");
		yes |= (for_it && holds) || (against && fails);
		no |= (against && holds) || (for_it && fails);
	}
	if (yes && no)
		return FOUND_DEPENDS;
	return yes ? FOUND_CONFIRMED : no ? FOUND_REFUTED :
	       unclear ? FOUND_UNCLEAR : FOUND_NOTHING;
}

/* The verdicts of all folders in one array. */
static struct verdict *verdicts_load(const char *const *dir, size_t dirs, size_t *n,
				     struct arena *a)
{
	struct verdict *all = arena_alloc(a, sizeof *all);

	*n = 0;
	for (size_t i = 0; i < dirs; i++) {
		size_t more;
		struct verdict *v = table_load(arena_printf(a, "%s/verdicts.csv", dir[i]),
					       verdict_columns, sizeof *v, &more, a);
		struct verdict *both;

		if (!v)
			return NULL;
		both = arena_alloc(a, (*n + more + 1) * sizeof *both);
		memcpy(both, all, *n * sizeof *both);
		memcpy(both + *n, v, more * sizeof *both);
		all = both;
		*n += more;
	}
	return all;
}

static void print_value(const struct verdict *v, FILE *out)
{
	struct arena a = { 0 };

	if (isnan(v->ratio))
		return;
	fprintf(out, "  %s %s, n=%" PRIu64, v->metric,
		num_interval(v->ratio, v->lo, v->hi, &a), v->n);
	arena_release(&a);
}

static void print_evidence(const struct note *t, const struct verdict *v, size_t n, FILE *out)
{
	for (; n--; v++) {
		if (!bears_on(v, t->note))
			continue;
		fprintf(out, "       %-7s %s %s/%s", v->verdict,
			names(v->confirms, t->note) ? "for:    " : "against:",
			v->experiment, v->claim);
		print_value(v, out);
		fprintf(out, "%s%s\n", *v->reason ? "  " : "", v->reason);
	}
}

static void print_note(const struct note *t, const struct verdict *v, size_t n, FILE *out)
{
	enum finding f = note_judge(t->note, v, n);

	fprintf(out, "%-4s  %-12s  %s (%s)", t->note,
		*t->untestable ? "no claim" : finding_name(f), t->says, t->where);
	if (*t->untestable)
		fprintf(out, ": %s", t->untestable);
	else if (f == FOUND_DEPENDS && *t->depends)
		fprintf(out, ": depends on %s", t->depends);
	fputc('\n', out);
	print_evidence(t, v, n, out);
}

static void print_counts(const struct note *t, size_t notes, const struct verdict *v,
			 size_t n, FILE *out)
{
	size_t count[sizeof findings / sizeof *findings] = { 0 }, untestable = 0;

	for (size_t i = 0; i < notes; i++)
		if (*t[i].untestable)
			untestable++;
		else
			count[note_judge(t[i].note, v, n)]++;
	fprintf(out, "%zu statements:", notes);
	for (size_t f = sizeof count / sizeof *count; f--;)
		fprintf(out, " %zu %s,", count[f], findings[f]);
	fprintf(out, " %zu not testable\n", untestable);
}

int notes_print(const char *list, const char *const *dir, size_t dirs, FILE *out)
{
	struct arena a = { 0 };
	size_t notes, n;
	struct note *t = table_load(list, note_columns, sizeof *t, &notes, &a);
	struct verdict *v = t ? verdicts_load(dir, dirs, &n, &a) : NULL;

	for (size_t i = 0; v && i < notes; i++)
		print_note(&t[i], v, n, out);
	if (v)
		print_counts(t, notes, v, n, out);
	arena_release(&a);
	return v ? 0 : -1;
}

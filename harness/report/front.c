/*
 * front.c - what a reader sees first: what was run where, and how it ended.
 */
#include <inttypes.h>
#include <string.h>

#include "base/num.h"
#include "report/html.h"
#include "report/parts.h"
#include "report/quantity.h"

static const char *plural(uint64_t n, const char *one, const char *more, struct arena *a)
{
	return arena_printf(a, "%" PRIu64 " %s", n, n == 1 ? one : more);
}

static const char *cpu(const struct source *s)
{
	const char *model = source_machine(s, "cpu_model");

	return *model ? model : "a CPU of unknown make";
}

/* The experiment's own title when it is the only one. */
static const char *title(const struct source *s)
{
	if (s->specs == 1)
		return s->spec[0].title;
	return arena_printf(s->arena, "%s on %s, %s",
			    plural(s->specs, "experiment", "experiments", s->arena), cpu(s),
			    plural(s->usable.cores, "core", "cores", s->arena));
}

static void print_fact(FILE *out, const char *name, const char *value)
{
	if (*value)
		html(out, "<tr><th scope=\"row\">%s</th><td>%s</td></tr>\n", name, value);
}

/* "0.1.0, commit d690cfce790e": what there is of it. */
static const char *join(const char *a, const char *between, const char *b, struct arena *arena)
{
	return !*b ? a : arena_printf(arena, "%s%s%s", a, *a ? between : "", b);
}

/* A number of bytes as people read it. */
static const char *bytes(const char *value, struct arena *a)
{
	uint64_t n;

	return num_parse(value, &n) < 0 ? value : quantity((double)n, "bytes", a);
}

static const char *with(const char *value, const char *after, struct arena *a)
{
	return *value ? arena_printf(a, "%s%s", value, after) : "";
}

static void print_machine(FILE *out, const struct source *s)
{
	static const char *const heads[] = { "What", "Value", NULL };
	struct arena *a = s->arena;

	sheet_begin(out, "The machine, and when", heads);
	print_fact(out, "Started (UTC)", source_run(s, "started"));
	print_fact(out, "Ended (UTC)", source_run(s, "ended"));
	print_fact(out, "CPU", source_machine(s, "cpu_model"));
	print_fact(out, "Usable", join(plural(s->usable.cores, "core", "cores", a), ", ",
				       plural(s->usable.pus, "CPU", "CPUs", a), a));
	print_fact(out, "Memory", bytes(source_machine(s, "memory_bytes"), a));
	print_fact(out, "Kernel", source_machine(s, "kernel"));
	print_fact(out, "Virtualization", source_machine(s, "virtualization"));
	print_fact(out, "Frequency governor", source_machine(s, "governor"));
	print_fact(out, "Run", source_run(s, "run_id"));
	print_fact(out, "Profile", join(source_run(s, "profile"), ", ",
					with(source_run(s, "blocks"), " blocks", a), a));
	print_fact(out, "Seed", source_run(s, "seed"));
	print_fact(out, "samework", join(source_run(s, "version"), ", commit ",
					 source_run(s, "commit"), a));
	print_fact(out, "Compiler", join(source_run(s, "compiler"), ", ",
					 source_run(s, "cflags"), a));
	sheet_end(out);
	if (!s->runs)
		html(out, "<p class=\"note\">There is no manifest.json that can be read, so "
		     "machine, time and build are not known.</p>\n");
}

static void print_legend(FILE *out, const struct source *s)
{
	html(out, "<ul class=\"legend\">\n");
	for (const struct verdict_word *w = verdict_words; w < verdict_words + VERDICTS; w++) {
		html(out, "<li><strong>%s</strong> ",
		     arena_printf(s->arena, "%zu", verdicts_count(s, NULL, w->name)));
		verdict_print(out, w->name);
		html(out, " %s</li>\n", w->meaning);
	}
	html(out, "</ul>\n");
}

static void print_count(FILE *out, const struct source *s, const char *experiment,
			const char *verdict)
{
	html(out, "<td class=\"number\">%s</td>",
	     arena_printf(s->arena, "%zu", verdicts_count(s, experiment, verdict)));
}

/* Which experiment to turn to: contents and counts at once. */
static void print_contents(FILE *out, const struct source *s)
{
	const char *heads[VERDICTS + 2] = { "Experiment" };

	for (int v = 0; v < VERDICTS; v++)
		heads[v + 1] = verdict_words[v].counted;
	sheet_begin(out, "Claims by experiment", heads);
	for (size_t i = 0; i < s->specs; i++) {
		html(out, "<tr><th scope=\"row\"><a href=\"#experiment:%s\">%s</a>"
		     "<small>%s</small></th>", s->spec[i].name, s->spec[i].name,
		     s->spec[i].title);
		for (int v = 0; v < VERDICTS; v++)
			print_count(out, s, s->spec[i].name, verdict_words[v].name);
		html(out, "</tr>\n");
	}
	sheet_end(out);
}

/* "Of 48 claims 37 HOLD, 0 FAIL, 6 are UNCLEAR, 5 were SKIPPED." */
static void print_sentence(FILE *out, const struct source *s)
{
	size_t all = verdicts_count(s, NULL, NULL);

	if (!all) {
		html(out, "<p class=\"lead\">This run makes no claim.</p>\n");
		return;
	}
	html(out, "<p class=\"lead\">Of %s", plural(all, "claim", "claims", s->arena));
	for (int v = 0; v < VERDICTS; v++)
		html(out, ", %s %s",
		     arena_printf(s->arena, "%zu", verdicts_count(s, NULL, verdict_words[v].name)),
		     verdict_words[v].counted);
	html(out, ".</p>\n");
}

void front_print(FILE *out, const struct source *s)
{
	html(out, "<header>\n<p class=\"brand\">samework: one workload, six ways to run it"
	     "</p>\n<h1>%s</h1>\n", title(s));
	print_machine(out, s);
	html(out, "</header>\n<section aria-labelledby=\"claims\">\n<h2 id=\"claims\">How many "
	     "claims hold</h2>\n");
	print_sentence(out, s);
	print_legend(out, s);
	print_contents(out, s);
	html(out, "</section>\n<section aria-labelledby=\"headline\">\n<h2 id=\"headline\">The "
	     "headline</h2>\n");
	if (!gallery_print(out, s, "", true))
		html(out, "<p class=\"note\">%s</p>\n", s->figures ?
		     "This run has no headline figure: that takes the same strategies both on "
		     "work that computes and on work that waits." :
		     "There are no figures: they are drawn by gnuplot (Debian package "
		     "gnuplot-nox) with samework plot. All tables are here.");
	html(out, "</section>\n");
}

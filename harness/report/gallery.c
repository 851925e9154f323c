/*
 * gallery.c - which figures there are, in which order, and what is said under
 * each: its title and how to read it.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/html.h"
#include "report/parts.h"
#include "report/picture.h"

#define INTERVAL " Bars are exact 95 % intervals; a mark without one has too few blocks."

/* In reading order. */
static const struct kind {
	const char *name, *title, *help;
} kinds[] = {
	{ "forest", "what was claimed and what was found",
	  "A row is a claim: the band is the range expected beforehand, the mark what was "
	  "found. A claim holds when its whole bar lies in its band. The rows A/A compare "
	  "the baseline with itself and should lie on 1." },
	{ "speedup", "speedup over the baseline",
	  "Above 1 is faster than the baseline; the dotted line is as many times as fast as "
	  "there are workers." INTERVAL },
	{ "efficiency", "speedup per worker",
	  "1 means that no worker is wasted; it must fall where workers outnumber CPUs on "
	  "work that computes." INTERVAL },
	{ "time", "wall time of one pass", "Lower is faster; the work is the same." INTERVAL },
	{ "cpu", "CPU time per unit",
	  "What a unit costs all CPUs together, waiting not included; where there is a "
	  "server, its own share is a small circle." },
	{ "latency", "latency",
	  "Service time: how long one unit takes, from its first operation to its last. In an "
	  "open loop (rate > 0), response time: from when it was meant to start. Median, and "
	  "higher percentiles where enough units lie beyond them." },
	{ "spawn", "starting and ending the workers",
	  "Not part of the wall time; every strategy's is measured in the same way." },
	{ "drift", "the baseline in the order of blocks",
	  "How much the machine itself changed during the run: the baseline and its twin do "
	  "the same work in every block; the canary is a loop around every trial." },
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static const struct kind headline = {
	"", "The same work under an interpreter lock, with threads, processes and one loop",
	"Speedup over one thread: on the left work that computes, on the right work that "
	"waits." INTERVAL
};
static const struct kind other = { "", "", "" };

static size_t rank(const struct figure_file *f)
{
	size_t i = 0;

	while (i < KINDS && strcmp(kinds[i].name, f->kind))
		i++;
	return i;
}

static const struct kind *kind_of(const struct figure_file *f)
{
	size_t i = rank(f);

	return !strcmp(f->name, HEADLINE) ? &headline : i < KINDS ? &kinds[i] : &other;
}

/* Before the experiments, in one of them, or after. */
static int section(const struct figure_file *f)
{
	return !strcmp(f->name, HEADLINE) ? 0 : *f->experiment ? 1 : 2;
}

static int by_place(const void *a, const void *b)
{
	const struct figure_file *x = a, *y = b;
	int d = section(x) != section(y) ? section(x) - section(y) :
		strcmp(x->experiment, y->experiment);

	if (d)
		return d;
	return rank(x) != rank(y) ? (rank(x) < rank(y) ? -1 : 1) : strcmp(x->name, y->name);
}

/* Whose figure @f is: the longest name of an experiment that it begins with. */
static void assign(const struct source *s, struct figure_file *f)
{
	size_t longest = 0;

	f->experiment = f->kind = "";
	for (size_t i = 0; i < s->specs && strcmp(f->name, HEADLINE); i++) {
		size_t n = strlen(s->spec[i].name);

		if (n <= longest || strncmp(f->name, s->spec[i].name, n) || f->name[n] != '-')
			continue;
		longest = n;
		f->experiment = s->spec[i].name;
		f->kind = f->name + n + 1;
	}
}

/* The name of figure file @file, or NULL when it is none. */
static const char *figure_name(const char *file, struct arena *a)
{
	size_t n = strlen(file);
	char *name;

	if (n < 5 || strcmp(file + n - 4, ".svg"))
		return NULL;
	name = arena_printf(a, "%.*s", (int)n - 4, file);
	return name_valid(name) && !strstr(name, ".tmp") ? name : NULL;
}

void gallery_read(struct source *s)
{
	DIR *d = opendir(arena_printf(s->arena, "%s/figures", s->dir));
	struct names name = { 0 };
	struct dirent *e;

	while (d && (e = readdir(d))) {
		const char *n = figure_name(e->d_name, s->arena);

		if (n)
			names_add(&name, n, s->arena);
	}
	if (d)
		closedir(d);
	s->figure = arena_alloc(s->arena, name.n * sizeof *s->figure);
	for (; s->figures < name.n; s->figures++) {
		s->figure[s->figures].name = name.name[s->figures];
		assign(s, &s->figure[s->figures]);
	}
	qsort(s->figure, s->figures, sizeof *s->figure, by_place);
}

/* Links to the other files of the figure, those that are there. */
static void print_files(FILE *out, const struct source *s, const char *name)
{
	static const char *const endings[] = { "csv", "svg", "pdf", "png" };

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (!access(arena_printf(s->arena, "%s/figures/%s.%s", s->dir, name, endings[i]),
			    R_OK))
			html(out, " <a href=\"figures/%s.%s\">%s</a>", name, endings[i],
			     endings[i]);
}

static void print_one(FILE *out, const struct source *s, size_t i)
{
	const struct figure_file *f = &s->figure[i];
	const struct kind *k = kind_of(f);
	const char *number = arena_printf(s->arena, "%zu", i + 1);
	const char *title = !*k->title ? f->name : !*f->experiment ? k->title :
		arena_printf(s->arena, "%s: %s", f->experiment, k->title);
	struct picture p;
	const char *why = picture_read(&p, arena_printf(s->arena, "%s/figures/%s.svg",
							 s->dir, f->name), s->arena);

	html(out, "<figure id=\"figure:%s\">\n", f->name);
	if (why)
		html(out, "<p class=\"note\">figures/%s.svg is left out: %s.</p>\n", f->name, why);
	else
		picture_print(out, &p, arena_printf(s->arena, "f%s-", number), title);
	html(out, "<figcaption><strong>Figure %s. %s.</strong> %s<span class=\"files\">", number,
	     title, k->help);
	print_files(out, s, f->name);
	html(out, "</span></figcaption>\n</figure>\n");
}

size_t gallery_print(FILE *out, const struct source *s, const char *experiment, bool first)
{
	size_t n = 0;

	for (size_t i = 0; i < s->figures; i++) {
		if (strcmp(s->figure[i].experiment, experiment) ||
		    (section(&s->figure[i]) == 0) != first)
			continue;
		print_one(out, s, i);
		n++;
	}
	return n;
}

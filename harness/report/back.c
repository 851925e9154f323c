/*
 * back.c - what a reader needs to judge and to reuse what is above.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "analysis/latency.h"
#include "base/stats.h"
#include "report/html.h"
#include "report/parts.h"

/* --- methods --- */

static void print_twins(FILE *out, const struct source *s)
{
	size_t inside = 0, twins = 0;
	struct interval v;

	for (size_t i = 0; i < s->contrasts; i++) {
		const struct contrast *c = &s->contrast[i];

		if (strcmp(c->kind, "twin") || isnan(c->lo))
			continue;
		twins++;
		inside += c->lo <= 1 && c->hi >= 1;
	}
	html(out, "<dt>What the A/A twins say</dt><dd>In every block the baseline of each "
	     "workload runs twice, under two names. The ratio of the two should be 1, so how "
	     "often its interval misses 1 is the false-positive rate of this very run. ");
	if (!twins) {
		html(out, "There were too few blocks for such an interval.</dd>\n");
		return;
	}
	v = stats_proportion(inside, twins);
	html(out, "1 lies inside the interval in %s (%s).</dd>\n",
	     arena_printf(s->arena, "%zu of %zu", inside, twins),
	     arena_printf(s->arena, "%.0f %%, 95 %% interval %.0f .. %.0f %%", 100 * v.mid,
			  100 * v.lo, 100 * v.hi));
}

/* What the intervals of this run really cover, and whether another method agrees. */
static void print_intervals(FILE *out, const struct source *s)
{
	double lo = INFINITY, hi = -INFINITY;
	size_t both = 0, differ = 0;

	for (size_t i = 0; i < s->contrasts; i++) {
		lo = fmin(lo, s->contrast[i].level);	/* which prefers numbers to NaN */
		hi = fmax(hi, s->contrast[i].level);
		both += s->contrast[i].agree != NONE;
		differ += s->contrast[i].agree == 0;
	}
	html(out, "<dt>How an interval is made</dt><dd>A ratio is taken inside each block, so "
	     "that slow drift cancels; its estimate is the median over blocks, its interval "
	     "the exact order-statistic interval of that median, of at least 95 %%. No "
	     "distribution is assumed and no outlier is dropped. Below %s blocks there is no "
	     "interval and no verdict. ", arena_printf(s->arena, "%d", STATS_FLOOR));
	if (isfinite(lo))
		html(out, "In this run the exact coverage is %s. ", lo == hi ?
		     arena_printf(s->arena, "%.1f %%", 100 * lo) :
		     arena_printf(s->arena, "%.1f to %.1f %%", 100 * lo, 100 * hi));
	if (both)
		html(out, "The signed-rank interval, made otherwise, disagrees in %s ratios. ",
		     arena_printf(s->arena, "%zu of %zu", differ, both));
	html(out, "A claim fails only if it does so after Holm's correction for all claims of "
	     "its experiment.</dd>\n");
}

static void print_methods(FILE *out, const struct source *s)
{
	html(out, "<section aria-labelledby=\"methods\">\n<h2 id=\"methods\">Methods</h2>\n<dl>\n");
	html(out, "<dt>What is a trial</dt><dd>A cell is a workload with its parameters under "
	     "one strategy, with a number of workers and a placement. A block runs every cell "
	     "once, in a fresh random order. A trial is one cell in one block: a freshly "
	     "executed process, pinned, warmed up, then timed. The trial is the sample; its "
	     "value is the median of its passes. Work is fixed and time is measured, from the "
	     "common start to the last worker's end.</dd>\n");
	html(out, "<dt>Matched</dt><dd>The sum of results, the digest of the shared state and "
	     "the digest of the operations must equal those of the reference in every row, "
	     "or the row is wrong_checksum and counts for nothing.</dd>\n");
	print_intervals(out, s);
	print_twins(out, s);
	html(out, "<dt>What is left out</dt><dd>Only what a rule stated beforehand invalidates: a "
	     "disturbed trial is kept, marked and run again at once, twice at most; after that "
	     "its block is dropped, and counted.</dd>\n</dl>\n</section>\n");
}

/* --- limits --- */

static void print_loops(FILE *out, const struct source *s)
{
	size_t open = 0;

	for (size_t i = 0; i < s->summaries; i++)
		open += latency_is_response(s->summary[i].params);
	if (open < s->summaries)
		html(out, "<li>Latencies are service times in a closed loop: who waits for an "
		     "answer asks nothing meanwhile.</li>\n");
	if (open)
		html(out, "<li>Latencies with a rate are response times from the intended start, "
		     "in an open loop.</li>\n");
}

static void print_limits(FILE *out, const struct source *s)
{
	struct arena *a = s->arena;

	html(out, "<section aria-labelledby=\"limits\">\n<h2 id=\"limits\">Limits</h2>\n<ul>\n");
	html(out, "<li>%s cannot show scaling beyond that number, nor what needs more of them: "
	     "such claims are SKIPPED, with the number.</li>\n", s->usable.cores == 1 ?
	     "One core" : arena_printf(a, "%" PRIu64 " cores", s->usable.cores));
	html(out, "<li>A model in C is not CPython: what is modelled is the lock, and when it "
	     "changes hands.</li>\n");
	html(out, "<li>Loopback is not a network, and in a virtual machine an idle core can "
	     "take tens of microseconds to wake: compare ratios, not digits, across "
	     "machines.</li>\n");
	print_loops(out, s);
	html(out, "</ul>\n</section>\n");
}

/* --- how to cite --- */

static void print_cite(FILE *out, const struct source *s)
{
	const char *version = source_run(s, "version"), *started = source_run(s, "started");
	const char *cpu = source_machine(s, "cpu_model"), *id = source_run(s, "run_id");

	html(out, "<section aria-labelledby=\"cite\">\n<h2 id=\"cite\">How to cite</h2>\n"
	     "<p>Cite the program, and beside it the run and the machine: ");
	html(out, "run %s of %s on %s.</p>\n", *id ? id : "(unknown)",
	     *started ? started : "an unknown date", *cpu ? cpu : "an unknown CPU");
	html(out, "<pre>@software{samework,\n"
	     "  title   = {samework: one workload, six ways to run it, honest speedup plots},\n"
	     "  author  = {{The samework authors}},\n"
	     "  version = {%s},\n"
	     "  year    = {2026},\n"
	     "  license = {Apache-2.0}\n"
	     "}</pre>\n</section>\n", *version ? version : "unknown");
}

/* --- the files --- */

static void print_files(FILE *out, const struct source *s)
{
	static const struct {
		const char *name, *help;
	} files[] = {
		{ "samples.csv", "one row per timed pass, as it was measured" },
		{ "bins.csv", "the latency histograms of each" },
		{ "plan.csv", "what was to be run, fixed before the first measurement" },
		{ "machine.csv", "what of the machine the run could use" },
		{ "summary.csv", "one row per cell" },
		{ "latency.csv", "one row per bucket of a cell's latencies" },
		{ "contrasts.csv", "one row per ratio of two cells" },
		{ "verdicts.csv", "one row per claim" },
		{ "manifest.json", "machine, kernel, compiler, commit, seed" },
		{ "datapackage.json", "name, type, unit and meaning of every column" },
	};

	html(out, "<section aria-labelledby=\"files\">\n<h2 id=\"files\">The data</h2>\n<p>These "
	     "files are beside this page in the run's folder; all numbers above come from "
	     "them.</p>\n<ul>\n");
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		if (!access(arena_printf(s->arena, "%s/%s", s->dir, files[i].name), R_OK))
			html(out, "<li><a href=\"%s\">%s</a>: %s</li>\n", files[i].name,
			     files[i].name, files[i].help);
	for (size_t i = 0; i < s->specs; i++)
		html(out, "<li><a href=\"experiments/%s.yaml\">experiments/%s.yaml</a>: %s</li>\n",
		     s->spec[i].name, s->spec[i].name, s->spec[i].title);
	html(out, "</ul>\n</section>\n");
}

static void print_manifest(FILE *out, const struct source *s)
{
	static const char *const heads[] = { "Name", "Value", NULL };

	if (!s->runs && !s->machines)
		return;
	html(out, "<section aria-labelledby=\"manifest\">\n<h2 id=\"manifest\">The machine in "
	     "full</h2>\n");
	sheet_begin(out, "What manifest.json says of the run and the machine", heads);
	for (size_t i = 0; i < s->runs; i++)
		html(out, "<tr><th scope=\"row\">%s</th><td>%s</td></tr>\n", s->run[i].name,
		     s->run[i].value);
	for (size_t i = 0; i < s->machines; i++)
		html(out, "<tr><th scope=\"row\">%s</th><td>%s</td></tr>\n", s->machine[i].name,
		     *s->machine[i].value ? s->machine[i].value : "\xe2\x80\x93");
	sheet_end(out);
	html(out, "</section>\n");
}

static void print_others(FILE *out, const struct source *s)
{
	bool any = false;

	for (size_t i = 0; i < s->figures; i++)
		any |= !*s->figure[i].experiment && strcmp(s->figure[i].name, HEADLINE);
	if (!any)
		return;
	html(out, "<section aria-labelledby=\"others\">\n<h2 id=\"others\">More figures of the "
	     "run</h2>\n");
	gallery_print(out, s, "", false);
	html(out, "</section>\n");
}

void back_print(FILE *out, const struct source *s)
{
	print_others(out, s);
	print_methods(out, s);
	print_limits(out, s);
	print_cite(out, s);
	print_files(out, s);
	print_manifest(out, s);
}

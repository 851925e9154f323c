/*
 * The page of a run: everything that the tables say, as text whatever it holds,
 * and the same bytes again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "report/folder.h"
#include "report/page.h"

#define SVG "<svg viewBox='0 0 9 9'><use href='#a'/><path id='a' d='M%d'/></svg>\n"

static int write_quietly(struct folder *f, const char *dir, char *said, size_t n)
{
	struct capture c = capture_start();
	int rc = page_write(dir);

	(void)f;
	capture_stop(&c, said, n);
	return rc;
}

static char *page(struct folder *f)
{
	char said[4096];

	assert_int_equal(write_quietly(f, f->dir, said, sizeof said), 0);
	assert_string_equal(said, "");
	return folder_get(f, "report.html");
}

/* How often @text has @part. */
static size_t count(const char *text, const char *part)
{
	size_t n = 0;

	while ((text = strstr(text, part))) {
		text += strlen(part);
		n++;
	}
	return n;
}

/* All of @part in this order, each after the one before. */
static void assert_order(const char *text, const char *const *part, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		text = strstr(text, part[i]);
		if (!text)
			fail_msg("'%s' is not there, or not behind what is before it", part[i]);
		text += strlen(part[i]);
	}
}
#define assert_in_order(text, ...) \
	assert_order(text, (const char *const[]){ __VA_ARGS__ }, \
		     sizeof (const char *const[]){ __VA_ARGS__ } / sizeof(const char *))

static void add_figures(struct folder *f)
{
	static const char *const names[] = {
		"gil-versus-multiprocessing", "e-speedup", "e-forest", "zoo"
	};

	assert_int_equal(mkdir(folder_path(f, "figures"), 0755), 0);
	for (int i = 0; i < 4; i++)
		folder_put(f, arena_printf(&f->study.arena, "figures/%s.svg", names[i]),
			   arena_printf(&f->study.arena, SVG, i));
	folder_put(f, "figures/e-forest.csv", "x\n");
	folder_put(f, "figures/e-time.tmp.svg", "half a figure");
	folder_put(f, "figures/Not a figure.svg", "x");
}

static void reads_in_order(void **state)
{
	struct folder *f = *state;

	add_figures(f);
	folder_put(f, "manifest.json", "{\"run_id\": \"r-1\", \"started\": \"2026-01-02\", "
		   "\"profile\": \"quick\", \"blocks\": 12, \"seed\": 77, "
		   "\"facts\": {\"cpu_model\": \"C & D\"}}");
	assert_in_order(page(f), "<h1>&lt;script&gt;", "2026-01-02", "C &amp; D",
			"<td>quick, 12 blocks</td>", "<td>77</td>",
			"How many claims hold",
			"Of 4 claims, 1 HOLD, 1 FAIL, 1 UNCLEAR, 1 SKIPPED.",
			"Claims by experiment", "#experiment:e", ">1</td>", ">1</td>", ">1</td>",
			">1</td>", "The headline", "d='M0'", "id=\"experiment:e\"", "is &lt;b&gt;",
			"<h3>Verdicts", "halves", "stays", "quadruples", "straddles",
			"<h3>Figures", "d='M2'", "Figure 2. e: what was claimed", "e-forest.csv",
			"d='M1'", "<h3>Cells", "Speedup", ONE, TWO, BASE, "<h3>Failed", "crash",
			"More figures", "d='M3'", "Methods", "trial", "A/A", "Limits",
			"How to cite", "r-1", "samples.csv", "verdicts.csv");
}

static void texts_stay_texts(void **state)
{
	struct folder *f = *state;
	char *html;

	folder_put(f, "manifest.json", "{\"run_id\": \"</title><script>\", "
		   "\"version\": \"</pre><b>\", "
		   "\"facts\": {\"cpu_model\": \"<script>\\u0001\", \"<i>\": \"&\"}}");
	html = page(f);
	assert_null(strstr(html, "<script"));
	assert_null(strstr(html, "<i>"));
	assert_null(strstr(html, "\x01"));
	assert_non_null(strstr(html, "&lt;/title&gt;&lt;script&gt;"));
	assert_non_null(strstr(html, "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; "
			       "&quot;more&quot;</h2>"));
	assert_non_null(strstr(html, "two workers &amp; &lt;i&gt;two&lt;/i&gt; CPUs"));
	assert_non_null(strstr(html, "Source: &lt;/td&gt;&lt;script&gt;"));
	assert_non_null(strstr(html, "canary &lt;1&gt; &amp; &lt;2&gt;"));
}

static void names_each_verdict_by_word_and_shape(void **state)
{
	struct folder *f = *state;
	char *html = page(f);

	assert_in_order(html, "<tr id=\"e/halves\">", "\xe2\x9c\x93</span> HOLDS",
			"the server of " TWO " sets the speed",
			"<tr id=\"e/stays\">", "\xe2\x9c\x97</span> FAILS", "0.9 .. 1.1",
			"<tr id=\"e/quadruples\">", "\xe2\x80\x93</span> SKIPPED", "from 3.8",
			"four cores", "needs 4 cores; has 2",
			"<tr id=\"e/straddles\">", "?</span> UNCLEAR", "] ms", "up to 510 ms");
	assert_non_null(strstr(html, "wall_ns of <code>" ONE "</code> over <code>" TWO
			       "</code>"));
	assert_non_null(strstr(html, "1.9 .. 2.1<small>published: 1.53</small>"));
}

static void tells_what_was_measured(void **state)
{
	struct folder *f = *state;

	/* 10 blocks, of which block 4 has no second worker and 5 no first */
	assert_in_order(page(f), "<h3>Cells", "<code>" ONE "</code>", "<td class=\"number\">9<",
			"1.033 [", "] s</td>", ">96.78<small>number</small>", ">1</td></tr>", "<code>" TWO "</code>",
			"<td class=\"number\">9<", "511.0 [", "] ms</td>", "1.961 [",
			">1</td></tr>", "the baseline</small>", "<td class=\"number\">10<",
			"A/A twin");
	assert_in_order(page(f), "<h3>Cells", "Server&#39;s CPU time", "<code>" TWO "</code>",
			"more workers than CPUs</small>", "the server sets the speed</small>",
			">3.000 ms</td><td class=\"number\">5.008 ms</td><td class=\"number\">2.000</td>"
			"<td class=\"number\">1.500</td>", ">7.000 ms</td>"
			"<td class=\"number\">8.000 ms</td>");
	assert_int_equal(count(page(f), "the server sets the speed</small>"), 1);
	assert_int_equal(count(page(f), "more workers than CPUs</small>"), 1);
	assert_int_equal(count(page(f), "the baseline</small>"), 1);
	assert_int_equal(count(page(f), "A/A twin</small>"), 1);
}

/* What the speedup could not use, and of a cell that has none, what is missing itself. */
static void tells_what_was_dropped(void **state)
{
	struct folder *f = *state;
	char *text = folder_get(f, "contrasts.csv"), *at;

	at = strstr(text, "\ne,speedup," BASE "," ONE ",") + 1;
	for (int i = 0; i < 10; i++)
		at = strchr(at, ',') + 1;
	assert_int_equal(*at, '1');
	*at = '4';
	folder_put(f, "contrasts.csv", text);
	text = folder_get(f, "summary.csv");
	at = strstr(text, "\ne," BASE ",baseline,") + 1;
	for (int i = 0; i < 13; i++)
		at = strchr(at, ',') + 1;
	assert_memory_equal(at, "0,0,", 4);	/* failed, invalid */
	memcpy(at, "3,2,", 4);
	folder_put(f, "summary.csv", text);
	assert_in_order(page(f), "<h3>Cells", "<code>" ONE "</code>", ">4</td></tr>",
			"<code>" TWO "</code>", ">1</td></tr>", "<code>" BASE "</code>",
			">5</td></tr>");
}

static void tells_what_failed(void **state)
{
	struct folder *f = *state;
	char *html = page(f);

	assert_in_order(html, "40 trials were planned, 40 were run.",
			"<code>crash</code><small>died of a signal",
			">1</td><td class=\"number\">0</td><td>" TWO "</td><td>&lt;script&gt;",
			"<code>env_changed</code>",
			">2</td><td class=\"number\">1</td>", "; ");
}

/* Of three that were disturbed the second try of two counts, of the very first as well. */
static void counts_what_another_try_saved(void **state)
{
	struct folder *f = *state;
	struct study *s = &f->study;
	struct sample *first = study_find(s, ONE, 0, 1);

	s->sample[s->samples] = *first;
	s->sample[s->samples++].rep = 2;
	first->status = "env_changed";
	folder_samples(f);
	assert_in_order(page(f), "<code>env_changed</code>",
			">3</td><td class=\"number\">2</td>");
}

static void tells_how_quiet_it_was(void **state)
{
	struct folder *f = *state;
	char *html = page(f);

	assert_non_null(strstr(html, "1 lies inside the interval in 1 of 1 (100 %, 95 % interval "
			       "2 .. 100 %)"));
	/* of 9 blocks, of 10, and of 8 where both cells miss one */
	assert_non_null(strstr(html, "the exact coverage is 96.1 to 99.2 %"));
}

/* A twin that is off, to either side, is not counted as inside. */
static void counts_twins_that_are_off(void **state)
{
	static const char *const off[] = { "1.5,1.4,1.6", "0.5,0.4,0.6" };
	struct folder *f = *state;
	char *text = folder_get(f, "contrasts.csv"), *twin = strstr(text, "\ne,twin,");
	char *ratio, *rest;

	assert_non_null(twin);
	ratio = strstr(twin, ",wall_ns,") + strlen(",wall_ns,");
	rest = ratio;
	for (int i = 0; i < 3; i++)
		rest = strchr(rest, ',') + 1;
	for (int i = 0; i < 2; i++) {
		folder_put(f, "contrasts.csv", arena_printf(&f->study.arena, "%.*s%s,%s",
			   (int)(ratio - text), text, off[i], rest));
		assert_non_null(strstr(page(f), "1 lies inside the interval in 0 of 1 "));
	}
}

/* Of three twins two are inside; of the intervals that have another beside them, one
 * disagrees. */
static void counts_twins_and_intervals(void **state)
{
	struct folder *f = *state;
	char *text = folder_get(f, "contrasts.csv");

	folder_put(f, "contrasts.csv", arena_printf(&f->study.arena, "%.*s"
		   "e,twin,b,b,wall_ns,1,0.9,1.1,9,,0,,,,0\n"
		   "e,twin,c,c,wall_ns,1,0.9,1.1,9,,0,,,,1\n"
		   "e,twin,d,d,wall_ns,2,1.9,2.1,9,,0,,,,1\n"
		   "e,claim,b,c,wall_ns,1,,,5,,0,,,,\n",
		   (int)strcspn(text, "\n") + 1, text));
	text = page(f);
	assert_non_null(strstr(text, "1 lies inside the interval in 2 of 3 (67 %, 95 % interval "
			       "9 .. 99 %)"));
	assert_non_null(strstr(text, "disagrees in 1 of 3 ratios"));
}

/* What is claimed elsewhere stands elsewhere. */
static void keeps_experiments_apart(void **state)
{
	struct folder *f = *state;
	char *text = folder_get(f, "verdicts.csv"), *row = strstr(text, "\ne,halves,");
	int n;

	assert_non_null(row);
	n = (int)strcspn(row + 1, "\n");
	folder_put(f, "verdicts.csv", arena_printf(&f->study.arena, "%sx%.*s\n", text, n - 1,
						   row + 2));
	assert_int_equal(count(page(f), "/halves\">"), 1);
}

/* A closed loop gives service times, an open one response times, and both both. */
static void tells_what_a_latency_is(void **state)
{
	static const struct {
		const char *params[2];
		bool closed, open;
	} cases[] = {
		{ { "", "rate=0" }, true, false },
		{ { "rate=5", "delay=9;rate=4000;x=0" }, false, true },
		{ { "rate=5", "berate=7" }, true, true },
	};
	struct folder *f = *state;
	char *text = folder_get(f, "summary.csv"), *row[4];
	int n = 0;

	for (char *line = strtok(text, "\n"); line && n < 4; line = strtok(NULL, "\n"))
		row[n++] = line;
	assert_int_equal(n, 4);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *summary = arena_printf(&f->study.arena, "%s\n", row[0]), *html;

		for (int k = 0; k < 2; k++) {
			/* experiment, cell, role and workload come before them */
			char *end = strstr(row[k + 1], ",primes,") + strlen(",primes,");

			assert_int_equal(*end, ',');
			summary = arena_printf(&f->study.arena, "%s%.*s%s%s\n", summary,
					       (int)(end - row[k + 1]), row[k + 1],
					       cases[i].params[k], end);
		}
		folder_put(f, "summary.csv", summary);
		html = page(f);
		assert_true(!strstr(html, "are service times in a closed loop") !=
			    cases[i].closed);
		assert_true(!strstr(html, "are response times from the intended start") !=
			    cases[i].open);
	}
}

static void gives_the_same_bytes_again(void **state)
{
	struct folder *f = *state;
	char *first;

	add_figures(f);
	first = page(f);
	setenv("LC_ALL", "de_DE.UTF-8", 1);
	setenv("TZ", "Asia/Kolkata", 1);
	unlink(folder_path(f, "report.html"));
	assert_string_equal(page(f), first);
	assert_null(strstr(first, f->dir));
}

static void keeps_drawings_apart(void **state)
{
	struct folder *f = *state;
	char *html;

	add_figures(f);
	html = page(f);
	for (int i = 1; i <= 4; i++) {
		const char *id = arena_printf(&f->study.arena, "id=\"f%d-a\"", i);
		const char *link = arena_printf(&f->study.arena, "href=\"#f%d-a\"", i);

		assert_int_equal(count(html, id), 1);
		assert_int_equal(count(html, link), 1);
	}
	assert_int_equal(count(html, "<figure "), 4);
}

static void does_without_figures(void **state)
{
	struct folder *f = *state;
	char *html = page(f);

	assert_non_null(strstr(html, "There are no figures"));
	assert_non_null(strstr(html, "There is no figure of this experiment"));
	assert_null(strstr(html, "<figure"));
	assert_int_equal(count(html, "<table"), count(html, "<caption"));
	assert_int_equal(count(html, "<table"), 5);
}

static void leaves_out_an_unfit_figure(void **state)
{
	struct folder *f = *state;
	char *html;

	add_figures(f);
	folder_put(f, "figures/e-forest.svg", "<svg><script>x()</script></svg>");
	html = page(f);
	assert_null(strstr(html, "x()"));
	assert_non_null(strstr(html, "figures/e-forest.svg is left out: it holds an element "
			       "&#39;script&#39;."));
	assert_non_null(strstr(html, "d='M1'"));
}

static void does_without_a_manifest(void **state)
{
	struct folder *f = *state;
	char said[4096];

	assert_non_null(strstr(page(f), "There is no manifest.json"));
	folder_put(f, "manifest.json", "{\"run_id\": ");
	assert_int_equal(write_quietly(f, f->dir, said, sizeof said), 0);
	assert_non_null(strstr(said, "manifest.json:1:"));
	assert_non_null(strstr(folder_get(f, "report.html"), "There is no manifest.json"));
}

static void does_without_rows_that_are_damaged(void **state)
{
	struct folder *f = *state;
	char said[4096];

	folder_put(f, "samples.csv", "something else\n");
	assert_int_equal(write_quietly(f, f->dir, said, sizeof said), 0);
	assert_int_equal(count(said, "\n"), 1);
	assert_non_null(strstr(folder_get(f, "report.html"), "could not be read"));
}

static void reads_a_run_that_was_cut_off(void **state)
{
	struct folder *f = *state;

	folder_put(f, "samples.csv", arena_printf(&f->study.arena, "%s%s",
						  folder_get(f, "samples.csv"), "half a ro"));
	assert_non_null(strstr(page(f), "40 were run"));
}

/* An older run does not know of every number; a page of it there is all the same. */
static void does_without_a_number_that_is_newer(void **state)
{
	struct folder *f = *state;
	char *text = folder_get(f, "summary.csv");

	memcpy(strstr(text, "p999_ns"), "p998_ns", 7);
	folder_put(f, "summary.csv", text);
	assert_null(strstr(page(f), "7.000 ms"));
	assert_non_null(strstr(page(f), "8.000 ms"));
}

static void refuses_a_folder_that_is_no_run(void **state)
{
	static const struct {
		const char *file, *said;
	} cases[] = {
		{ "verdicts.csv", "not analysed yet" }, { "samples.csv", "nothing was measured" },
		{ "plan.csv", "not the folder of a run" },
	};
	struct folder *f = *state;
	char said[4096];

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		unlink(folder_path(f, cases[i].file));
		assert_int_equal(write_quietly(f, f->dir, said, sizeof said), 1);
		assert_non_null(strstr(said, cases[i].said));
		assert_non_null(strstr(said, f->dir));
		assert_int_equal(count(said, "\n"), 1);
		assert_int_equal(access(folder_path(f, "report.html"), F_OK), -1);
	}
	assert_int_equal(write_quietly(f, "/nonexistent", said, sizeof said), 1);
	assert_int_equal(count(said, "\n"), 1);
}

/* The names of experiments become paths. */
static void refuses_a_name_that_leads_elsewhere(void **state)
{
	struct folder *f = *state;
	char *text = folder_get(f, "summary.csv"), *row = strchr(text, '\n') + 1, said[4096];

	text = arena_printf(&f->study.arena, "%.*s../x%s", (int)(row - text), text, row + 1);
	folder_put(f, "summary.csv", text);
	assert_int_equal(write_quietly(f, f->dir, said, sizeof said), -1);
	assert_non_null(strstr(said, "'../x' is no name"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, folder_setup, folder_teardown)
		TEST(reads_in_order),
		TEST(texts_stay_texts),
		TEST(names_each_verdict_by_word_and_shape),
		TEST(tells_what_was_measured),
		TEST(tells_what_was_dropped),
		TEST(tells_what_failed),
		TEST(counts_what_another_try_saved),
		TEST(tells_how_quiet_it_was),
		TEST(counts_twins_that_are_off),
		TEST(counts_twins_and_intervals),
		TEST(keeps_experiments_apart),
		TEST(tells_what_a_latency_is),
		TEST(gives_the_same_bytes_again),
		TEST(keeps_drawings_apart),
		TEST(does_without_figures),
		TEST(leaves_out_an_unfit_figure),
		TEST(does_without_a_manifest),
		TEST(does_without_rows_that_are_damaged),
		TEST(reads_a_run_that_was_cut_off),
		TEST(does_without_a_number_that_is_newer),
		TEST(refuses_a_folder_that_is_no_run),
		TEST(refuses_a_name_that_leads_elsewhere),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

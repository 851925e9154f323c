/*
 * The tables that figures are drawn from hold what the tables of the run hold,
 * row by row and column by column.  In the place of gnuplot a script that writes
 * files; what is drawn of them: test_draw.c.
 */
#include <glob.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/csv.h"
#include "base/stats.h"
#include "figures/draw.h"

#define FIXTURE "tests/plots/fixture"
enum { FIGURES = 26, LENGTH = 256, MARKS = 256 };

static char dir[] = "/tmp/samework-tables-XXXXXX";
static struct arena arena;
static struct csv summary, contrasts, verdicts;

/* --- tables --- */

static const char *field(const struct csv *c, size_t row, const char *column)
{
	int i = csv_column(c, column);

	assert_true(i >= 0);
	return c->row[row][i];
}

static double number(const char *s)
{
	return *s ? strtod(s, NULL) : NAN;
}

static double value(const struct csv *c, size_t row, const char *column)
{
	return number(field(c, row, column));
}

/* Equal but for what nine digits cannot say. */
static void assert_same(double a, double b)
{
	if (isnan(a) != isnan(b) || fabs(a - b) > 1e-8 * fabs(b))
		fail_msg("%.9g is not %.9g", a, b);
}

/* The first row of @experiment in which @column is @wanted, or begins with it and
 * a slash. */
static size_t find(const struct csv *c, const char *experiment, const char *column,
		   const char *wanted)
{
	size_t n = strlen(wanted);

	for (size_t i = 0; i < c->rows; i++) {
		const char *s = field(c, i, column);

		if (!strcmp(field(c, i, "experiment"), experiment) && !strncmp(s, wanted, n) &&
		    (!s[n] || s[n] == '/'))
			return i;
	}
	fail_msg("no %s '%s' of %s in %s", column, wanted, experiment, c->path);
	return 0;
}

/* --- each kind of figure --- */

static void check_chart(const struct csv *f, const char *experiment)
{
	double first = INFINITY;

	for (size_t i = 0; i < f->rows; i++) {
		size_t row = find(&summary, experiment, "cell", arena_printf(&arena, "%s/%s/%s/%s",
				  field(f, i, "workload"), field(f, i, "strategy"),
				  field(f, i, "placement"), field(f, i, "workers")));

		assert_string_not_equal(field(&summary, row, "role"), "twin");
		first = fmin(first, value(f, i, "x"));
		for (size_t k = (size_t)csv_column(f, "n"); k < f->columns; k++)
			assert_same(number(f->row[i][k]), value(&summary, row, f->column[k]));
	}
	assert_true(first == 1);	/* workers, or places from the left */
}

static void check_twin(const struct csv *f, size_t i, const char *experiment)
{
	size_t row = find(&contrasts, experiment, "left", field(f, i, "claim"));

	assert_string_equal(field(&contrasts, row, "kind"), "twin");
	assert_same(value(f, i, "at"), value(&contrasts, row, "ratio"));
	assert_same(value(f, i, "at_lo"), value(&contrasts, row, "lo"));
	assert_same(value(f, i, "at_hi"), value(&contrasts, row, "hi"));
}

/* A claim about a value is drawn as a share of its bound. */
static void check_claim(const struct csv *f, size_t i, const char *experiment)
{
	static const char *const pairs[][2] = {
		{ "at_lo", "lo" }, { "at_hi", "hi" },
		{ "expect_lo", "expect_lo" }, { "expect_hi", "expect_hi" },
	};
	size_t row = find(&verdicts, experiment, "claim", field(f, i, "claim"));
	double high = value(&verdicts, row, "expect_hi");
	double bound = value(&verdicts, row, "ratio") / value(f, i, "at");

	assert_string_equal(field(f, i, "verdict"), field(&verdicts, row, "verdict"));
	assert_string_equal(field(f, i, "metric"), field(&verdicts, row, "metric"));
	if (isnan(bound))
		return;
	if (fabs(bound - 1) > 1e-8)
		assert_same(bound, isnan(high) ? value(&verdicts, row, "expect_lo") : high);
	for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++)
		assert_same(value(f, i, pairs[k][0]), value(&verdicts, row, pairs[k][1]) / bound);
}

static void check_forest(const struct csv *f, const char *experiment)
{
	for (size_t i = 0; i < f->rows; i++) {
		if (!strncmp(field(f, i, "verdict"), "A/A", 3))
			check_twin(f, i, experiment);
		else
			check_claim(f, i, experiment);
	}
}

/* Each series but the twin is held against its own median. */
static void check_drift(const struct csv *f, const char *series)
{
	for (size_t i = 0; i < f->rows; i++) {
		double x[MARKS];
		size_t n = 0;

		for (size_t k = 0; k < f->rows; k++)
			if (!strcmp(field(f, k, "workload"), field(f, i, "workload")) &&
			    !strcmp(field(f, k, "series"), series))
				x[n++] = value(f, k, "percent");
		assert_true(n > 0 && fabs(stats_median(x, n)) < 1e-6);
	}
}

/* --- all of the fixture --- */

static void check(const char *path)
{
	const char *name = strrchr(path, '/') + 1, *kind = strrchr(name, '-');
	const char *experiment = arena_printf(&arena, "%.*s", (int)(kind - name), name);
	struct csv f;

	assert_int_equal(csv_read(&f, path, &arena), 0);
	assert_true(f.rows > 0 && f.rows <= MARKS);
	if (!strcmp(kind, "-forest.csv")) {
		check_forest(&f, experiment);
	} else if (!strcmp(kind, "-drift.csv")) {
		check_drift(&f, "baseline");
		check_drift(&f, "canary");
	} else if (strcmp(name, "gil-versus-multiprocessing.csv")) {	/* of no experiment */
		check_chart(&f, experiment);
	}
}

static void hold_what_the_run_holds(void **state)
{
	glob_t g;

	(void)state;
	assert_int_equal(glob(arena_printf(&arena, "%s/figures/*.csv", dir), 0, NULL, &g), 0);
	assert_int_equal(g.gl_pathc, FIGURES);
	for (size_t i = 0; i < g.gl_pathc; i++)
		check(g.gl_pathv[i]);
	globfree(&g);
}

/* Series, panels, tics, shape, title and small print, which ends with the same. */
static void are_drawn_by_these_words(void **state)
{
	static const struct {
		const char *figure, *words;
	} cases[] = {
		{ "gil-versus-multiprocessing",
		  "single:single gil:gil fine:fine openmp:openmp fork:fork async:async\n"
		  "countdown:cpu:tick:1:2:0.750000:8.000000:333333:closed "
		  "delay:io:request:1:2:0.750000:8.000000:333333:closed\n"
		  "1 2 4 8\n"
		  "2.828:2:lines\n"
		  "The same work under a global interpreter lock, with threads, "
		  "processes and one loop: speedup over single\n"
		  "9 blocks; median of in-block ratios, exact 95 % order-statistic "
		  "interval\n" },
		{ "gil-io-latency",
		  "single:single gil:gil global:global fine:fine openmp:openmp fork:fork "
		  "pool:pool async:async\n"
		  "delay:io:request:ms:10:1000000.000000:8000000.000000:77777777:closed\n"
		  "1 2 4 8\n"
		  "2.5:2:dots\n"
		  "gil-io: latency, p50 (mark), p90 (+) and p99 (end of bar)\n"
		  "9 blocks; median of trials\n" },
		{ "gil-cpu-forest",
		  "countdown:A/A squares:A/A gil-does-not-scale:HOLDS "
		  "fine-halves-the-time:HOLDS fork-halves-the-time:UNCLEAR "
		  "openmp-halves-the-time:FAILS uncontended-gil-is-cheap:HOLDS "
		  "four-cores-quarter-the-time:SKIPPED\n"
		  "claims:-:-:1:2:0.125000:2.000000:33333330\n"
		  "-\n"
		  "0:0:forest\n"
		  "gil-cpu: what was claimed and what was found\n"
		  "band: the range claimed beforehand; bar: exact 95 % order-statistic "
		  "interval; A/A: the baseline against itself\n" },
		{ "placement-speedup",
		  "single:single fine:fine fork:fork async:async\n"
		  "squares:cpu:sum:1:2:0.750000:3.000000:3333:closed\n"
		  "one:1 compact:1 scatter:1 none:1 one:2 compact:2 scatter:2 none:2\n"
		  "0:2:dots\n"
		  "placement: speedup over single\n"
		  "9 blocks; median of in-block ratios, exact 95 % order-statistic "
		  "interval\n" },
		{ "worker-cost-time",
		  "gil:gil global:global fine:fine openmp:openmp fork:fork pool:pool "
		  "async:async\n"
		  "null:cpu:unit:ms:0:0.000000:2299284.079200:3333333:closed\n"
		  "gil:8 global:8 fine:8 openmp:8 fork:8 pool:8 async:8\n"
		  "0:2:names\n"
		  "worker-cost: wall time of one pass\n"
		  "9 blocks; median of trials, exact 95 % order-statistic interval\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *path = arena_printf(&arena, "%s/figures/%s.words", dir, cases[i].figure);

		assert_string_equal(csv_text(path, &arena), arena_printf(&arena, "%s%s",
				    cases[i].words, "Example CPU E-1234 v5 @ 2.60GHz, 2 cores\n"
				    "run 20250101t120000z-1a2b3c; profile default; "
				    "commit 0123456789ab; build 89abcdef01234567\n"));
	}
}

static void make_gnuplot(void)
{
	const char *path = arena_printf(&arena, "%s/gnuplot", dir);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs("#!/bin/sh\nfor e in svg pdf png; do echo x >\"$5.$e\"; done\n"
	      "to=${5%.tmp}.words\nshift 5\nprintf '%s\\n' \"$@\" >\"$to\"\n", f);
	assert_int_equal(fchmod(fileno(f), 0755), 0);
	fclose(f);
	setenv("PATH", arena_printf(&arena, "%s:%s", dir, getenv("PATH")), 1);
}

static int setup(void **state)
{
	static const char *const names[] = {
		"summary.csv", "contrasts.csv", "verdicts.csv", "plan.csv", "samples.csv",
		"manifest.json"
	};
	struct csv *const table[] = { &summary, &contrasts, &verdicts };

	(void)state;
	assert_non_null(mkdtemp(dir));
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		assert_int_equal(symlink(arena_printf(&arena, "%s/" FIXTURE "/%s",
				 getcwd(arena_alloc(&arena, LENGTH), LENGTH), names[i]),
				 arena_printf(&arena, "%s/%s", dir, names[i])), 0);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		assert_int_equal(csv_read(table[i], arena_printf(&arena, "%s/%s", dir,
				 names[i]), &arena), 0);
	make_gnuplot();
	return draw(dir, "plots");
}

static int teardown(void **state)
{
	static const char *const levels[] = { "%s/figures/*", "%s/*" };
	glob_t g;

	(void)state;
	for (int i = 0; i < 2; i++) {
		if (glob(arena_printf(&arena, levels[i], dir), 0, NULL, &g))
			continue;
		for (size_t k = 0; k < g.gl_pathc; k++)
			remove(g.gl_pathv[k]);
		globfree(&g);
	}
	arena_release(&arena);
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hold_what_the_run_holds),
		cmocka_unit_test(are_drawn_by_these_words),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}

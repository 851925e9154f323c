/*
 * The figures of a run: all of them, whole, and the same bytes each time.
 * tests/plots/fixture is a made-up run that looks like a real one; what is rare is
 * made up here.  What the figures hold: test_tables.c.
 */
#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "analysis/analyse.h"
#include "pipeline/capture.h"
#include "figures/draw.h"
#include "pipeline/record.h"

#define PLOTS "plots"
#define FIXTURE "tests/plots/fixture"
enum { PATH_LENGTH = 256, SAID = 4096 };

struct place {
	char dir[64], twin[64];	/* two folders of runs */
	char path[4096];	/* PATH as it was */
	char said[SAID];
};

static const char *const tables[] = {
	"summary.csv", "contrasts.csv", "verdicts.csv", "plan.csv", "samples.csv",
	"manifest.json",
};
enum { TABLES = sizeof tables / sizeof *tables };

/* What the fixture must give. */
static const char *const figures[] = {
	"gil-versus-multiprocessing",
	"gil-cpu-speedup", "gil-cpu-efficiency", "gil-cpu-time", "gil-cpu-cpu",
	"gil-cpu-forest", "gil-cpu-drift",
	"gil-io-speedup", "gil-io-efficiency", "gil-io-time", "gil-io-cpu",
	"gil-io-latency", "gil-io-forest", "gil-io-drift",
	"placement-speedup", "placement-efficiency", "placement-time", "placement-cpu",
	"placement-forest", "placement-drift",
	"worker-cost-speedup", "worker-cost-time", "worker-cost-cpu",
	"worker-cost-spawn", "worker-cost-forest", "worker-cost-drift",
};
enum { FIGURES = sizeof figures / sizeof *figures };

static const struct {
	const char *ending, *magic;
} formats[] = {
	{ "csv", "" }, { "svg", "<?xml" }, { "pdf", "%PDF" }, { "png", "\x89PNG" },
};
enum { FORMATS = sizeof formats / sizeof *formats };

/* --- files --- */

/* The bytes of @path, ended by a NUL, and how many they are. */
static char *slurp(const char *path, size_t *n)
{
	FILE *f = fopen(path, "r");
	struct stat st;
	char *text;

	assert_non_null(f);
	assert_int_equal(fstat(fileno(f), &st), 0);
	text = calloc(1, (size_t)st.st_size + 1);
	assert_non_null(text);
	*n = fread(text, 1, (size_t)st.st_size, f);
	fclose(f);
	return text;
}

static FILE *create(const char *dir, const char *name)
{
	char path[PATH_LENGTH];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	return f;
}

static void copy_run(const char *dir)
{
	for (int i = 0; i < TABLES; i++) {
		char path[PATH_LENGTH], *text;
		FILE *f = create(dir, tables[i]);
		size_t n;

		snprintf(path, sizeof path, "%s/%s", FIXTURE, tables[i]);
		text = slurp(path, &n);
		assert_int_equal(fwrite(text, 1, n, f), n);
		fclose(f);
		free(text);
	}
}

/* The rest of @dir's names; returns how many they were. */
static unsigned empty(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	unsigned n = 0;

	while (d && (e = readdir(d))) {
		char path[PATH_LENGTH + 256];

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
		if (unlink(path) < 0) {
			empty(path);
			rmdir(path);
		}
		n++;
	}
	if (d)
		closedir(d);
	return n;
}

static char *figure(const char *dir, const char *name, const char *ending, size_t *n)
{
	char path[PATH_LENGTH];

	snprintf(path, sizeof path, "%s/figures/%s.%s", dir, name, ending);
	return slurp(path, n);
}

/* Does the picture say @text, as a whole label that can be seen? */
static bool says(const char *dir, const char *name, const char *text)
{
	char label[PATH_LENGTH], *svg;
	size_t n;
	bool found;

	snprintf(label, sizeof label, "<text>%s</text>", text);
	svg = figure(dir, name, "svg", &n);
	found = strstr(svg, label) != NULL;
	free(svg);
	return found;
}

/* --- a run of a few cells --- */

static struct summary cell(const char *experiment, const char *name,
			   const char *strategy, double speedup)
{
	return (struct summary){
		.experiment = experiment, .cell = name, .role = "cell", .workload = "w",
		.params = "", .bound = "cpu", .unit = "unit", .strategy = strategy,
		.options = "", .placement = "compact", .workers = NONE,
		.oversubscribed = 0, .n = 9, .failed = 0, .invalid = 0,
		.wall_ns = 1e8, .wall_lo = NAN, .wall_hi = NAN, .units_per_s = NAN,
		.cpu_ns_per_unit = 0, .server_cpu_ns_per_unit = NAN,
		.syscalls_per_unit = NAN, .p50_ns = NAN, .p90_ns = NAN, .p99_ns = NAN,
		.max_ns = NAN, .spawn_ns = NAN, .join_ns = NAN, .spread = NAN,
		.speedup = speedup, .speedup_lo = NAN, .speedup_hi = NAN,
		.scaling = NAN, .scaling_lo = NAN, .scaling_hi = NAN,
		.efficiency = speedup, .efficiency_lo = NAN, .efficiency_hi = NAN,
		.serial = NAN, .serial_lo = NAN, .serial_hi = NAN,
		.server_share = NAN, .server_saturated = NONE,
		.little = NAN, .little_off = NONE,
	};
}

static void header_only(const char *dir, const char *name, const struct column *c)
{
	FILE *f = create(dir, name);

	table_header(f, c);
	fclose(f);
}

static void make_run(const char *dir, const struct summary *row, size_t n)
{
	FILE *f = create(dir, "summary.csv");

	table_header(f, summary_columns);
	for (size_t i = 0; i < n; i++)
		table_row(f, summary_columns, &row[i]);
	fclose(f);
	header_only(dir, "contrasts.csv", contrast_columns);
	header_only(dir, "verdicts.csv", verdict_columns);
	header_only(dir, "plan.csv", plan_columns);
	header_only(dir, "samples.csv", sample_columns);
}

/* Draw, keeping what is said on stderr. */
static int draw_quietly(struct place *p, const char *dir)
{
	struct capture c = capture_start();
	int rc = draw(dir, PLOTS);

	capture_stop(&c, p->said, sizeof p->said);
	return rc;
}

/* As the above, which must succeed in silence; skips without gnuplot. */
static void draw_well(struct place *p, const char *dir)
{
	int rc = draw_quietly(p, dir);

	if (rc == 1)
		skip();
	assert_string_equal(p->said, "");
	assert_int_equal(rc, 0);
}

static int setup(void **state)
{
	struct place *p = calloc(1, sizeof *p);

	assert_non_null(p);
	*p = (struct place){ "/tmp/samework-draw-XXXXXX", "/tmp/samework-draw-XXXXXX",
			     "", "" };
	assert_non_null(mkdtemp(p->dir));
	assert_non_null(mkdtemp(p->twin));
	snprintf(p->path, sizeof p->path, "%s", getenv("PATH"));
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct place *p = *state;

	setenv("PATH", p->path, 1);
	empty(p->dir);
	empty(p->twin);
	rmdir(p->dir);
	rmdir(p->twin);
	free(p);
	return 0;
}

/* --- the fixture --- */

static void check_whole(const char *dir, const char *name)
{
	for (int k = 0; k < FORMATS; k++) {
		size_t n, magic = strlen(formats[k].magic);
		char *bytes = figure(dir, name, formats[k].ending, &n);

		assert_true(n > 100);
		assert_memory_equal(bytes, formats[k].magic, magic);
		free(bytes);
	}
}

static void check_equal(const char *dir, const char *twin, const char *name)
{
	for (int k = 0; k < FORMATS; k++) {
		size_t n, m;
		char *a = figure(dir, name, formats[k].ending, &n);
		char *b = figure(twin, name, formats[k].ending, &m);

		assert_int_equal(n, m);
		assert_memory_equal(a, b, n);
		free(a);
		free(b);
	}
}

static void draws_all_and_the_same_again(void **state)
{
	struct place *p = *state;
	char path[PATH_LENGTH];

	copy_run(p->dir);
	copy_run(p->twin);
	draw_well(p, p->dir);
	for (int i = 0; i < FIGURES; i++)
		check_whole(p->dir, figures[i]);
	assert_true(says(p->dir, "gil-cpu-speedup", "openmp"));
	assert_true(says(p->dir, "gil-cpu-speedup", "workers > 2 CPUs"));
	assert_true(says(p->dir, "gil-io-cpu", "the server"));
	assert_false(says(p->dir, "gil-cpu-cpu", "the server"));
	assert_true(says(p->dir, "worker-cost-spawn", "end of all"));
	assert_true(says(p->dir, "worker-cost-spawn", "start of all workers, \xc2\xb5s"));
	assert_true(says(p->dir, "gil-cpu-forest", "FAILS"));
	assert_true(says(p->dir, "gil-cpu-forest", "A/A countdown"));
	draw_well(p, p->twin);
	for (int i = 0; i < FIGURES; i++)
		check_equal(p->dir, p->twin, figures[i]);
	snprintf(path, sizeof path, "%s/figures", p->dir);
	assert_int_equal(empty(path), FIGURES * FORMATS);
}

/* --- what is rare --- */

static void leaves_out_series_without_data(void **state)
{
	struct place *p = *state;
	struct summary row[] = {
		cell("e", "w_x/single/compact/1", "single", 1),
		cell("e", "w_x/fine/compact/1", "fine", 1),
		cell("e", "w_x/fine/compact/2", "fine", 1.9),
		cell("e", "w_x/pool/compact/2", "pool", NAN),
	};

	make_run(p->dir, row, 4);
	draw_well(p, p->dir);
	assert_true(says(p->dir, "e-speedup", "w_x (CPU-bound)"));
	assert_true(says(p->dir, "e-speedup", "fine"));
	assert_false(says(p->dir, "e-speedup", "pool"));
}

/* Where requests have their hour, latency counts from then: the axis says so. */
static void names_what_a_latency_is(void **state)
{
	struct place *p = *state;
	struct summary row[] = {
		cell("e", "w/fine/compact/1", "fine", 1),
		cell("e", "x/fine/compact/1", "fine", 1),
	};

	for (int i = 0; i < 2; i++) {
		row[i].bound = "io";
		row[i].p50_ns = 5e5;
	}
	row[0].params = "delay=1000;rate=0";
	row[1].params = "delay=1000;rate=4000";
	make_run(p->dir, row, 1);
	draw_well(p, p->dir);
	assert_true(says(p->dir, "e-latency", "service time per unit, \xc2\xb5s"));
	make_run(p->dir, row + 1, 1);
	draw_well(p, p->dir);
	assert_true(says(p->dir, "e-latency",
			 "response time from the intended start, \xc2\xb5s"));
}

static void draws_points_without_intervals(void **state)
{
	struct place *p = *state;
	struct summary row[] = {
		cell("e", "w/fine/compact/1", "fine", 1),
		cell("e", "w/fine/compact/2", "fine", 1),
	};
	char *svg;
	size_t n;

	row[0].n = row[1].n = 3;
	make_run(p->dir, row, 2);
	draw_well(p, p->dir);
	svg = figure(p->dir, "e-speedup", "svg", &n);
	assert_non_null(strstr(svg, "too few blocks for an interval"));
	free(svg);
}

static void draws_a_single_cell(void **state)
{
	struct place *p = *state;
	struct summary row = cell("e", "w/some-new-one/none/8", "some-new-one", 0);

	make_run(p->dir, &row, 1);
	draw_well(p, p->dir);
	assert_true(says(p->dir, "e-time", "some-new-one"));
}

/* A baseline over itself is 1 and says nothing. */
static void draws_no_speedup_of_baselines_alone(void **state)
{
	struct place *p = *state;
	struct summary row[] = {
		cell("e", "w/fine/compact/1", "fine", 1),
		cell("e", "x/fine/compact/1", "fine", 1),
	};
	char path[PATH_LENGTH];

	row[0].role = row[1].role = "baseline";
	make_run(p->dir, row, 2);
	draw_well(p, p->dir);
	snprintf(path, sizeof path, "%s/figures/e-speedup.svg", p->dir);
	assert_int_equal(access(path, F_OK), -1);
	assert_true(says(p->dir, "e-time", "fine"));
}

static void draws_nothing_of_an_empty_run(void **state)
{
	struct place *p = *state;
	char path[PATH_LENGTH];

	make_run(p->dir, NULL, 0);
	draw_well(p, p->dir);
	snprintf(path, sizeof path, "%s/figures", p->dir);
	assert_int_equal(empty(path), 0);
}

static void refuses_names_that_are_not(void **state)
{
	static const struct {
		const char *experiment, *cell, *strategy;
	} bad[] = {
		{ "../up", "w/fine/compact/1", "fine" },
		{ "e", "w x/fine/compact/1", "fine" },
		{ "e", "w/fine:y/compact/1", "fine" },
		{ "e", "w/fine/compact", "fine" },
		{ "e", "w/fine/compact/one", "fine" },
		{ "e", "w/fine/compact/1", "`id`" },
	};
	struct place *p = *state;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct summary row = cell(bad[i].experiment, bad[i].cell,
					  bad[i].strategy, 1);

		make_run(p->dir, &row, 1);
		assert_int_equal(draw_quietly(p, p->dir), -1);
		assert_non_null(strstr(p->said, "is not the name of a cell"));
	}
}

static void prints_but_never_runs_what_a_manifest_says(void **state)
{
	struct place *p = *state;
	struct summary row = cell("e", "w/fine/compact/1", "fine", 1);
	char path[PATH_LENGTH], *svg;
	FILE *f;
	size_t n;

	make_run(p->dir, &row, 1);
	f = create(p->dir, "manifest.json");
	fprintf(f, "{\"run_id\": \"'; system('touch %s/ran')\", \"cores\": 2, \"facts\": "
		"{\"cpu_model\": \"`touch %s/ran` $(touch %s/ran) {/*9 x}_y\"}}",
		p->dir, p->dir, p->dir);
	fclose(f);
	draw_well(p, p->dir);
	svg = figure(p->dir, "e-time", "svg", &n);
	assert_non_null(strstr(svg, "{/*9 x}_y"));
	free(svg);
	snprintf(path, sizeof path, "%s/ran", p->dir);
	assert_int_equal(access(path, F_OK), -1);
}

static void does_without_a_manifest_that_cannot_be_read(void **state)
{
	struct place *p = *state;
	struct summary row = cell("e", "w/fine/compact/1", "fine", 1);
	int rc;

	make_run(p->dir, &row, 1);
	fclose(create(p->dir, "manifest.json"));
	rc = draw_quietly(p, p->dir);
	if (rc == 1)
		skip();
	assert_int_equal(rc, 0);
	assert_non_null(strstr(p->said, "manifest.json:1"));
}

/* --- gnuplot --- */

/* Scripts are static and start nothing, whatever they are given. */
static void scripts_start_no_program(void **state)
{
	static const char *const bad[] = { "system", "`", "'<", "\"<", "'|", "\"|", "\n!" };
	DIR *d = opendir(PLOTS);
	struct dirent *e;
	unsigned scripts = 0;

	(void)state;
	assert_non_null(d);
	while ((e = readdir(d))) {
		char path[PATH_LENGTH + 256], *text;
		size_t n;

		if (!strstr(e->d_name, ".gp"))
			continue;
		snprintf(path, sizeof path, "%s/%s", PLOTS, e->d_name);
		text = slurp(path, &n);
		for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
			assert_null(strstr(text, bad[i]));
		free(text);
		scripts++;
	}
	closedir(d);
	assert_true(scripts > 8);
}

static void names_the_package_when_gnuplot_is_missing(void **state)
{
	struct place *p = *state;
	struct summary row = cell("e", "w/fine/compact/1", "fine", 1);

	make_run(p->dir, &row, 1);
	setenv("PATH", p->twin, 1);
	assert_int_equal(draw_quietly(p, p->dir), 1);
	assert_non_null(strstr(p->said, "gnuplot-nox"));
	assert_non_null(strstr(p->said, "samework plot"));
	assert_non_null(strstr(p->said, p->dir));
}

static void believes_files_and_not_an_exit_status(void **state)
{
	static const struct {
		const char *script, *said;
	} broken[] = {
		{ "exit 0", "wrote no svg" },
		{ ": >\"$5.svg\"", "wrote no svg" },
		{ "echo x >\"$5.svg\"", "wrote no pdf" },
		{ "echo x >\"$5.svg\"; exit 3", "ended with 3" },
		{ "kill -9 $$", "died of signal 9" },
	};
	struct place *p = *state;
	struct summary row = cell("e", "w/fine/compact/1", "fine", 1);
	char path[PATH_LENGTH];

	make_run(p->dir, &row, 1);
	setenv("PATH", p->twin, 1);
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
		FILE *f = create(p->twin, "gnuplot");

		fprintf(f, "#!/bin/sh\n%s\n", broken[i].script);
		assert_int_equal(fchmod(fileno(f), 0755), 0);
		fclose(f);
		assert_int_equal(draw_quietly(p, p->dir), -1);
		assert_non_null(strstr(p->said, broken[i].said));
		snprintf(path, sizeof path, "%s/figures/e-time.svg", p->dir);
		assert_int_equal(access(path, F_OK), -1);
		snprintf(path, sizeof path, "%s/figures/e-time.tmp.svg", p->dir);
		assert_int_equal(access(path, F_OK), -1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
		TEST(draws_all_and_the_same_again),
		TEST(leaves_out_series_without_data),
		TEST(names_what_a_latency_is),
		TEST(draws_points_without_intervals),
		TEST(draws_a_single_cell),
		TEST(draws_no_speedup_of_baselines_alone),
		TEST(draws_nothing_of_an_empty_run),
		TEST(refuses_names_that_are_not),
		TEST(prints_but_never_runs_what_a_manifest_says),
		TEST(does_without_a_manifest_that_cannot_be_read),
		TEST(scripts_start_no_program),
		TEST(names_the_package_when_gnuplot_is_missing),
		TEST(believes_files_and_not_an_exit_status),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

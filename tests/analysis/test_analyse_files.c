/*
 * A run's folder, from plan and samples to verdicts, twice: the same bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "pipeline/capture.h"
#include "analysis/dictionary.h"
#include "analysis/study.h"
#include "pipeline/usable.h"

#define BASE "primes/single/compact/1"
#define ONE "primes/fine/compact/1"
#define TWO "primes/fine/compact/2"

static const char spec_text[] =
	"title: a test\n"
	"question: does it read and write files?\n"
	"workloads: [{name: primes}]\n"
	"strategies: [single, fine]\n"
	"workers: [1, 2]\n"
	"placements: [compact]\n"
	"claims:\n"
	"  - name: halves\n"
	"    why: two workers\n"
	"    left: " ONE "\n"
	"    right: " TWO "\n"
	"    expect: 1.9 .. 2.1\n"
	"    cores: 2\n"
	"    source: a test\n"
	"  - name: stays\n"
	"    why: it does not\n"
	"    left: " ONE "\n"
	"    right: " TWO "\n"
	"    expect: 0.9 .. 1.1\n"
	"    cores: 2\n"
	"    source: a test\n"
	"  - name: quadruples\n"
	"    why: four cores\n"
	"    left: " ONE "\n"
	"    right: " TWO "\n"
	"    expect: 3.8 ..\n"
	"    cores: 4\n"
	"    source: a test\n";

static const char *const made[] = {
	"summary.csv", "latency.csv", "contrasts.csv", "verdicts.csv", "datapackage.json"
};
enum { MADE = sizeof made / sizeof *made };

struct results {
	struct study study;
	char dir[64];
};

static char *path(struct results *r, const char *name)
{
	return arena_printf(&r->study.arena, "%s/%s", r->dir, name);
}

static void put(struct results *r, const char *name, const char *text)
{
	FILE *f = fopen(path(r, name), "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static char *get(struct results *r, const char *name)
{
	char *text = NULL, *kept;
	size_t cap = 0;
	FILE *f = fopen(path(r, name), "r");

	assert_non_null(f);
	assert_true(getdelim(&text, &cap, '\0', f) > 0);
	fclose(f);
	kept = arena_strdup(&r->study.arena, text);
	free(text);
	return kept;
}

static void put_samples(struct results *r)
{
	struct study *s = &r->study;
	char *text = samples_header(&s->arena);

	for (size_t i = 0; i < s->samples; i++)
		text = arena_printf(&s->arena, "%s%s", text,
				    samples_line(&s->sample[i], &s->arena));
	put(r, "samples.csv", text);
}

static int setup(void **state)
{
	struct usable u = { 2, 2, 2 };
	struct results *r = calloc(1, sizeof *r);
	struct study *s;
	struct plan p;

	assert_non_null(r);
	s = &r->study;
	strcpy(r->dir, "/tmp/test_analyse.XXXXXX");
	assert_non_null(mkdtemp(r->dir));
	assert_int_equal(mkdir(path(r, "experiments"), 0755), 0);
	study_cell(s, BASE, "baseline", 9, 1e9, 0);
	study_cell(s, BASE, "twin", 9, 1e9, 1);
	study_cell(s, ONE, "cell", 9, 1.02e9, 2);
	study_cell(s, TWO, "cell", 9, .51e9, 3);
	p = (struct plan){ s->trial, s->trials };
	assert_int_equal(plan_write(&p, path(r, "plan.csv")), 0);
	assert_int_equal(usable_write(&u, path(r, "machine.csv")), 0);
	put(r, "experiments/e.yaml", spec_text);
	put(r, "bins.csv", "trial,rep,kind,bins\n00000000000abc01,1,unit,5=2;7=1\n");
	put_samples(r);
	*state = r;
	return 0;
}

static int teardown(void **state)
{
	static const char *const given[] = {
		"experiments/e.yaml", "plan.csv", "machine.csv", "samples.csv",
		"bins.csv"
	};
	struct results *r = *state;

	for (size_t i = 0; i < 5; i++)
		unlink(path(r, given[i]));
	for (size_t i = 0; i < MADE; i++)
		unlink(path(r, made[i]));
	rmdir(path(r, "experiments"));
	assert_int_equal(rmdir(r->dir), 0);
	arena_release(&r->study.arena);
	free(r);
	return 0;
}

static int analyse_quietly(struct results *r)
{
	struct capture c = capture_start();
	int rc = analyse(r->dir);
	char said[4096];

	capture_stop(&c, said, sizeof said);
	return rc;
}

/* Neither the language nor the time zone of the user gets into a file. */
static void test_same_bytes(void **state)
{
	struct results *r = *state;
	char *first[MADE];

	assert_int_equal(analyse(r->dir), 0);
	assert_int_equal(dictionary_write(r->dir), 0);
	for (size_t i = 0; i < MADE; i++)
		first[i] = get(r, made[i]);
	setenv("LC_ALL", "de_DE.UTF-8", 1);
	setenv("TZ", "Asia/Kolkata", 1);
	assert_int_equal(analyse(r->dir), 0);
	assert_int_equal(dictionary_write(r->dir), 0);
	unsetenv("LC_ALL");
	unsetenv("TZ");
	for (size_t i = 0; i < MADE; i++)
		assert_string_equal(get(r, made[i]), first[i]);
}

static void test_headers(void **state)
{
	static const char contrasts[] = "experiment,kind,left,right,metric,ratio,lo,hi,n,"
		"level,dropped,walsh,walsh_lo,walsh_hi,agree\n";
	static const char verdicts[] = "experiment,claim,verdict,metric,ratio,lo,hi,"
		"expect_lo,expect_hi,n,reason,p,p_holm,confirms,refutes,published\n";
	struct results *r = *state;
	char *text;

	assert_int_equal(analyse(r->dir), 0);
	text = get(r, "contrasts.csv");
	assert_memory_equal(text, contrasts, strlen(contrasts));
	text = get(r, "verdicts.csv");
	assert_memory_equal(text, verdicts, strlen(verdicts));
	assert_non_null(strstr(text, "e,halves,HOLDS,wall_ns,"));
	assert_non_null(strstr(text, "e,quadruples,SKIPPED,wall_ns,"));
	assert_non_null(strstr(text, ",3.8,,9,needs 4 cores; has 2,,,,,\n"));
}

/* Each experiment has its claims, in the order of their names. */
static void test_experiments(void **state)
{
	struct results *r = *state;
	struct study *s = &r->study;
	struct plan p;
	char *text;

	study_move(s, "f");
	study_cell(s, BASE, "baseline", 9, 1e9, 0);
	study_cell(s, BASE, "twin", 9, 1e9, 1);
	study_cell(s, ONE, "cell", 9, 1.02e9, 2);
	study_cell(s, TWO, "cell", 9, 1.02e9, 3);
	p = (struct plan){ s->trial, s->trials };
	assert_int_equal(plan_write(&p, path(r, "plan.csv")), 0);
	put(r, "experiments/f.yaml", spec_text);
	put_samples(r);
	assert_int_equal(analyse(r->dir), 0);
	unlink(path(r, "experiments/f.yaml"));
	text = strstr(get(r, "verdicts.csv"), "\ne,halves,FAILS,");
	assert_non_null(text);
	assert_non_null(strstr(text, "\nf,halves,HOLDS,"));
}

/* A torn last row is left out; the same folder without it says the same. */
static void test_torn(void **state)
{
	struct results *r = *state;
	char *whole = get(r, "samples.csv"), *before;

	r->study.samples--;
	put_samples(r);
	assert_int_equal(analyse(r->dir), 0);
	before = get(r, "summary.csv");
	whole[strlen(whole) - 3] = '\0';
	put(r, "samples.csv", whole);
	assert_int_equal(analyse_quietly(r), 0);
	assert_string_equal(get(r, "summary.csv"), before);
}

/* What is missing or wrong is an error, and writes nothing. */
static void test_refused(void **state)
{
	static const struct {
		const char *file, *text;
	} wrong[] = {
		{ "machine.csv", "cores,pus\n2,2\n" },
		{ "machine.csv", "cores,pus,max_workers\n2,2,2\n2,2,2\n" },
		{ "machine.csv", "cores,pus,max_workers\n2,2,many\n" },
		{ "plan.csv", "trial\n" },
		{ "samples.csv", "run_id\n" },
		{ "experiments/e.yaml", "title: nothing else\n" },
	};
	struct results *r = *state;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		char *kept = get(r, wrong[i].file);

		put(r, wrong[i].file, wrong[i].text);
		assert_int_equal(analyse_quietly(r), -1);
		assert_int_equal(access(path(r, "summary.csv"), F_OK), -1);
		put(r, wrong[i].file, kept);
	}
	assert_int_equal(analyse_quietly(r), 0);
}

/* A table that cannot be written is an error, whichever it is. */
static void test_unwritable(void **state)
{
	struct results *r = *state;

	for (size_t i = 0; i < MADE; i++) {
		char *taken = arena_printf(&r->study.arena, "%s.tmp", path(r, made[i]));

		assert_int_equal(mkdir(taken, 0755), 0);
		assert_int_equal(analyse_quietly(r), -1);
		assert_int_equal(rmdir(taken), 0);
	}
	assert_int_equal(analyse_quietly(r), 0);
}

static void test_print(void **state)
{
	struct results *r = *state;
	char text[2048] = "";
	unsigned fails = 7;
	FILE *f;

	assert_int_equal(analyse(r->dir), 0);
	f = fmemopen(text, sizeof text, "w");
	assert_non_null(f);
	assert_int_equal(analyse_print(r->dir, f, &fails), 0);
	fclose(f);
	assert_int_equal(fails, 1);
	assert_non_null(strstr(text, "VERDICT  CLAIM"));
	assert_non_null(strstr(text, "\nHOLDS    e/halves      2.0"));
	assert_non_null(strstr(text, "\nFAILS    e/stays "));
	assert_non_null(strstr(text, "3.8 ..        9  needs 4 cores; has 2\n"));
	assert_non_null(strstr(text, "\n1 HOLD, 1 FAIL, 0 UNCLEAR, 1 SKIPPED\n"));
	assert_non_null(strstr(text, "\nA/A: 1 inside the interval in 1 of 1 (100 %, "
			       "95 % interval 2 .. 100 %)\n"));
}

/* What the numbers may not mean is said below the verdicts. */
static void test_print_doubts(void **state)
{
	struct results *r = *state;
	char text[2048] = "", *summary, *changed = arena_strdup(&r->study.arena, "");
	unsigned fails;
	FILE *f;

	assert_int_equal(analyse(r->dir), 0);
	summary = get(r, "summary.csv");
	for (char *line = strtok(summary, "\n"); line; line = strtok(NULL, "\n")) {
		int n = (int)strlen(line);	/* server_share .. little_off are not known */
		bool row = !strcmp(line + n - 4, ",,,,");

		changed = arena_printf(&r->study.arena, "%s%.*s%s\n", changed, row ? n - 3 : n,
				       line, row ? ",1,1.2,1" : "");
	}
	put(r, "summary.csv", changed);
	f = fmemopen(text, sizeof text, "w");
	assert_non_null(f);
	assert_int_equal(analyse_print(r->dir, f, &fails), 0);
	fclose(f);
	assert_non_null(strstr(text, "\nserver saturated in 4 of 4 cells"));
	assert_non_null(strstr(text, "\nLittle's law is off by more than 5 % in 4 of 4 cells"));
}

/* Of three twins, of which the last is off, two are inside. */
static void test_print_three_twins(void **state)
{
	struct results *r = *state;
	char said[2048] = "", *text;
	unsigned fails;
	FILE *f;

	assert_int_equal(analyse(r->dir), 0);
	text = get(r, "contrasts.csv");
	put(r, "contrasts.csv", arena_printf(&r->study.arena, "%.*s"
		"e,twin,b,b,wall_ns,1,0.9,1.1,9,,0,,,,1\n"
		"e,twin,c,c,wall_ns,1,0.9,1.1,9,,0,,,,1\n"
		"e,twin,d,d,wall_ns,2,1.9,2.1,9,,0,,,,1\n",
		(int)strcspn(text, "\n") + 1, text));
	f = fmemopen(said, sizeof said, "w");
	assert_non_null(f);
	assert_int_equal(analyse_print(r->dir, f, &fails), 0);
	fclose(f);
	assert_non_null(strstr(said, "\nA/A: 1 inside the interval in 2 of 3 (67 %, "
			       "95 % interval 9 .. 99 %)\n"));
}

/* A twin that is off, to either side, is not counted as inside. */
static void test_print_twins(void **state)
{
	static const char *const off[] = { "1.5,1.4,1.6", "0.5,0.4,0.6" };
	struct results *r = *state;
	char *text, *ratio, *rest;

	assert_int_equal(analyse(r->dir), 0);
	text = get(r, "contrasts.csv");
	ratio = strstr(strstr(text, "\ne,twin,"), ",wall_ns,") + strlen(",wall_ns,");
	rest = ratio;
	for (int i = 0; i < 3; i++)
		rest = strchr(rest, ',') + 1;
	for (int i = 0; i < 2; i++) {
		char said[2048] = "";
		FILE *f = fmemopen(said, sizeof said, "w");
		unsigned fails;

		put(r, "contrasts.csv", arena_printf(&r->study.arena, "%.*s%s,%s",
		    (int)(ratio - text), text, off[i], rest));
		assert_non_null(f);
		assert_int_equal(analyse_print(r->dir, f, &fails), 0);
		fclose(f);
		assert_non_null(strstr(said, "\nA/A: 1 inside the interval in 0 of 1 (0 %"));
	}
}

static void test_print_missing(void **state)
{
	struct results *r = *state;
	struct capture c = capture_start();
	unsigned fails;
	int rc = analyse_print(r->dir, stdout, &fails);
	char said[256];

	capture_stop(&c, said, sizeof said);
	assert_int_equal(rc, -1);
	assert_non_null(strstr(said, "verdicts.csv"));
}

/* The fields of resource @i are the header of its file. */
static void assert_fields(struct results *r, const json_t *resource)
{
	const json_t *fields = json_object_get(json_object_get(resource, "schema"), "fields");
	const char *file = json_string_value(json_object_get(resource, "path"));
	char *header = "";

	for (size_t i = 0; i < json_array_size(fields); i++) {
		const json_t *f = json_array_get(fields, i);

		header = arena_printf(&r->study.arena, "%s%s%s", header, i ? "," : "",
				      json_string_value(json_object_get(f, "name")));
		assert_true(*json_string_value(json_object_get(f, "description")));
		assert_non_null(json_object_get(f, "unit"));
	}
	header = arena_printf(&r->study.arena, "%s\n", header);
	assert_memory_equal(get(r, file), header, strlen(header));
}

/* The dictionary, written anew, is of @n tables that are there. */
static void assert_package(struct results *r, size_t n)
{
	json_t *package, *resources;

	assert_int_equal(dictionary_write(r->dir), 0);
	package = json_load_file(path(r, "datapackage.json"), JSON_REJECT_DUPLICATES, NULL);
	resources = json_object_get(package, "resources");
	assert_int_equal(json_array_size(resources), n);
	for (size_t i = 0; i < n; i++)
		assert_fields(r, json_array_get(resources, i));
	json_decref(package);
}

static void test_dictionary(void **state)
{
	struct results *r = *state;

	assert_int_equal(analyse(r->dir), 0);
	assert_package(r, 8);
	/* a table that is not there is not promised */
	assert_int_equal(unlink(path(r, "latency.csv")), 0);
	assert_package(r, 7);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_same_bytes), T(test_headers), T(test_experiments), T(test_torn), T(test_refused), T(test_unwritable),
		T(test_print), T(test_print_doubts), T(test_print_twins), T(test_print_three_twins),
		T(test_print_missing), T(test_dictionary),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

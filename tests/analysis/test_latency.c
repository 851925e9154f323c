/*
 * latency.csv: which histograms of bins.csv count, and for which cell.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "pipeline/capture.h"
#include "analysis/latency.h"
#include "analysis/study.h"

#define CELL "primes/fine/compact/2"
#define OTHER "primes/fork/compact/2"

static char dir[] = "/tmp/test_latency.XXXXXX";

static char *path(struct study *s, const char *name)
{
	return arena_printf(&s->arena, "%s/%s", dir, name);
}

static int setup(void **state)
{
	*state = calloc(1, sizeof(struct study));
	strcpy(dir + sizeof dir - 7, "XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
	struct study *s = *state;

	unlink(path(s, "bins.csv"));
	unlink(path(s, "latency.csv"));
	unlink(path(s, "latency.csv.tmp"));
	rmdir(dir);
	arena_release(&s->arena);
	free(s);
	return 0;
}

static void put_bins(struct study *s, const char *rows)
{
	FILE *f = fopen(path(s, "bins.csv"), "w");

	fprintf(f, "trial,rep,kind,bins\n%s", rows);
	assert_int_equal(fclose(f), 0);
}

static const char *written(struct study *s)
{
	struct plan p = { s->trial, s->trials };
	struct dataset d;
	const char *text;

	assert_int_equal(dataset_make(&d, &p, s->sample, s->samples, &s->arena), 0);
	assert_int_equal(latency_write(dir, &d, &s->arena), 0);
	text = csv_text(path(s, "latency.csv"), &s->arena);
	return strchr(text, '\n') + 1;
}

/* Trials 0xabc01 and 0xabc02 of one cell. */
static void two_trials(struct study *s)
{
	for (uint64_t b = 1; b <= 2; b++)
		study_row(s, study_plan(s, CELL, "cell", b), 1, 1000);
}

static void test_added_up(void **state)
{
	struct study *s = *state;

	two_trials(s);
	put_bins(s, "00000000000abc01,1,unit,5=2;7=1\n"
		    "00000000000abc02,1,unit,7=3\n");
	assert_string_equal(written(s), "e," CELL ",unit,5,6,2\ne," CELL ",unit,7,8,4\n");
}

static void test_cells_apart(void **state)
{
	struct study *s = *state;

	study_row(s, study_plan(s, CELL, "cell", 1), 1, 1000);
	study_row(s, study_plan(s, OTHER, "cell", 1), 1, 1000);
	put_bins(s, "00000000000abc01,1,unit,5=2\n"
		    "00000000000abc02,1,unit,7=3\n");
	assert_string_equal(written(s), "e," CELL ",unit,5,6,2\ne," OTHER ",unit,7,8,3\n");
}

static void test_last_counts(void **state)
{
	struct study *s = *state;

	two_trials(s);
	put_bins(s, "00000000000abc01,1,unit,5=2\n"
		    "00000000000abc01,1,unit,6=1\n"
		    "00000000000abc01,1,unit,9=1\n"
		    "00000000000abc01,2,unit,11=1\n"	/* these have no row */
		    "00000000000abc01,3,unit,11=1\n"
		    "00000000000abc01,4,unit,11=1\n");
	assert_string_equal(written(s), "e," CELL ",unit,9,10,1\n");
}

static void test_failed_and_twin(void **state)
{
	struct study *s = *state;

	two_trials(s);
	study_fail(&s->sample[0], "timeout", "late");
	study_row(s, study_plan(s, CELL, "twin", 1), 1, 1000);
	put_bins(s, "00000000000abc01,1,unit,5=2\n"
		    "00000000000abc02,1,hold,6=1\n"	/* fine times no holds */
		    "00000000000abc03,1,unit,7=1\n");
	assert_string_equal(written(s), "");
}

/* What cannot be read, or not be written, is an error. */
static void test_refused(void **state)
{
	struct study *s = *state;
	struct plan p;
	struct dataset d;
	struct capture c;
	char said[256];

	two_trials(s);
	p = (struct plan){ s->trial, s->trials };
	assert_int_equal(dataset_make(&d, &p, s->sample, s->samples, &s->arena), 0);
	put_bins(s, "00000000000abc02,1,unit,7=many\n");
	c = capture_start();
	assert_int_equal(latency_write(dir, &d, &s->arena), -1);
	put_bins(s, "00000000000abc02,1,unit\n");
	assert_int_equal(latency_write(dir, &d, &s->arena), -1);
	capture_stop(&c, said, sizeof said);
	assert_non_null(strstr(said, "'7=many' are not bins"));
	assert_int_equal(access(path(s, "latency.csv"), F_OK), -1);
	assert_int_equal(access(path(s, "latency.csv.tmp"), F_OK), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_added_up, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cells_apart, setup, teardown),
		cmocka_unit_test_setup_teardown(test_last_counts, setup, teardown),
		cmocka_unit_test_setup_teardown(test_failed_and_twin, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

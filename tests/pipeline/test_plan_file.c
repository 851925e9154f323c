/* A plan cut to what a user asked for, written, read, estimated and shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/planned.h"

static void test_filter(void **state)
{
	static const struct filter gil4 = { "ledger", "gil", "4" };
	static const struct filter max = { NULL, "fork,async", "max" };
	struct fixture *f = *state;
	struct plan p = planned_make(f, "smoke", &gil4, 1);

	assert_int_equal(p.n, 2 * 3);
	planned_find(&p, "ledger/single/compact/1", "baseline");
	planned_find(&p, "ledger/single/compact/1", "twin");
	planned_find(&p, "ledger/gil-50us/compact/4", "cell");
	p = planned_make(f, "smoke", &max, 1);
	assert_int_equal(p.n, 2 * (2 * (2 + 2) + 2 + 2));
	planned_find(&p, "far/async/compact/2", "cell");
	planned_find(&p, "primes/fine/compact/2", "twin");
	planned_find(&p, "primes/fork/none/2", "cell");
}

static void test_filter_unknown(void **state)
{
	static const struct {
		struct filter filter;
		const char *said;
	} cases[] = {
		{ { "ledgr", NULL, NULL }, "samework: unknown workload 'ledgr', did you mean "
			"'ledger'? known: ledger, delay, far, primes\n" },
		{ { NULL, "single,fine,openmp", NULL }, "samework: unknown strategy 'openmp', "
			"known: single, gil, gil-50us, fork, async, fine\n" },
		{ { NULL, NULL, "1,3" }, "samework: unknown number of workers '3', known: 1, 2, "
			"4, max\n" },
		{ { NULL, NULL, "," }, "samework: no number of workers is named in ','\n" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct capture c = capture_start();
		struct plan p;
		char said[512];
		int rc = plan_make(&p, f->spec, 2, f->two, profile_find("smoke"),
				   &cases[i].filter, 1, &f->arena);

		capture_stop(&c, said, sizeof said);
		assert_int_equal(rc, -1);
		assert_string_equal(said, cases[i].said);
	}
}

/* Written, read and written again, a plan is the same bytes. */
static void test_file(void **state)
{
	struct fixture *f = *state;
	struct plan p = planned_make(f, "quick", NULL, 1), q = { NULL, 0 };
	char *path = f->file.path;

	p.trial[0].checksum = 12345;
	p.trial[1].units = 99;
	assert_int_equal(plan_write(&p, path), 0);
	assert_int_equal(plan_read(&q, path, &f->arena), 0);
	assert_int_equal(p.n, q.n);
	for (size_t i = 0; i < p.n; i++) {
		char *a, *b;
		size_t n;
		FILE *m = open_memstream(&a, &n);

		table_row(m, plan_columns, &p.trial[i]);
		fclose(m);
		m = open_memstream(&b, &n);
		table_row(m, plan_columns, &q.trial[i]);
		fclose(m);
		assert_string_equal(a, b);
		free(a);
		free(b);
	}
	assert_true(q.trial[2].units == p.trial[2].units);
	assert_int_equal(q.trial[0].checksum, 12345);
}

/* One cell and its twin in twelve blocks on two CPUs, and how long a trial of them
 * is thought to take, and calibrating. */
static const struct estimated {
	const char *matrix;
	unsigned trial_ms, sizing_ms;
} estimated[] = {
	/* an open size is what the profile says, and is found in three trials */
	{ "workloads: [primes]\nstrategies: [fine]\nworkers: [2]\n", 220, 660 },
	{ "workloads: [echo]\nstrategies: [async]\nworkers: [4]\n", 20 + 2 * 25, 660 },
	/* workers who share state wait for each other */
	{ "workloads: [ledger]\nstrategies: [fine]\nworkers: [1]\n", 220, 660 },
	{ "workloads: [ledger]\nstrategies: [fine]\nworkers: [2]\n", 620, 660 },
	{ "workloads: [{name: ledger, ends: wrong_checksum}]\n"
	  "strategies: [fine]\nworkers: [2]\n", 620, 660 },
	/* a fixed one is not known, but for one that only waits */
	{ "workloads: [{name: ledger, units: 6}]\nstrategies: [fine]\nworkers: [2]\n",
	  120, 120 },
	{ "workloads: [{name: echo, units: 6}]\nstrategies: [fine]\nworkers: [2]\n",
	  240, 240 },
	{ "workloads: [{name: sleep, params: {time: 10ms}, tasks: 16, units: 2}]\n"
	  "strategies: [fine]\nworkers: [8]\n", 20 + 2 * 40, 20 + 2 * 320 },
	{ "workloads: [{name: sleep, params: {time: 10ms}, tasks: 16, units: 2}]\n"
	  "strategies: [async-w]\nworkers: [8]\n", 20 + 2 * 40, 20 + 2 * 320 },
	{ "workloads: [{name: sleep, params: {time: 10ms}, tasks: 16, units: 2}]\n"
	  "strategies: [openmp-default]\nworkers: [8]\n", 20 + 2 * 160, 20 + 2 * 320 },
	{ "workloads: [{name: sleep, params: {time: 10ms}, tasks: 2, units: 2}]\n"
	  "strategies: [fine]\nworkers: [8]\n", 20 + 2 * 20, 20 + 2 * 40 },
	/* what has its hours takes until the last of them */
	{ "workloads: [{name: delay, params: {rate: 1000}, tasks: 10, units: 20}]\n"
	  "strategies: [fine]\nworkers: [10]\n", 20 + 2 * 200, 20 + 2 * 200 },
	/* what ends at its deadline takes as long, and nothing takes longer */
	{ "workloads: [{name: deadlock, tasks: 4, units: 2, ends: deadlock}]\n"
	  "strategies: [fine]\nworkers: [2]\ntimeout: 1s\n", 1020, 120 },
	{ "workloads: [{name: sleep, params: {time: 1s}, units: 1}]\n"
	  "strategies: [fine]\nworkers: [2]\ntimeout: 3s\n", 6020, 6020 },
};

static void test_estimate(void **state)
{
	struct fixture *f = *state;
	const struct profile *profile = profile_find("default");

	for (size_t i = 0; i < sizeof estimated / sizeof *estimated; i++) {
		const struct estimated *e = &estimated[i];
		struct spec spec;
		struct plan p;
		char text[512];
		int n = snprintf(text, sizeof text, "title: t\nquestion: q\n%s", e->matrix);

		assert_int_equal(specfile_write(&f->file, text, (size_t)n), 0);
		assert_int_equal(spec_read(&spec, f->file.path, 2, &f->arena), 0);
		assert_int_equal(plan_make(&p, &spec, 1, f->two, profile, NULL, 1, &f->arena), 0);
		assert_int_equal(p.n, 24);
		assert_int_equal(plan_estimate(&p, profile) / NS_PER_MS,
				 24 * e->trial_ms + e->sizing_ms);
	}
}

static void test_print(void **state)
{
	struct fixture *f = *state;
	struct plan p = planned_make(f, "smoke", NULL, 1);
	size_t n, lines = 0;
	char *text;
	FILE *out = open_memstream(&text, &n);

	plan_print(&p, profile_find("smoke"), true, out);
	fclose(out);
	for (const char *s = text; (s = strchr(s, '\n')); s++)
		lines++;
	assert_int_equal(lines, p.n + 3);
	assert_non_null(strstr(text, "try                      20 cells   2 blocks     44 trials\n"));
	assert_non_null(strstr(text, "second                    4 cells   2 blocks     10 trials\n"));
	assert_non_null(strstr(text, "profile smoke: 54 trials of 1 warm-up and 1 timed pass, "
			       "about 5 ms each where the file leaves the size open; about "));
	free(text);
}

/* What is said of how long it takes, in seconds or, if it is long, in minutes. */
static void test_print_estimate(void **state)
{
	static const struct {
		const char *profile;
		struct filter filter;
		const char *unit;
		double seconds;
	} cases[] = {
		{ "smoke", { "primes", NULL, NULL }, "s", 1 },
		{ "full", { NULL, NULL, NULL }, "min", 60 },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct profile *profile = profile_find(cases[i].profile);
		struct plan p = planned_make(f, cases[i].profile, &cases[i].filter, 1);
		double is = (double)plan_estimate(&p, profile) / NS_PER_SEC, said;
		char text[1024] = "", unit[8];
		FILE *out = fmemopen(text, sizeof text, "w");

		plan_print(&p, profile, false, out);
		fclose(out);
		assert_int_equal(sscanf(strstr(text, "size open; about "), "size open; about %lf %7s",
					&said, unit), 2);
		assert_string_equal(unit, cases[i].unit);
		assert_true(said * cases[i].seconds > is - cases[i].seconds &&
			    said * cases[i].seconds < is + cases[i].seconds);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_filter, planned_setup, planned_teardown),
		cmocka_unit_test_setup_teardown(test_filter_unknown, planned_setup, planned_teardown),
		cmocka_unit_test_setup_teardown(test_file, planned_setup, planned_teardown),
		cmocka_unit_test_setup_teardown(test_estimate, planned_setup, planned_teardown),
		cmocka_unit_test_setup_teardown(test_print, planned_setup, planned_teardown),
		cmocka_unit_test_setup_teardown(test_print_estimate, planned_setup, planned_teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

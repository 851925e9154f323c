/*
 * What is said of samples whose answer is known.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "pipeline/capture.h"
#include "analysis/study.h"

#define BASE "primes/single/compact/1"
#define ONE "primes/fine/compact/1"
#define TWO "primes/fine/compact/2"
#define FOUR "primes/fine/compact/4"

static int near(double a, double b)
{
	return fabs(a - b) <= 1e-12 * fabs(b);
}

/* A quiet study of @blocks: fine halves at 2 workers. */
static void quiet(struct study *s, uint64_t blocks)
{
	study_cell(s, BASE, "baseline", blocks, 1e9, 0);
	study_cell(s, BASE, "twin", blocks, 1e9, 1);
	study_cell(s, ONE, "cell", blocks, 1.02e9, 2);
	study_cell(s, TWO, "cell", blocks, .51e9, 3);
}

static int quietly(struct study *s)
{
	struct capture c = capture_start();
	int rc = study_analyse(s, NULL, 0, 2);
	char said[4096];

	capture_stop(&c, said, sizeof said);
	return rc;
}

/* The golden arms of tests/base/test_stats.c, as nanoseconds. */
static void test_golden(void **state)
{
	static const double base[] = {
		1.021, .998, 1.037, 1.004, 1.112, .991, 1.015, 1.029, 1.008, 1.043
	};
	static const double other[] = {
		.541, .529, .562, .533, .548, .525, .571, .537, .530, .690
	};
	struct study *s = *state;
	const struct contrast *c;

	for (size_t i = 0; i < 10; i++) {
		study_row(s, study_plan(s, BASE, "baseline", i + 1), 1, 1e9 * base[i]);
		study_row(s, study_plan(s, TWO, "cell", i + 1), 1, 1e9 * other[i]);
	}
	assert_int_equal(study_analyse(s, NULL, 0, 2), 0);
	c = study_contrast(s, "speedup", BASE, TWO);
	assert_non_null(c);
	assert_string_equal(c->metric, "wall_ns");
	assert_true(near(c->ratio, 1.8869121454703));
	assert_true(near(c->lo, 1.77758318739054));
	assert_true(near(c->hi, 1.91620111731844));
	assert_true(c->level == .978515625);
	assert_true(near(c->walsh, 1.8854607254171445));
	assert_true(near(c->walsh_lo, 1.7019161261725773));
	assert_true(near(c->walsh_hi, 1.9162011173184357));
	assert_int_equal(c->n, 10);
	assert_int_equal(c->dropped, 0);
	assert_int_equal(c->agree, 1);
}

static void test_kinds(void **state)
{
	struct study *s = *state;

	quiet(s, 9);
	study_cell(s, "squares/gil/compact/2", "baseline", 9, 1e9, 4);
	study_cell(s, "squares/gil/compact/2", "twin", 9, 1e9, 5);
	assert_int_equal(study_analyse(s, NULL, 0, 2), 0);
	assert_non_null(study_contrast(s, "speedup", BASE, ONE));
	assert_non_null(study_contrast(s, "speedup", BASE, TWO));
	assert_non_null(study_contrast(s, "scaling", ONE, TWO));
	assert_non_null(study_contrast(s, "twin", BASE, BASE));
	assert_non_null(study_contrast(s, "twin", "squares/gil/compact/2",
				       "squares/gil/compact/2"));
	assert_int_equal(s->result.contrasts, 5);
	assert_int_equal(s->result.summaries, 6);
}

/* A cell is no other whose name begins with its own, and no workload either. */
static void test_names(void **state)
{
	struct study *s = *state;

	quiet(s, 9);
	study_cell(s, "primes/fine/0/2", "cell", 9, 1e9, 4);
	study_cell(s, "primes/fine/0.1/2", "cell", 9, .5e9, 5);
	study_cell(s, "primes-long/single/compact/1", "baseline", 9, 3e9, 6);
	assert_int_equal(study_analyse(s, NULL, 0, 2), 0);
	assert_true(fabs(study_contrast(s, "speedup", BASE, "primes/fine/0/2")->ratio - 1) < .02);
	assert_true(fabs(study_contrast(s, "speedup", BASE, "primes/fine/0.1/2")->ratio - 2) < .02);
}

static void test_scaling(void **state)
{
	struct study *s = *state;
	const struct summary *two, *one, *base;

	quiet(s, 9);
	assert_int_equal(study_analyse(s, NULL, 0, 2), 0);
	two = study_summary(s, TWO, "cell");
	one = study_summary(s, ONE, "cell");
	base = study_summary(s, BASE, "baseline");
	assert_true(fabs(two->speedup - 1 / .51) < .02);
	assert_true(fabs(two->scaling - 2) < .02);
	assert_true(two->speedup_lo < two->speedup && two->speedup < two->speedup_hi);
	assert_true(two->scaling_lo < two->scaling && two->scaling < two->scaling_hi);
	assert_true(near(two->efficiency, two->speedup / 2));
	assert_true(near(two->efficiency_lo, two->speedup_lo / 2));
	assert_true(near(two->efficiency_hi, two->speedup_hi / 2));
	assert_true(near(two->serial, 2 / two->speedup - 1));
	assert_true(near(two->serial_lo, 2 / two->speedup_hi - 1));
	assert_true(near(two->serial_hi, 2 / two->speedup_lo - 1));
	assert_true(isnan(one->serial) && one->scaling == 1 && one->scaling_lo == 1 &&
		    one->scaling_hi == 1);
	assert_true(base->speedup == 1 && base->speedup_lo == 1 && base->efficiency == 1);
	assert_true(near(base->units_per_s, 100 / (base->wall_ns / 1e9)));
	assert_true(base->syscalls_per_unit == 2 && isnan(base->context_switches_per_unit));
	assert_true(isnan(base->p99_ns));
}

/* What a unit costs the kernel, and how late the latest are. */
static void test_headline(void **state)
{
	struct study *s = *state;

	quiet(s, 9);
	for (size_t i = 0; i < s->samples; i++) {
		s->sample[i].m.voluntary = 120;
		s->sample[i].m.involuntary = 30;
		s->sample[i].m.p999_ns = 77;
		s->sample[i].m.server_cpu_ns = 4000;
	}
	assert_int_equal(study_analyse(s, NULL, 0, 2), 0);
	assert_true(near(study_summary(s, TWO, "cell")->context_switches_per_unit, 1.5));
	assert_true(study_summary(s, TWO, "cell")->p999_ns == 77);
	assert_true(study_summary(s, TWO, "cell")->server_cpu_ns_per_unit == 40);
}

/* Throughput times latency is what is in flight, or time is missing. */
static void test_little(void **state)
{
	struct study *s = *state;

	quiet(s, 9);
	for (size_t i = 0; i < s->samples; i++) {
		struct sample *r = &s->sample[i];

		r->workload = "echo";
		r->params = "bytes=64;window=5";	/* 100 units, 5 at a time by each */
		r->m.mean_ns = r->m.wall_ns / 20 * (r->workers == 2 ? 2 : 1);
		r->m.mean_ns = r->m.mean_ns * (r->workers == 2 ? 94 : 96) / 100;
	}
	assert_int_equal(study_analyse(s, NULL, 0, 2), 0);
	assert_true(fabs(study_summary(s, TWO, "cell")->little - .94) < 1e-6);
	assert_int_equal(study_summary(s, TWO, "cell")->little_off, 1);
	assert_int_equal(study_summary(s, ONE, "cell")->little_off, 0);
	for (size_t i = 0; i < s->samples; i++)
		s->sample[i].workload = "primes";
	assert_int_equal(study_analyse(s, NULL, 0, 2), 0);
	assert_true(study_summary(s, ONE, "cell")->little_off == NONE);
}

/* Who is faster cannot be told where the server is as fast as it can be. */
static void test_saturated(void **state)
{
	struct study *s = *state;

	quiet(s, 9);
	for (uint64_t b = 1; b <= 9; b++) {
		struct sample *one = study_find(s, ONE, 0, b), *two = study_find(s, TWO, 0, b);

		one->m.server_cpu_ns = one->m.wall_ns * 94 / 100;
		two->m.server_cpu_ns = two->m.wall_ns * 96 / 100;
	}
	assert_int_equal(study_analyse(s, NULL, 0, 2), 0);
	assert_int_equal(study_summary(s, ONE, "cell")->server_saturated, 0);
	assert_int_equal(study_summary(s, TWO, "cell")->server_saturated, 1);
	assert_true(fabs(study_summary(s, TWO, "cell")->server_share - .96) < 1e-6);
	assert_true(study_summary(s, BASE, "baseline")->server_saturated == NONE);
}

static void test_oversubscribed(void **state)
{
	struct study *s = *state;

	quiet(s, 9);
	study_cell(s, FOUR, "cell", 9, .52e9, 4);
	for (size_t i = 0; i < s->trials; i++)
		s->trial[i].oversubscribed = s->trial[i].workers == 4;
	assert_int_equal(study_analyse(s, NULL, 0, 2), 0);
	assert_true(isfinite(study_summary(s, TWO, "cell")->serial));
	assert_true(isnan(study_summary(s, FOUR, "cell")->serial_lo));
	assert_true(isfinite(study_summary(s, FOUR, "cell")->efficiency));
}

/* A trial's value is the median of its passes, whatever order they are in. */
static void test_passes(void **state)
{
	struct study *s = *state;

	for (uint64_t b = 1; b <= 6; b++) {
		const struct trial *t = study_plan(s, BASE, "baseline", b);

		study_row(s, t, 2, 9e9);
		study_row(s, t, 3, 1e9 + (double)b);
		study_row(s, t, 1, 1);
	}
	assert_int_equal(study_analyse(s, NULL, 0, 2), 0);
	assert_true(study_summary(s, BASE, "baseline")->wall_ns == 1e9 + 3.5);
	assert_true(study_summary(s, BASE, "baseline")->wall_lo == 1e9 + 1);
}

/* Cells of one name are different cells in different experiments. */
static void test_experiments(void **state)
{
	struct study *s = *state;
	const struct summary *two;
	int seen = 0;

	quiet(s, 9);
	study_move(s, "d");
	study_cell(s, BASE, "baseline", 9, 3e9, 0);
	study_cell(s, ONE, "cell", 9, 3.06e9, 2);
	study_cell(s, TWO, "cell", 9, .51e9, 3);
	assert_int_equal(study_analyse(s, NULL, 0, 2), 0);
	for (two = s->result.summary; two < s->result.summary + s->result.summaries; two++)
		if (!strcmp(two->cell, TWO)) {
			int d = !strcmp(two->experiment, "d");

			assert_true(fabs(two->speedup - (d ? 1 : 3) / .51) < .05);
			assert_true(fabs(two->scaling - (d ? 2 : 6)) < .05);
			seen++;
		}
	assert_int_equal(seen, 2);
}

/* Every number is of its own metric. */
static void test_columns(void **state)
{
	static const struct {
		const char *column;
		double want;
	} table[] = {
		{ "wall_ns", 100000 }, { "wall_lo", 97000 }, { "wall_hi", 103000 },
		{ "units_per_s", 1e6 }, { "spread", .02 }, { "cpu_ns_per_unit", 7 },
		{ "server_cpu_ns_per_unit", 500 }, { "server_share", .5 },
		{ "syscalls_per_unit", 2 }, { "p50_ns", 11 }, { "p90_ns", 13 },
		{ "p99_ns", 17 }, { "max_ns", 19 }, { "spawn_ns", 23 }, { "join_ns", 29 },
	};
	struct study *s = *state;

	for (uint64_t b = 1; b <= 7; b++) {
		struct measure *m = &study_row(s, study_plan(s, BASE, "baseline", b), 1,
					       96e3 + 1e3 * (double)b)->m;

		m->server_cpu_ns = m->wall_ns / 2;
		m->user_ns = 300;
		m->sys_ns = 400;
		m->p50_ns = 11;
		m->p90_ns = 13;
		m->p99_ns = 17;
		m->max_ns = 19;
		m->spawn_ns = 23;
		m->join_ns = 29;
	}
	assert_int_equal(study_analyse(s, NULL, 0, 2), 0);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const struct column *c = summary_columns;
		double got;

		while (strcmp(c->name, table[i].column))
			c++;
		memcpy(&got, (const char *)s->result.summary + c->offset, sizeof got);
		if (!near(got, table[i].want))
			fail_msg("%s is %g, not %g", c->name, got, table[i].want);
	}
}

static void test_floor(void **state)
{
	struct study *s = *state;
	const struct contrast *c;

	quiet(s, 5);
	assert_int_equal(study_analyse(s, NULL, 0, 2), 0);
	c = study_contrast(s, "speedup", BASE, TWO);
	assert_true(isfinite(c->ratio) && isnan(c->lo) && isnan(c->walsh_lo));
	assert_true(c->agree == NONE);
	assert_true(isnan(study_summary(s, TWO, "cell")->speedup_lo));
	assert_true(isnan(study_summary(s, TWO, "cell")->wall_lo));
}

/* A row that does not count costs its block, in all that it touches. */
static void test_dropped(void **state)
{
	struct study *s = *state;
	const struct summary *two;

	quiet(s, 9);
	study_find(s, TWO, 0, 3)->status = "env_changed";
	study_find(s, TWO, 0, 4)->status = "throttled";
	study_fail(study_find(s, TWO, 0, 5), "crash", "signal 11");
	study_fail(study_find(s, ONE, 0, 5), "wrong_checksum", "");
	study_fail(study_find(s, ONE, 0, 6), "interrupted", "");
	assert_int_equal(study_analyse(s, NULL, 0, 2), 0);
	two = study_summary(s, TWO, "cell");
	assert_int_equal(two->n, 6);
	assert_int_equal(two->invalid, 2);
	assert_int_equal(two->failed, 1);
	assert_int_equal(study_summary(s, ONE, "cell")->failed, 1);
	assert_int_equal(study_contrast(s, "speedup", BASE, TWO)->n, 6);
	assert_int_equal(study_contrast(s, "speedup", BASE, TWO)->dropped, 3);
	assert_int_equal(study_contrast(s, "speedup", BASE, ONE)->n, 7);
	assert_int_equal(study_contrast(s, "speedup", BASE, ONE)->dropped, 1);
	assert_int_equal(study_contrast(s, "scaling", ONE, TWO)->n, 5);
	assert_int_equal(study_contrast(s, "scaling", ONE, TWO)->dropped, 3);
	assert_int_equal(study_contrast(s, "twin", BASE, BASE)->n, 9);
}

/* One invalid pass invalidates its trial: the others saw the same machine. */
static void test_invalid_pass(void **state)
{
	struct study *s = *state;

	quiet(s, 9);
	study_row(s, &s->trial[0], 2, 1e9)->status = "env_changed";
	assert_int_equal(study_analyse(s, NULL, 0, 2), 0);
	assert_int_equal(study_summary(s, BASE, "baseline")->n, 8);
	assert_int_equal(study_summary(s, BASE, "baseline")->invalid, 1);
}

/* A disturbed trial was run again: the second try is the trial. */
static void test_second_try(void **state)
{
	struct study *s = *state;

	quiet(s, 9);
	for (size_t b = 0; b < 9; b++) {	/* the baseline's come first */
		s->sample[b].status = "env_changed";
		study_row(s, &s->trial[b], 2, 7e9);
	}
	assert_int_equal(study_analyse(s, NULL, 0, 2), 0);
	assert_int_equal(study_summary(s, BASE, "baseline")->n, 9);
	assert_int_equal(study_summary(s, BASE, "baseline")->invalid, 0);
	assert_true(study_summary(s, BASE, "baseline")->wall_ns == 7e9);
}

/* One that failed when it was run again has failed; its row sorts before the others. */
static void test_second_try_fails(void **state)
{
	struct study *s = *state;

	quiet(s, 9);
	s->sample[0].status = "env_changed";
	study_fail(study_row(s, &s->trial[0], 2, 1e9), "crash", "signal 11");
	assert_int_equal(study_analyse(s, NULL, 0, 2), 0);
	assert_int_equal(study_summary(s, BASE, "baseline")->n, 8);
	assert_int_equal(study_summary(s, BASE, "baseline")->failed, 1);
	assert_int_equal(study_summary(s, BASE, "baseline")->invalid, 0);
}

/* A control that failed as it must has no times, but its counts are known. */
static void test_control(void **state)
{
	struct study *s = *state;
	struct plan p;
	struct dataset d;
	const struct arm *two;

	quiet(s, 6);
	for (size_t i = 0; i < s->samples; i++)
		if (s->sample[i].workers == 2)
			s->sample[i].status = "expected_fail";
	p = (struct plan){ s->trial, s->trials };
	assert_int_equal(dataset_make(&d, &p, s->sample, s->samples, &s->arena), 0);
	two = dataset_arm(&d, "e", TWO);
	assert_int_equal(two->block[0].state, POINT_EXPECTED);
	assert_true(isnan(arm_value(&d, two, 0, metric_find("wall_ns"))));
	assert_true(arm_value(&d, two, 0, metric_find("expected_fail")) == 1);
	assert_true(arm_value(&d, dataset_arm(&d, "e", ONE), 0,
			      metric_find("expected_fail")) == 0);
	for (size_t i = 0; i < s->samples; i++)
		s->sample[i].status = "env_changed";
	assert_int_equal(dataset_make(&d, &p, s->sample, s->samples, &s->arena), 0);
	two = dataset_arm(&d, "e", TWO);
	assert_true(isnan(arm_value(&d, two, 0, metric_find("wall_ns"))));
	assert_true(arm_value(&d, two, 0, metric_find("expected_fail")) == 0);
}

/* A cell that cannot run here has a row in the summary and nothing else. */
static void test_barred(void **state)
{
	struct study *s = *state;

	quiet(s, 9);
	for (uint64_t b = 1; b <= 9; b++)
		study_fail(study_find(s, TWO, 0, b), "skipped", "no such call");
	assert_int_equal(study_analyse(s, NULL, 0, 2), 0);
	assert_null(study_contrast(s, "speedup", BASE, TWO));
	assert_int_equal(study_summary(s, TWO, "cell")->n, 0);
	assert_int_equal(study_summary(s, TWO, "cell")->failed, 0);
	assert_true(isnan(study_summary(s, TWO, "cell")->speedup));
}

/* Two blocks of nine just below 1 and seven far above: the interval of the
 * blocks still holds 1, that of the pairs no longer does. */
static void test_disagreement(void **state)
{
	static const double ratio[] = {
		.99, .99, 1.3, 1.3, 1.3, 1.3, 1.3, 1.3, 1.3
	};
	struct study *s = *state;
	struct capture c;
	char said[1024];

	for (size_t i = 0; i < 9; i++) {
		study_row(s, study_plan(s, BASE, "baseline", i + 1), 1, 1e9 * ratio[i]);
		study_row(s, study_plan(s, ONE, "cell", i + 1), 1, 1e9);
	}
	c = capture_start();
	assert_int_equal(study_analyse(s, NULL, 0, 2), 0);
	capture_stop(&c, said, sizeof said);
	assert_int_equal(study_contrast(s, "speedup", BASE, ONE)->agree, 0);
	assert_non_null(strstr(said, "warning: e: wall_ns of " BASE " over " ONE));
}

static void test_refused(void **state)
{
	struct study *s = *state;

	quiet(s, 6);
	s->sample[3].trial = 0xdead;
	assert_int_equal(quietly(s), -1);
	s->sample[3].trial = s->trial[3].id;
	assert_int_equal(quietly(s), 0);
	s->trial[3].id = s->trial[4].id;
	assert_int_equal(quietly(s), -1);
	s->trial[3].id = s->sample[3].trial;
	s->trial[3].block = 2;
	assert_int_equal(quietly(s), -1);
	s->trial[3].block = 0;
	assert_int_equal(quietly(s), -1);
	s->trial[3].block = 1 << 30;
	assert_int_equal(quietly(s), -1);
}

static char *text_of(const struct study *s, struct arena *a)
{
	char *text = NULL, *kept;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	assert_non_null(f);
	for (size_t i = 0; i < s->result.summaries; i++)
		table_row(f, summary_columns, &s->result.summary[i]);
	for (size_t i = 0; i < s->result.contrasts; i++)
		table_row(f, contrast_columns, &s->result.contrast[i]);
	fclose(f);
	kept = arena_strdup(a, text);
	free(text);
	return kept;
}

/* Nothing depends on the order of rows: a run in three pieces is one run. */
static void test_order(void **state)
{
	struct study *s = *state;
	char *before;

	quiet(s, 9);
	assert_int_equal(study_analyse(s, NULL, 0, 2), 0);
	before = text_of(s, &s->arena);
	for (size_t i = 0; i < s->trials / 2; i++) {
		struct trial t = s->trial[i], *u = &s->trial[s->trials - 1 - i];

		s->trial[i] = *u;
		*u = t;
	}
	for (size_t i = 1; i < s->samples; i += 2) {
		struct sample t = s->sample[i];

		s->sample[i] = s->sample[i - 1];
		s->sample[i - 1] = t;
	}
	assert_int_equal(study_analyse(s, NULL, 0, 2), 0);
	assert_string_equal(text_of(s, &s->arena), before);
}

static void test_empty(void **state)
{
	struct study *s = *state;

	assert_int_equal(study_analyse(s, NULL, 0, 2), 0);
	assert_int_equal(s->result.summaries, 0);
	study_plan(s, BASE, "baseline", 1);
	assert_int_equal(study_analyse(s, NULL, 0, 2), 0);
	assert_int_equal(s->result.summaries, 1);
	assert_int_equal(s->result.contrasts, 0);
	assert_true(isnan(s->result.summary[0].wall_ns));
}

#define T(name) cmocka_unit_test_setup_teardown(name, study_setup, study_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_golden), T(test_kinds), T(test_names), T(test_scaling), T(test_oversubscribed), T(test_saturated),
		T(test_headline), T(test_little),
		T(test_passes), T(test_experiments), T(test_columns), T(test_floor), T(test_dropped),
		T(test_invalid_pass), T(test_second_try), T(test_second_try_fails),
		T(test_control), T(test_barred), T(test_disagreement), T(test_refused), T(test_order),
		T(test_empty),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

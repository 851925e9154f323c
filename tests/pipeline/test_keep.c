/* What of a trial, its plan and its ending stands in its rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "pipeline/keep.h"
#include "pipeline/manifest.h"

static const struct trial trial = {
	.id = 0xabc, .experiment = "e", .block = 3, .position = 14, .cell = "sums/gil/one/2",
	.role = "cell", .workload = "counter", .params = "a=1;b=2", .strategy = "gil",
	.options = "interval=5", .workers = 2, .placement = "one", .cpus = "7;7", .tasks = 8,
	.units = 9, .reps = 2, .seed = 1234, .ends = "",
};

/* The rows kept of @e and @o, as they are read again. */
static size_t kept(uint64_t rep, const struct ending *e, const struct outcome *o,
		   struct sample **rows, struct arena *a)
{
	char dir[] = "/tmp/test_keep.XXXXXX";
	struct store s;
	size_t n, torn;
	char *path;
	int rc;

	assert_non_null(mkdtemp(dir));
	path = arena_printf(a, "%s/samples.csv", dir);
	rc = store_open(&s, path, 0) | keep(&s, "run-1", &trial, rep, e, o);
	store_close(&s);
	rc |= samples_read(path, rows, &n, &torn, a);
	assert_int_equal(unlink(path) | rmdir(dir), 0);
	assert_int_equal(rc, 0);
	assert_int_equal(torn, 0);
	return n;
}

static void check_trial(const struct sample *s)
{
	assert_string_equal(s->run_id, "run-1");
	assert_string_equal(s->experiment, trial.experiment);
	assert_int_equal(s->trial, trial.id);
	assert_string_equal(s->workload, trial.workload);
	assert_string_equal(s->params, trial.params);
	assert_string_equal(s->strategy, trial.strategy);
	assert_int_equal(s->workers, trial.workers);
	assert_string_equal(s->placement, trial.placement);
	assert_int_equal(s->block, trial.block);
	assert_int_equal(s->position, trial.position);
	assert_int_equal(s->seed, trial.seed);
	assert_string_equal(s->cpus, trial.cpus);
	assert_int_equal(s->build, manifest_build());
}

/* A second try, of two passes. */
static void every_pass_is_a_row(void **state)
{
	struct ending e = { .reported = true, .report = { .reps = 2, .engine = "an-engine",
							  .server = "nginx-1" } };
	struct outcome o = { STATUS_ENV_CHANGED, "steal time 1 ms of 9 ms" };
	struct arena a = { 0 };
	struct sample *s;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		e.report.m[i].wall_ns = 100 + i;
		e.report.m[i].p50_ns = NONE;
	}
	assert_int_equal(kept(2, &e, &o, &s, &a), 2);
	for (unsigned i = 0; i < 2; i++) {
		check_trial(&s[i]);
		assert_int_equal(s[i].rep, 3 + i);
		assert_string_equal(s[i].status, "env_changed");
		assert_string_equal(s[i].reason, o.reason);
		assert_string_equal(s[i].engine, "an-engine");
		assert_string_equal(s[i].server, "nginx-1");
		assert_int_equal(s[i].m.wall_ns, 100 + i);
		assert_true(s[i].m.p50_ns == NONE);
	}
	arena_release(&a);
}

/* Whatever its last report held. */
static void what_failed_is_a_row_without_numbers(void **state)
{
	struct ending e = { .reported = true, .report = { .reps = 2, .m[0].wall_ns = 100 } };
	struct outcome o = { STATUS_TIMEOUT, "measure took longer" };
	struct arena a = { 0 };
	struct sample *s;

	(void)state;
	assert_int_equal(kept(0, &e, &o, &s, &a), 1);
	check_trial(s);
	assert_int_equal(s->rep, 0);
	assert_string_equal(s->status, "timeout");
	assert_string_equal(s->reason, o.reason);
	assert_true(s->m.wall_ns == NONE && s->m.tasks == NONE && s->m.ops == NONE);
	arena_release(&a);
}

/* A control that failed as it must has counted all the same. */
static void what_is_to_fail_keeps_its_passes(void **state)
{
	struct ending e = { .reported = true, .report = { .reps = 2, .m[1].tasks = 7 } };
	struct outcome o = { STATUS_EXPECTED_FAIL, "wrong_checksum: as it must" };
	struct arena a = { 0 };
	struct sample *s;

	(void)state;
	assert_int_equal(kept(0, &e, &o, &s, &a), 2);
	assert_string_equal(s[1].status, "expected_fail");
	assert_int_equal(s[1].rep, 2);
	assert_int_equal(s[1].m.tasks, 7);
	e.reported = false;
	assert_int_equal(kept(0, &e, &o, &s, &a), 1);
	assert_int_equal(s->rep, 0);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_pass_is_a_row),
		cmocka_unit_test(what_failed_is_a_row_without_numbers),
		cmocka_unit_test(what_is_to_fail_keeps_its_passes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

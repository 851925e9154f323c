/*
 * What an ending means.  Rules in the order of their precedence, each with an
 * ending that it alone fits: every rule alone, and every pair of them, where the
 * first of the two must win.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <signal.h>

#include "base/clock.h"
#include "pipeline/supervise.h"

enum { TASKS = 6, REPS = 3 };

/* What a healthy trial leaves. */
static struct ending healthy(void)
{
	struct ending e = { .reported = true, .phase = PHASE_DONE };

	e.report.phase = PHASE_DONE;
	e.report.reps = REPS;
	for (int i = 0; i < REPS; i++)
		e.report.m[i] = (struct measure){
			.tasks = TASKS, .checksum = 0xc, .state = 0x5, .ops = 0x0b
		};
	return e;
}

static struct trial planned(void)
{
	return (struct trial){
		.tasks = TASKS, .reps = REPS, .checksum = 0xc, .state = 0x5, .ops = 0x0b
	};
}

static void be_asleep(struct ending *e)
{
	e->late = e->asleep = true;
	e->deadline_ns = 2000 * (uint64_t)NS_PER_MS;
}

static void be_late(struct ending *e)
{
	e->late = true;
	e->deadline_ns = 2000 * (uint64_t)NS_PER_MS;
}

static void be_killed_for_memory(struct ending *e)
{
	e->status = SIGKILL;
	e->oom_kills = 1;
}

static void abort_it(struct ending *e)
{
	e->status = SIGABRT;
}

static void crash(struct ending *e)
{
	e->status = SIGSEGV;
}

static void exit_7(struct ending *e)
{
	e->status = 7 << 8;
}

static void be_silent(struct ending *e)
{
	e->reported = false;
}

static void leak(struct ending *e)
{
	e->leaked = 2;
}

static void tell_of_trouble(struct ending *e)
{
	e->report.status = STATUS_FD_FAIL;
	strcpy(e->report.reason, "too many open files");
}

static void stop_short(struct ending *e)
{
	e->report.reps = REPS - 1;
}

static void lose_a_task(struct ending *e)
{
	e->report.m[REPS - 1].tasks--;
}

static void sum_wrong(struct ending *e)
{
	e->report.m[REPS - 1].checksum++;
}

static void leave_another_state(struct ending *e)
{
	e->report.m[1].state = 6;
}

static void ask_for_other_ops(struct ending *e)
{
	e->report.m[0].ops = 0;
}

static void be_disturbed(struct ending *e)
{
	e->report.status = STATUS_ENV_CHANGED;
	strcpy(e->report.reason, "a canary");
}

static const struct rule {
	void (*apply)(struct ending *e);
	enum status status;
	const char *reason;
} rules[] = {
	{ be_asleep, STATUS_DEADLOCK, "every thread waits for a lock or a pipe in done after 2000 ms" },
	{ be_late, STATUS_TIMEOUT, "done took longer than 2000 ms" },
	{ be_killed_for_memory, STATUS_OOM_KILL, "killed for want of memory in done" },
	{ abort_it, STATUS_ABORT, "abort in done: last words" },
	{ crash, STATUS_CRASH, "signal 11 (Segmentation fault) in done: last words" },
	{ exit_7, STATUS_EXIT_CODE, "exit code 7 in done: last words" },
	{ be_silent, STATUS_NO_RESULT, "exit 0 in done without a result" },
	{ leak, STATUS_LEAKED, "left 2 processes behind" },
	{ tell_of_trouble, STATUS_FD_FAIL, "too many open files" },
	{ stop_short, STATUS_NO_RESULT, "2 of 3 passes" },
	{ ask_for_other_ops, STATUS_WRONG_CHECKSUM,
	  "ops 0000000000000000; expected 000000000000000b" },
	{ leave_another_state, STATUS_WRONG_CHECKSUM,
	  "state 0000000000000006; expected 0000000000000005" },
	{ lose_a_task, STATUS_WRONG_CHECKSUM, "5 of 6 tasks ran" },
	{ sum_wrong, STATUS_WRONG_CHECKSUM,
	  "checksum 000000000000000d; expected 000000000000000c" },
	{ be_disturbed, STATUS_ENV_CHANGED, "a canary" },
};
enum { RULES = sizeof rules / sizeof *rules };

static void assert_ending(struct ending *e, enum status status, const char *reason)
{
	struct trial t = planned();
	struct outcome o;

	strcpy(e->said, "last words");
	classify(e, &t, &o);
	assert_string_equal(status_name(o.status), status_name(status));
	assert_string_equal(o.reason, reason);
}

static void a_healthy_one_is_ok(void **state)
{
	struct ending e = healthy();

	(void)state;
	assert_ending(&e, STATUS_OK, "");
}

static void each_rule_alone(void **state)
{
	(void)state;
	for (int i = 0; i < RULES; i++) {
		struct ending e = healthy();

		rules[i].apply(&e);
		assert_ending(&e, rules[i].status, rules[i].reason);
	}
}

/* The ruling one is applied last: some write the same field. */
static void of_two_the_first(void **state)
{
	(void)state;
	for (int i = 0; i < RULES; i++)
		for (int k = i + 1; k < RULES; k++) {
			struct ending e = healthy();

			rules[k].apply(&e);
			rules[i].apply(&e);
			assert_ending(&e, rules[i].status, rules[i].reason);
		}
}

/* Who cannot see a sum has no wrong one. */
static void a_sum_that_is_not_known_is_not_wrong(void **state)
{
	struct ending e = healthy();
	struct trial t = planned();
	struct outcome o;

	(void)state;
	for (int i = 0; i < REPS; i++)
		e.report.m[i].ops = NONE;
	classify(&e, &t, &o);
	assert_int_equal(o.status, STATUS_OK);
	t.state = NONE;
	e.report.m[0].state++;
	classify(&e, &t, &o);
	assert_int_equal(o.status, STATUS_OK);
}

static void a_task_too_many_is_wrong(void **state)
{
	struct ending e = healthy();
	struct trial t = planned();
	struct outcome o;

	(void)state;
	e.report.m[1].tasks++;
	classify(&e, &t, &o);
	assert_int_equal(o.status, STATUS_WRONG_CHECKSUM);
	assert_string_equal(o.reason, "7 of 6 tasks ran");
}

/* Whatever a trial says of itself is passed on, but for what only its ending
 * can tell, no status is out of reach. */
static void what_it_reports_is_kept(void **state)
{
	(void)state;
	for (unsigned s = 0; s < STATUS_COUNT; s++) {
		struct ending e = healthy();

		e.report.status = s;
		strcpy(e.report.reason, "said so");
		assert_ending(&e, s, "said so");
	}
}

static void numbers_of_a_trial_in_trouble_are_not_looked_at(void **state)
{
	struct ending e = healthy();

	(void)state;
	tell_of_trouble(&e);
	e.report.reps = 0;
	sum_wrong(&e);
	assert_ending(&e, STATUS_FD_FAIL, "too many open files");
}

/* Nothing is compared with what `single` could not say. */
static void what_was_not_expected_is_not_wrong(void **state)
{
	struct ending e = healthy();
	struct trial t = planned();
	struct outcome o;

	(void)state;
	t.checksum = t.state = t.ops = NONE;
	sum_wrong(&e);
	leave_another_state(&e);
	ask_for_other_ops(&e);
	classify(&e, &t, &o);
	assert_int_equal(o.status, STATUS_OK);
	lose_a_task(&e);	/* that much the plan says */
	classify(&e, &t, &o);
	assert_int_equal(o.status, STATUS_WRONG_CHECKSUM);
}

/* A control may end as its spec says; any other failure remains one. */
static void a_control_may_fail(void **state)
{
	struct trial t = planned();
	struct ending e = healthy();
	struct outcome o;

	(void)state;
	t.ends = "wrong_checksum";
	classify(&e, &t, &o);
	assert_int_equal(o.status, STATUS_OK);
	sum_wrong(&e);
	classify(&e, &t, &o);
	assert_int_equal(o.status, STATUS_EXPECTED_FAIL);
	assert_string_equal(o.reason, "wrong_checksum: checksum 000000000000000d; "
			    "expected 000000000000000c");
	crash(&e);
	classify(&e, &t, &o);
	assert_int_equal(o.status, STATUS_CRASH);
}

static void each_sum_in_each_pass_counts(void **state)
{
	(void)state;
	for (int pass = 0; pass < REPS; pass++)
		for (int sum = 0; sum < 3; sum++) {
			struct ending e = healthy();
			struct measure *m = &e.report.m[pass];
			struct trial t = planned();
			struct outcome o;

			*(uint64_t *[]){ &m->checksum, &m->state, &m->ops }[sum] ^= 1ull << 63;
			classify(&e, &t, &o);
			assert_int_equal(o.status, STATUS_WRONG_CHECKSUM);
		}
}

/* Signal 9 alone is not the OOM killer, nor is its counter without the signal. */
static void out_of_memory_is_proved(void **state)
{
	struct ending killed = healthy(), other = healthy();

	(void)state;
	killed.status = SIGKILL;
	assert_ending(&killed, STATUS_CRASH, "signal 9 (Killed) in done: last words");
	other.oom_kills = 1;
	assert_ending(&other, STATUS_OK, "");
	other.status = SIGSEGV;
	assert_ending(&other, STATUS_CRASH,
		      "signal 11 (Segmentation fault) in done: last words");
}

static void the_phase_is_named(void **state)
{
	(void)state;
	for (unsigned p = 0; p < PHASE_COUNT; p++) {
		struct ending e = healthy();
		char reason[64];

		e.phase = p;
		be_late(&e);
		snprintf(reason, sizeof reason, "%s took longer than 2000 ms", phase_name(p));
		assert_ending(&e, STATUS_TIMEOUT, reason);
	}
}

static void a_reason_is_a_field(void **state)
{
	struct ending e = healthy();
	struct trial t = planned();
	struct outcome o;

	(void)state;
	crash(&e);
	memset(e.said, ',', sizeof e.said - 1);
	e.said[0] = '\n';
	e.said[sizeof e.said - 1] = '\0';
	classify(&e, &t, &o);
	assert_null(strpbrk(o.reason, ",\"\n"));
	assert_int_equal(strlen(o.reason), sizeof o.reason - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_healthy_one_is_ok),
		cmocka_unit_test(each_rule_alone),
		cmocka_unit_test(of_two_the_first),
		cmocka_unit_test(a_task_too_many_is_wrong),
		cmocka_unit_test(a_sum_that_is_not_known_is_not_wrong),
		cmocka_unit_test(what_it_reports_is_kept),
		cmocka_unit_test(numbers_of_a_trial_in_trouble_are_not_looked_at),
		cmocka_unit_test(what_was_not_expected_is_not_wrong),
		cmocka_unit_test(a_control_may_fail),
		cmocka_unit_test(each_sum_in_each_pass_counts),
		cmocka_unit_test(out_of_memory_is_proved),
		cmocka_unit_test(the_phase_is_named),
		cmocka_unit_test(a_reason_is_a_field),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Threads under the interpreter lock of CPython since 3.2. */
#include "strategies/own_steps.h"

#include <sys/prctl.h>

enum { SHORT_NS = 1000, OFF = 0, ON = 1, OP = 0, BACKEDGE = 1, SLACK_NS = 70000 };
#define LONG_NS 2000000000u

/* As its table has them: interval, forced, poll, trace, main, slack. */
static const uint64_t brief[] = { SHORT_NS, ON, OP, OFF, OFF, 1 };
static const uint64_t rare[] = { LONG_NS, ON, OP, OFF, OFF, 1 };
static const uint64_t backedge[] = { SHORT_NS, ON, BACKEDGE, OFF, OFF, 1 };
static const uint64_t barging[] = { SHORT_NS, OFF, OP, OFF, OFF, 1 };
static const uint64_t traced[] = { SHORT_NS, ON, OP, ON, OFF, 1 };
static const uint64_t late[] = { SHORT_NS, ON, OP, OFF, ON, SLACK_NS };
static const uint64_t with_main[] = { SHORT_NS, ON, OP, OFF, ON, 1 };

static struct own own(const uint64_t *option, struct op (*step)(struct task *),
		      uint64_t units)
{
	return (struct own){ "gil", option, step, THREADS, TASKS, units, NULL, NULL };
}

static void its_knobs_are_where_they_are_set_here(void **state)
{
	static const char *const names[] = { "interval", "forced", "poll", "trace", "main",
					     "slack" };
	const struct param *p = strategy_find("gil")->params;

	(void)state;
	for (size_t i = 0; i < 6; i++)
		assert_string_equal(p[i].name, names[i]);
	assert_null(p[6].name);
	assert_string_equal(strategy_find("gil")->extra, "hold");
}

static void one_step_at_a_time(void **state)
{
	struct own o = own(brief, crowd_step, UNITS);
	struct shared s = ran(&o);

	(void)state;
	assert_int_equal(atomic_load(&s.crowded), 0);
	assert_int_equal(s.value, TASKS * UNITS * 20);
}

static void given_up_it_goes_to_another(void **state)
{
	struct own o = own(brief, yielding_step, 100000);
	struct shared s = ran(&o);

	(void)state;
	assert_true(s.given_up > 0);
	assert_int_equal(s.kept, 0);
	assert_true(counted("gil", "drop_requests") > 0);
	/* less where the other was quick to take it */
	assert_in_range(counted("gil", "forced"), 0, s.given_up);
}

static void unforced_it_may_be_kept(void **state)
{
	struct own o = own(barging, yielding_step, 100000);

	(void)state;
	ran(&o);
	assert_int_equal(counted("gil", "forced"), 0);
}

static void a_computing_task_cannot_keep_it(void **state)
{
	struct own o = { "gil", brief, turns_step, 2, 2, 1, NULL, NULL };
	struct shared s = ran(&o);

	(void)state;
	assert_true(s.turn >= 2 * ROUNDS);
	assert_true(switches() >= ROUNDS);
}

/* Each thread takes it once, does its share and leaves, asked or not. */
static void without_a_poll_it_is_kept(void **state)
{
	struct own o = own(backedge, units_step, UNITS);
	struct shared s = ran(&o);

	(void)state;
	assert_int_equal(s.value, TASKS * (UNITS + 1) * 1000);
	assert_int_equal(switches(), THREADS);
	assert_int_equal(counted("gil", "takes"), THREADS);
}

static void a_unit_is_a_poll_too(void **state)
{
	struct own o = own(brief, units_step, 20 * UNITS);

	(void)state;
	ran(&o);
	assert_true(counted("gil", "takes") > THREADS);
}

/* Without a request within the interval: dropped around the op all the same. */
static void it_is_free_around_an_operation(void **state)
{
	(void)state;
	passed_to_and_fro("gil", rare);
}

/* One thread never waits for itself, asked or not. */
static void alone_it_is_always_free(void **state)
{
	struct own o = { "gil", brief, crowd_step, 1, 3, UNITS, NULL, NULL };
	struct shared s = ran(&o);

	(void)state;
	assert_int_equal(s.value, 3 * UNITS * 20);
	assert_int_equal(switches(), 1);	/* from nobody to the first */
	assert_int_equal(counted("gil", "takes"), 1 + 3 * (UNITS / 16));
	assert_int_equal(counted("gil", "timeouts"), 0);
}

/* A unit each, counted where the thread that the process began with steps. */
static struct op main_step(struct task *t)
{
	struct shared *s = t->shared;
	struct local *l = t->local;

	if (l->unit++ == t->units)
		return op_done();
	s->value += gettid() == getpid();
	return op_units(1);
}

static void the_main_thread_works_only_if_wanted(void **state)
{
	struct own o = own(brief, main_step, UNITS);

	(void)state;
	assert_int_equal(ran(&o).value, 0);
	o.option = with_main;
	assert_int_equal(ran(&o).value, TASKS / THREADS * UNITS);
	o.threads = 1;
	assert_int_equal(ran(&o).value, TASKS * UNITS);
}

static struct op slack_step(struct task *t)
{
	struct shared *s = t->shared;
	struct local *l = t->local;

	if (l->unit++ == t->units)
		return op_done();
	s->value += (uint64_t)prctl(PR_GET_TIMERSLACK);
	return op_units(1);
}

/* Of all its threads, and of none when it is over. */
static void timers_may_be_as_late_as_is_said(void **state)
{
	struct own o = own(late, slack_step, 1);
	int before = prctl(PR_GET_TIMERSLACK);

	(void)state;
	assert_int_equal(ran(&o).value, TASKS * SLACK_NS);
	assert_int_equal(prctl(PR_GET_TIMERSLACK), before);
}

static void each_hold_is_recorded_if_wanted(void **state)
{
	static struct hist hold;
	struct own o = own(traced, crowd_step, UNITS);

	(void)state;
	o.extra = &hold;
	ran(&o);
	assert_int_equal(hold.n, counted("gil", "takes"));
	assert_int_equal(hist_quantile(&hold, 0.5), counted("gil", "hold_p50_ns"));
	memset(&hold, 0, sizeof hold);
	o.option = brief;
	ran(&o);
	assert_int_equal(hold.n, 0);
	assert_true(counted("gil", "hold_p50_ns") == UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(its_knobs_are_where_they_are_set_here),
		TEST(one_step_at_a_time),
		TEST(given_up_it_goes_to_another),
		TEST(unforced_it_may_be_kept),
		TEST(a_computing_task_cannot_keep_it),
		TEST(without_a_poll_it_is_kept),
		TEST(a_unit_is_a_poll_too),
		TEST(it_is_free_around_an_operation),
		TEST(alone_it_is_always_free),
		TEST(the_main_thread_works_only_if_wanted),
		TEST(timers_may_be_as_late_as_is_said),
		TEST(each_hold_is_recorded_if_wanted),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Threads in interpreters: within one they take turns, as under `gil`; two share
 * neither lock nor state, and what they found is folded into one at the end. */
#include "strategies/own_steps.h"

enum { SHORT_NS = 1000 };
#define LONG_NS 10000000000u

/* interval, forced, poll, trace, domains */
static const uint64_t one[] = { SHORT_NS, 1, 0, 0, 1 };
static const uint64_t two[] = { SHORT_NS, 1, 0, 1, 2 };
static const uint64_t each[] = { LONG_NS, 1, 0, 0, 0 };
static const uint64_t many[] = { SHORT_NS, 1, 0, 0, 1000 };

/* The states that were seen, and whose task i has. */
static _Atomic(const void *) seen[THREADS], of[TASKS];

static struct op note_step(struct task *t)
{
	const void *none = NULL;
	unsigned i = 0;

	while (i < THREADS && atomic_load(&seen[i]) != t->shared &&
	       !atomic_compare_exchange_strong(&seen[i], &none, t->shared)) {
		none = NULL;
		i++;
	}
	atomic_store(&of[t->index], t->shared);
	((struct shared *)t->shared)->value++;
	return op_done();
}

static unsigned states_seen(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < THREADS; i++) {
		n += atomic_load(&seen[i]) != NULL;
		atomic_store(&seen[i], NULL);
	}
	return n;
}

static struct own own(const uint64_t *option, struct op (*step)(struct task *),
		      uint64_t units)
{
	return (struct own){ "subinterp", option, step, THREADS, TASKS, units, NULL, NULL };
}

static void its_knobs_are_where_they_are_set_here(void **state)
{
	const struct param *p = strategy_find("subinterp")->params;

	(void)state;
	assert_string_equal(p[0].name, "interval");
	assert_string_equal(p[4].name, "domains");
	assert_true(strategy_find("subinterp")->private_state);
}

static void in_one_interpreter_one_step_at_a_time(void **state)
{
	struct own o = own(one, crowd_step, UNITS);

	(void)state;
	assert_int_equal(ran(&o).value, TASKS * UNITS * 20);
	o = own(one, yielding_step, 100000);
	ran(&o);
	assert_true(counted("subinterp", "drop_requests") > 0);
}

static void as_many_states_as_interpreters(void **state)
{
	struct own o = own(one, note_step, 1);

	(void)state;
	assert_int_equal(ran(&o).value, TASKS);
	assert_int_equal(states_seen(), 1);
	o.option = two;
	assert_int_equal(ran(&o).value, TASKS);
	assert_int_equal(states_seen(), 2);
	o.option = each;
	assert_int_equal(ran(&o).value, TASKS);
	assert_int_equal(states_seen(), THREADS);
	o.option = many;
	assert_int_equal(ran(&o).value, TASKS);
	assert_int_equal(states_seen(), THREADS);
}

/* Neighbours share one, and one more does where they do not divide: with four
 * threads of three tasks each in three, the first two. */
static void neighbours_share_an_interpreter(void **state)
{
	static const uint64_t three[] = { SHORT_NS, 1, 0, 0, 3 };
	static const unsigned group[THREADS] = { 0, 0, 1, 2 };
	struct own o = own(two, note_step, 1);

	(void)state;
	ran(&o);
	for (unsigned i = 0; i < TASKS; i++)
		assert_ptr_equal(atomic_load(&of[i]), atomic_load(&of[i / 6 * 6]));
	o.option = three;
	ran(&o);
	for (unsigned i = 0; i < TASKS; i++)
		for (unsigned j = 0; j < TASKS; j++)
			assert_int_equal(atomic_load(&of[i]) == atomic_load(&of[j]),
					 group[i / 3] == group[j / 3]);
	states_seen();
}

static atomic_uint met;

/* Neither ends before the other is inside too: under one lock they never would,
 * since neither gives it up. */
static struct op meet_step(struct task *t)
{
	(void)t;
	atomic_fetch_add(&met, 1);
	while (atomic_load(&met) < 2)
		;
	return op_done();
}

static void two_interpreters_run_at_once(void **state)
{
	struct own o = { "subinterp", each, meet_step, 2, 2, 1, NULL, NULL };

	(void)state;
	atomic_store(&met, 0);
	ran(&o);
	assert_int_equal(atomic_load(&met), 2);
	assert_int_equal(counted("subinterp", "timeouts"), 0);
}

static void the_lock_is_free_around_an_operation(void **state)
{
	static const uint64_t rare[] = { LONG_NS, 1, 0, 0, 1 };

	(void)state;
	passed_to_and_fro("subinterp", rare);
}

static void each_hold_of_all_is_recorded(void **state)
{
	static struct hist hold;
	struct own o = own(two, crowd_step, UNITS);

	(void)state;
	o.extra = &hold;
	assert_int_equal(ran(&o).value, TASKS * UNITS * 20);
	assert_int_equal(hold.n, counted("subinterp", "takes"));
	assert_int_equal(hist_quantile(&hold, 0.5), counted("subinterp", "hold_p50_ns"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(its_knobs_are_where_they_are_set_here),
		TEST(in_one_interpreter_one_step_at_a_time),
		TEST(as_many_states_as_interpreters),
		TEST(neighbours_share_an_interpreter),
		TEST(two_interpreters_run_at_once),
		TEST(the_lock_is_free_around_an_operation),
		TEST(each_hold_of_all_is_recorded),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Threads under the interpreter lock of CPython up to 2.7: as `gil`, but given up
 * by the count of ticks alone, whether or not anybody waits. */
#include "strategies/own_steps.h"

static const uint64_t often[] = { 10 }, rarely[] = { 1000000000 };

static struct own own(const uint64_t *ticks, struct op (*step)(struct task *),
		      unsigned threads, uint64_t tasks, uint64_t units)
{
	return (struct own){ "gil2", ticks, step, threads, tasks, units, NULL, NULL };
}

static void one_step_at_a_time(void **state)
{
	struct own o = own(often, crowd_step, THREADS, TASKS, UNITS);
	struct shared s = ran(&o);

	(void)state;
	assert_int_equal(atomic_load(&s.crowded), 0);
	assert_int_equal(s.value, TASKS * UNITS * 20);
}

static void a_computing_task_cannot_keep_it(void **state)
{
	struct own o = own(often, turns_step, 2, 2, 1);
	struct shared s = ran(&o);

	(void)state;
	assert_true(s.turn >= 2 * ROUNDS);
	assert_true(switches() >= ROUNDS);
}

static void it_is_free_around_an_operation(void **state)
{
	(void)state;
	passed_to_and_fro("gil2", rarely);
}

/* A poll a unit, whatever comes of it. */
static struct op ticking_step(struct task *t)
{
	struct local *l = t->local;

	while (l->unit < t->units) {
		l->unit++;
		if (task_tick(t))
			return op_yield();
	}
	return op_done();
}

/* With nobody there who wants it: 400 ticks are 36 times 11, and four. */
static void alone_it_is_given_up_too(void **state)
{
	struct own o = own(often, ticking_step, 1, 1, 400);

	(void)state;
	ran(&o);
	assert_int_equal(counted("gil2", "checks"), 36);
	assert_int_equal(counted("gil2", "takes"), 1 + 36);
	assert_int_equal(switches(), 1);
}

/* 22 units: two times 11. */
static void a_unit_is_a_tick(void **state)
{
	struct own o = own(often, units_step, 1, 1, 22);

	(void)state;
	ran(&o);
	assert_int_equal(counted("gil2", "checks"), 2);
	o.units = 21;
	ran(&o);
	assert_int_equal(counted("gil2", "checks"), 1);
}

static void before_its_ticks_are_up_it_is_kept(void **state)
{
	struct own o = own(rarely, units_step, THREADS, TASKS, UNITS);

	(void)state;
	ran(&o);
	assert_int_equal(counted("gil2", "takes"), THREADS);
	assert_int_equal(counted("gil2", "checks"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_step_at_a_time),
		TEST(a_computing_task_cannot_keep_it),
		TEST(it_is_free_around_an_operation),
		TEST(alone_it_is_given_up_too),
		TEST(a_unit_is_a_tick),
		TEST(before_its_ticks_are_up_it_is_kept),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Few streams for many workers: one for each CPU that they have, in their order, and
 * as many as a strategy can use. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sched.h>

#include "strategies/loop.h"

static const struct strategy on_cpus = { .streams = STREAMS_CPUS };
static struct trouble trouble;

static void one_for_each_cpu_of_the_workers(void **state)
{
	static const int cpu[] = { 2, 0, 2, 5, 0, -1 };
	static const struct run run = { .workers = 5, .tasks = 9 };
	struct pass p = { .strategy = &on_cpus, .run = &run, .cpu = cpu, .trouble = &trouble };
	struct team t;

	(void)state;
	assert_int_equal(team_init(&t, &p), 0);
	assert_int_equal(t.pass.run->workers, 3);
	assert_int_equal(t.pass.run->tasks, 9);
	assert_int_equal(t.pass.cpu[0], 2);
	assert_int_equal(t.pass.cpu[1], 0);
	assert_int_equal(t.pass.cpu[2], 5);
	assert_int_equal(t.pass.cpu[3], -1);
	team_release(&t);
}

/* Where nobody is told where to be, all CPUs of this process are theirs. */
static void one_for_each_cpu_there_is(void **state)
{
	static const int cpu[] = { -1, -1, -1, -1 };
	cpu_set_t set;

	(void)state;
	sched_getaffinity(0, sizeof set, &set);
	for (unsigned workers = 1; workers <= 3; workers++) {
		const struct run run = { .workers = workers };
		struct pass p = { .strategy = &on_cpus, .run = &run, .cpu = cpu,
				  .trouble = &trouble };
		unsigned cpus = (unsigned)CPU_COUNT(&set);
		struct team t;

		assert_int_equal(team_init(&t, &p), 0);
		assert_int_equal(t.pass.run->workers, cpus < workers ? cpus : workers);
		for (unsigned w = 0; w <= t.pass.run->workers; w++)
			assert_int_equal(t.pass.cpu[w], -1);
		team_release(&t);
	}
}

static void no_more_than_a_strategy_can_use(void **state)
{
	static const struct {
		struct strategy s;
		unsigned workers, cpus, streams;
	} table[] = {
		{ { .streams = STREAMS_WORKERS }, 7, 2, 7 },
		{ { .streams = STREAMS_WORKERS, .max_workers = 3 }, 7, 2, 3 },
		{ { .streams = STREAMS_WORKERS, .max_workers = 3 }, 2, 2, 2 },
		{ { .streams = STREAMS_ONE }, 7, 2, 1 },
		{ { .streams = STREAMS_CPUS }, 7, 2, 2 },
		{ { .streams = STREAMS_CPUS }, 7, 8, 7 },
		{ { .streams = STREAMS_CPUS }, 7, 0, 7 },	/* not known */
		{ { .streams = STREAMS_CPUS, .max_workers = 3 }, 7, 8, 3 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		assert_int_equal(strategy_streams(&table[i].s, table[i].workers, table[i].cpus),
				 table[i].streams);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_for_each_cpu_of_the_workers),
		cmocka_unit_test(one_for_each_cpu_there_is),
		cmocka_unit_test(no_more_than_a_strategy_can_use),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("team", tests, NULL, NULL);
}

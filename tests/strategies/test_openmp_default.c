/* OpenMP as it is by default: a team of the CPUs, and a task goes to whoever is free. */
#include "strategies/own_steps.h"

#include <sched.h>

static unsigned team(void)
{
	cpu_set_t set;
	unsigned n;

	sched_getaffinity(0, sizeof set, &set);
	n = (unsigned)CPU_COUNT(&set);
	return n < THREADS ? n : THREADS;
}

static struct own own(struct op (*step)(struct task *))
{
	return (struct own){ "openmp-default", NULL, step, THREADS, TASKS, 1, NULL, NULL };
}

/* The first task ends after all others: in a share of its own that was fixed
 * beforehand some of them would wait for it. */
static struct op patient_step(struct task *t)
{
	struct shared *s = t->shared;

	while (!t->index && atomic_load(&s->inside) < TASKS - 1)
		sched_yield();
	atomic_fetch_add(&s->inside, 1);
	return op_done();
}

static void a_task_goes_to_whoever_is_free(void **state)
{
	struct own o = own(patient_step);

	(void)state;
	if (team() < 2)
		skip();
	assert_int_equal(ran(&o).inside, TASKS);
}

static void the_team_is_of_the_cpus(void **state)
{
	struct own o = own(units_step);

	(void)state;
	ran(&o);
	for (unsigned w = 0; w < THREADS; w++)
		assert_int_equal(slot[w].begin_ns > 0, w < team());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_task_goes_to_whoever_is_free),
		TEST(the_team_is_of_the_cpus),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* When requests come and how long answers take: the same for who asks twice, and
 * distributed as it is said. */
#include <math.h>

#include "workloads/drive.h"
#include "workloads/law.h"

enum { MANY = 100000, MEAN_NS = 1000000 };

static void fixed_is_fixed(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < 100; i++)
		assert_int_equal(law_ns(LAW_FIXED, MEAN_NS, rng_mix(i)), MEAN_NS);
}

/* Below the mean lie 63.2 % of it, beyond three times the mean 5.0 %. */
static void exponential_is_exponential(void **state)
{
	double sum = 0;
	unsigned below = 0, beyond = 0;

	(void)state;
	for (uint64_t i = 0; i < MANY; i++) {
		uint64_t ns = law_ns(LAW_EXPONENTIAL, MEAN_NS, rng_mix(i));

		assert_int_equal(ns, law_ns(LAW_EXPONENTIAL, MEAN_NS, rng_mix(i)));
		sum += (double)ns;
		below += ns < MEAN_NS;
		beyond += ns > 3 * MEAN_NS;
	}
	assert_true(fabs(sum / MANY / MEAN_NS - 1) < 0.01);
	assert_true(fabs(below / (double)MANY - 0.6321) < 0.005);
	assert_true(fabs(beyond / (double)MANY - 0.0498) < 0.005);
}

static void no_random_number_is_too_much(void **state)
{
	(void)state;
	assert_in_range(law_ns(LAW_EXPONENTIAL, MEAN_NS, 0), 36 * MEAN_NS, 38 * MEAN_NS);
	assert_int_equal(law_ns(LAW_EXPONENTIAL, MEAN_NS, UINT64_MAX), 0);
	assert_int_equal(law_ns(LAW_TAIL, 0, 0), 0);
}

static void one_in_a_hundred_is_late(void **state)
{
	unsigned late = 0;

	(void)state;
	for (uint64_t i = 0; i < MANY; i++) {
		uint64_t ns = law_ns(LAW_TAIL, MEAN_NS, rng_mix(i));

		assert_true(ns == MEAN_NS || ns == 50 * MEAN_NS);
		late += ns > MEAN_NS;
	}
	assert_in_range(late, MANY / 100 * 9 / 10, MANY / 100 * 11 / 10);
}

/* All tasks together come evenly, each at its own time. */
static void fixed_arrivals_are_even(void **state)
{
	enum { TASKS = 7, UNITS = 5, RATE = 1000 };
	bool taken[TASKS * UNITS] = { false };

	(void)state;
	for (uint64_t i = 0; i < TASKS; i++) {
		struct task t = { .index = i, .tasks = TASKS, .seed = 1 };

		for (uint64_t unit = 0; unit < UNITS; unit++) {
			uint64_t at = arrival_ns(&t, ARRIVALS_FIXED, RATE, unit, 0);

			assert_int_equal(at % 1000000, 0);
			assert_in_range(at / 1000000, 0, TASKS * UNITS - 1);
			assert_false(taken[at / 1000000]);
			taken[at / 1000000] = true;
		}
	}
}

/* A million requests a second for an hour do not overflow. */
static void late_arrivals_are_late(void **state)
{
	struct task t = { .index = 3, .tasks = 10, .seed = 1 };

	(void)state;
	assert_int_equal(arrival_ns(&t, ARRIVALS_FIXED, 1000000, 360000000, 0), 3600000003000);
	/* nor is what is rounded away added up: a third of a second, 9 million times */
	t = (struct task){ .tasks = 1, .seed = 1 };
	assert_int_equal(arrival_ns(&t, ARRIVALS_FIXED, 3, 9000000, 0), 3000000000000000);
}

/* The gaps of one of 10 tasks at 1000 a second: 10 ms on average, as often under
 * 10 ms as the exponential law says, and no two tasks alike. */
static void poisson_arrivals_are_random(void **state)
{
	struct task a = { .index = 0, .tasks = 10, .seed = 1 };
	struct task b = { .index = 1, .tasks = 10, .seed = 1 };
	uint64_t at = 0, other = 0;
	unsigned below = 0, equal = 0;

	(void)state;
	for (uint64_t unit = 0; unit < MANY; unit++) {
		uint64_t before = at;

		at = arrival_ns(&a, ARRIVALS_POISSON, 1000, unit, before);
		assert_int_equal(at, arrival_ns(&a, ARRIVALS_POISSON, 1000, unit, before));
		assert_true(at >= before);
		below += at - before < 10000000;
		other = arrival_ns(&b, ARRIVALS_POISSON, 1000, unit, other);
		equal += at == other;
	}
	assert_true(fabs((double)at / MANY / 10000000 - 1) < 0.01);
	assert_true(fabs(below / (double)MANY - 0.6321) < 0.005);
	assert_int_equal(equal, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fixed_is_fixed),
		cmocka_unit_test(exponential_is_exponential),
		cmocka_unit_test(no_random_number_is_too_much),
		cmocka_unit_test(one_in_a_hundred_is_late),
		cmocka_unit_test(fixed_arrivals_are_even),
		cmocka_unit_test(late_arrivals_are_late),
		cmocka_unit_test(poisson_arrivals_are_random),
	};

	drive_watchdog();
	return cmocka_run_group_tests_name("law", tests, NULL, NULL);
}

/* Fibonacci numbers come out right, and the same, whatever a call is; a frame is
 * used again when its call has returned. */
#include "workloads/drive.h"

extern const struct workload workload_coroutine;

enum { PLAIN, COROUTINE };

/* The result of task 5, of @units units that compute fib(@n). */
static uint64_t result(uint64_t form, uint64_t n, uint64_t units)
{
	struct drive d;

	drive_init(&d, &workload_coroutine, 1);
	drive_set(&d, "form", form);
	drive_set(&d, "n", n);
	d.run.units = units;
	assert_int_equal(drive_open(&d), 0);
	assert_int_equal(drive_run(&d, 5, 0), 0);
	assert_int_equal(d.units, units);
	drive_close(&d);
	return d.sum;
}

static void numbers_are_those_of_fibonacci(void **state)
{
	static const struct {
		uint64_t n, fib;
	} known[] = { { 1, 1 }, { 2, 1 }, { 3, 2 }, { 10, 55 }, { 15, 610 }, { 25, 75025 } };

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		for (uint64_t form = PLAIN; form <= COROUTINE; form++)
			assert_int_equal(result(form, known[i].n, 3),
					 rng_mix(3 * known[i].fib ^ 5));
}

/* More calls than a task has room for frames. */
static void frames_are_used_again(void **state)
{
	(void)state;
	for (uint64_t form = PLAIN; form <= COROUTINE; form++)
		assert_int_equal(result(form, 12, 5000), rng_mix(5000 * 144 ^ 5));
}

/* As in asyncio, an await of what does not wait is no business of the loop's. */
static void no_await_is_an_operation(void **state)
{
	struct drive d;

	(void)state;
	drive_init(&d, &workload_coroutine, 1);
	drive_set(&d, "form", COROUTINE);
	assert_int_equal(drive_open(&d), 0);
	drive_all(&d, false);
	assert_int_equal(d.asked, 1u << OP_UNIT | 1u << OP_DONE);
	assert_int_equal(d.units, d.run.tasks * d.run.units);
	drive_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_those_of_fibonacci),
		cmocka_unit_test(frames_are_used_again),
		cmocka_unit_test(no_await_is_an_operation),
	};

	drive_watchdog();
	return cmocka_run_group_tests_name("coroutine", tests, NULL, NULL);
}

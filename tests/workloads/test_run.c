/* What workloads say about themselves and about trouble. */
#include "workloads/drive.h"

extern const struct workload workload_null;

static void the_first_trouble_is_kept(void **state)
{
	struct drive d;

	(void)state;
	drive_init(&d, &workload_null, 1);
	assert_int_equal(run_fail(&d.run, STATUS_IO_ERROR, "%s, %d", "first", 1), -1);
	assert_int_equal(run_fail(&d.run, STATUS_CRASH, "second"), -1);
	assert_int_equal(d.trouble.status, STATUS_IO_ERROR);
	assert_string_equal(d.trouble.reason, "first; 1");
}

static void bounds_have_names(void **state)
{
	(void)state;
	assert_string_equal(bound_name(BOUND_CPU), "cpu");
	assert_string_equal(bound_name(BOUND_IO), "io");
	assert_string_equal(bound_name(BOUND_MEMORY), "memory");
	assert_string_equal(bound_name(BOUND_MIXED), "mixed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_trouble_is_kept),
		cmocka_unit_test(bounds_have_names),
	};

	drive_watchdog();
	return cmocka_run_group_tests_name("run", tests, NULL, NULL);
}

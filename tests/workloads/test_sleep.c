/* A unit of sleep is as long as is said, from when it began. */
#include "workloads/drive.h"

extern const struct workload workload_sleep;

static void it_sleeps_as_long_as_is_said(void **state)
{
	enum { UNITS = 3, TIME = 1234567 };
	struct drive d;
	struct task t;

	(void)state;
	drive_init(&d, &workload_sleep, 1);
	drive_set(&d, "time", TIME);
	d.run.units = UNITS;
	assert_int_equal(drive_open(&d), 0);
	t = drive_task(&d, 0, 0);
	for (uint64_t i = 1; i <= UNITS; i++) {
		struct op op;

		t.unit_ns = 1000 * i;
		op = workload_sleep.step(&t);
		assert_int_equal(op.kind, OP_SLEEP);
		assert_int_equal(op.at, 1000 * i + TIME);
		t.res = 0;
		assert_int_equal(workload_sleep.step(&t).kind, OP_UNIT);
	}
	assert_int_equal(drive_step(&d, &t), 0);
	drive_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_sleeps_as_long_as_is_said),
	};

	drive_watchdog();
	return cmocka_run_group_tests_name("sleep", tests, NULL, NULL);
}

/* Those who wait at an idle connection, and those who come too late to. */
#include "workloads/drive.h"

extern const struct workload workload_idlers;

/* A task that comes when all is over would wait for ever. */
static void who_comes_too_late_does_not_wait(void **state)
{
	struct drive d;

	(void)state;
	drive_init(&d, &workload_idlers, 2);
	assert_int_equal(drive_open(&d), 0);
	assert_int_equal(drive_run(&d, 0, 0), 0);
	d.asked = 0;
	assert_int_equal(drive_run(&d, 1, 1), 0);
	assert_int_equal(d.asked, 1 << OP_DONE);
	assert_int_equal(drive_digest(&d), 1);
	drive_close(&d);
}

/* Who waits has its connection listed, and is told there. */
static void who_waits_is_woken(void **state)
{
	struct task idler;
	struct drive d;
	struct op op;

	(void)state;
	drive_init(&d, &workload_idlers, 2);
	assert_int_equal(drive_open(&d), 0);
	idler = drive_task(&d, 1, 1);
	op = workload_idlers.step(&idler);
	assert_int_equal(op.kind, OP_RECV);
	assert_int_equal(drive_run(&d, 0, 0), 0);
	idler.res = drive_exec(&op);
	assert_int_equal(drive_step(&d, &idler), 0);
	drive_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_comes_too_late_does_not_wait),
		cmocka_unit_test(who_waits_is_woken),
	};

	drive_watchdog();
	return cmocka_run_group_tests_name("idlers", tests, NULL, NULL);
}

/* One task that asks a server while others compute until it has finished. */
#include "workloads/drive.h"

extern const struct workload workload_convoy;

static void start(struct drive *d, uint64_t tasks)
{
	drive_init(d, &workload_convoy, 2);
	d->run.tasks = tasks;
	assert_int_equal(drive_open(d), 0);
}

static uint64_t hog_ticks(const struct drive *d)
{
	uint64_t n[COUNTERS];

	assert_string_equal(workload_convoy.counters[0], "hog_ticks");
	workload_convoy.count(d->run.shared, d->param, n);
	return n[0];
}

static void hogs_end_at_once_when_the_client_has_finished(void **state)
{
	struct drive d;

	(void)state;
	start(&d, 6);
	drive_all(&d, false);
	assert_int_equal(d.units, d.run.units);	/* the client's alone */
	assert_int_equal(hog_ticks(&d), 0);
	assert_int_equal(drive_close(&d), 0);
}

/* With hogs first there is nobody to keep waiting. */
static void a_hog_without_a_client_fails(void **state)
{
	struct drive d;

	(void)state;
	start(&d, 3);
	assert_int_equal(drive_run(&d, 1, 0), -ETIMEDOUT);
	assert_int_equal(hog_ticks(&d), 0);
	assert_int_equal(drive_close(&d), 0);
}

/* As by a lock that changes hands unforced: for three tenths of a second here. */
static void a_client_may_be_kept_out_for_a_while(void **state)
{
	struct drive d;
	struct task hog;

	(void)state;
	start(&d, 2);
	hog = drive_task(&d, 1, 1);
	for (unsigned i = 0; i < 30000; i++)
		assert_int_equal(drive_step(&d, &hog), 1);
	assert_int_equal(drive_run(&d, 0, 0), 0);
	assert_int_equal(drive_step(&d, &hog), 0);
	assert_int_equal(drive_close(&d), 0);
}

static void hogs_compute_as_long_as_the_client_works(void **state)
{
	struct drive d;
	struct task client, hog;

	(void)state;
	start(&d, 2);
	client = drive_task(&d, 0, 0);
	hog = drive_task(&d, 1, 1);
	assert_int_equal(drive_step(&d, &client), 1);
	d.asked = 0;
	do
		for (unsigned i = 0; i < 3; i++)
			assert_int_equal(drive_step(&d, &hog), 1);
	while (drive_step(&d, &client));
	assert_int_equal(drive_step(&d, &hog), 0);
	assert_true(d.asked & 1u << OP_YIELD);
	assert_int_equal(d.units, d.run.units);
	assert_true(hog_ticks(&d) > 0);
	assert_int_equal(drive_close(&d), 0);
}

static void hogs_may_be_asked_back_at_each_tick(void **state)
{
	struct drive d;
	struct task client, hog;

	(void)state;
	start(&d, 2);
	client = drive_task(&d, 0, 0);
	hog = drive_task(&d, 1, 1);
	atomic_store(&d.breaker.asked, true);
	assert_int_equal(drive_step(&d, &client), 1);
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(drive_step(&d, &hog), 1);
	while (drive_step(&d, &client))
		;
	assert_int_equal(drive_step(&d, &hog), 0);
	assert_int_equal(hog_ticks(&d), 5);
	assert_int_equal(drive_close(&d), 0);
}

static void a_client_that_fails_lets_the_hogs_go(void **state)
{
	struct drive d;
	struct task client, hog;
	int rc;

	(void)state;
	start(&d, 2);
	client = drive_task(&d, 0, 0);
	hog = drive_task(&d, 1, 1);
	assert_int_equal(drive_step(&d, &client), 1);
	assert_int_equal(drive_step(&d, &hog), 1);
	kill(d.run.server, SIGKILL);
	while ((rc = drive_step(&d, &client)) > 0)
		;
	assert_int_equal(rc, -1);
	assert_int_equal(drive_step(&d, &hog), 0);
	assert_int_equal(drive_close(&d), SIGKILL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hogs_end_at_once_when_the_client_has_finished),
		cmocka_unit_test(a_hog_without_a_client_fails),
		cmocka_unit_test(a_client_may_be_kept_out_for_a_while),
		cmocka_unit_test(hogs_compute_as_long_as_the_client_works),
		cmocka_unit_test(hogs_may_be_asked_back_at_each_tick),
		cmocka_unit_test(a_client_that_fails_lets_the_hogs_go),
	};

	drive_watchdog();
	return cmocka_run_group_tests_name("convoy", tests, NULL, NULL);
}

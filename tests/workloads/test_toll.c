/* As many operations of nothing and as many looks as were asked for, also when a
 * look is answered. */
#include "workloads/drive.h"

extern const struct workload workload_toll;

struct bill {
	unsigned windows, yields;
	uint64_t result;
};

/* Task 0, of four units, with a step wanted back after @ticks looks; 0: never. */
static struct bill pay(uint64_t windows, uint64_t looks, int ticks)
{
	struct bill b = { 0 };
	struct drive d;
	struct task t;
	struct op op;

	drive_init(&d, &workload_toll, 1);
	drive_set(&d, "windows", windows);
	drive_set(&d, "looks", looks);
	atomic_store(&d.breaker.asked, ticks > 0);
	d.breaker.counts = true;
	d.breaker.ticks = ticks - 1;
	assert_int_equal(drive_open(&d), 0);
	t = drive_task(&d, 0, 0);
	while ((op = workload_toll.step(&t)).kind != OP_DONE) {
		b.windows += op.kind == OP_COMPUTE;
		if (op.kind == OP_YIELD) {
			b.yields++;
			d.breaker.ticks = ticks - 1;
		}
		drive_exec(&op);
	}
	b.result = t.result;
	free(t.local);
	drive_close(&d);
	return b;
}

static void as_many_as_asked_for(void **state)
{
	(void)state;
	assert_int_equal(pay(7, 0, 0).windows, 4 * 7);
	assert_int_equal(pay(0, 100, 0).windows, 0);
	assert_int_equal(pay(7, 100, 0).yields, 0);
	assert_true(pay(7, 100, 0).result != pay(8, 100, 0).result);
	assert_true(pay(7, 100, 0).result != pay(7, 101, 0).result);
}

/* Looks answered by giving way, in four units: the last of a unit finishes it. */
static unsigned answered(uint64_t looks, int ticks)
{
	unsigned yields = 0;
	int left = ticks - 1;

	for (uint64_t i = 0; i < 4 * looks; i++)
		if (--left < 0 && (i + 1) % looks) {
			left = ticks - 1;
			yields++;
		}
	return yields;
}

/* A look is answered by giving way, wherever in the loop it falls, and none is
 * made twice or left out. */
static void every_look_counts(void **state)
{
	(void)state;
	for (uint64_t looks = 1; looks < 12; looks++)
		for (int ticks = 1; ticks < 14; ticks++) {
			struct bill b = pay(1, looks, ticks);

			assert_int_equal(b.result, pay(1, looks, 0).result);
			assert_int_equal(b.yields, answered(looks, ticks));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_many_as_asked_for),
		cmocka_unit_test(every_look_counts),
	};

	drive_watchdog();
	return cmocka_run_group_tests_name("toll", tests, NULL, NULL);
}

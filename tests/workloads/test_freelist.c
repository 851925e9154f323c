/* Blocks come from the list and go back; what a race would do to it is noticed. */
#include "workloads/drive.h"

extern const struct workload workload_freelist;

enum { TWICE, LOST, BLOCKS = 64 };

static void begin(struct drive *d)
{
	drive_init(d, &workload_freelist, 2);
	drive_set(d, "ops", 1);
	d->run.units = 1;
	assert_int_equal(drive_open(d), 0);
}

static uint64_t counted(const struct drive *d, int which)
{
	uint64_t out[COUNTERS] = { 0 };

	workload_freelist.count(d->run.shared, d->param, out);
	return out[which];
}

static void alone_every_block_is_ones_own(void **state)
{
	struct drive d;

	(void)state;
	begin(&d);
	drive_set(&d, "ops", 500);
	d.run.units = 1000;
	assert_int_equal(drive_run(&d, 5, 0), 0);
	assert_int_equal(d.sum, rng_mix(500000 ^ 5));
	assert_int_equal(counted(&d, TWICE), 0);
	assert_int_equal(counted(&d, LOST), 0);
	drive_close(&d);
}

/* The head of the list, where it begins. */
static uint32_t *head(struct drive *d)
{
	return d->run.shared;
}

static uint32_t before;

static void remember(void *self, unsigned index)
{
	(void)index;
	before = *head(self);
}

/* The block is still the first: another takes it too.  Once. */
static void undo(void *self, unsigned index)
{
	struct drive *d = self;

	(void)index;
	*head(d) = before;
	d->guard = NULL;
	assert_int_equal(drive_run(d, 1, 0), 0);
}

static void a_block_given_out_twice_is_noticed(void **state)
{
	struct drive d;
	const struct guard race = { remember, undo, &d, 0 };
	struct task t;

	(void)state;
	begin(&d);
	d.guard = &race;
	t = drive_task(&d, 0, 0);
	while (drive_step(&d, &t) > 0)
		t.guard = NULL;
	assert_int_equal(counted(&d, TWICE), 1);
	assert_int_not_equal(d.sum, rng_mix(1 ^ 0) + rng_mix(1 ^ 1));
	drive_close(&d);
}

static void blocks_that_are_gone_are_noticed(void **state)
{
	struct drive d;

	(void)state;
	begin(&d);
	*head(&d) = 0;
	assert_int_equal(counted(&d, LOST), BLOCKS);
	assert_int_equal(drive_run(&d, 5, 0), 0);
	assert_int_equal(d.sum, rng_mix(0 ^ 5));
	drive_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alone_every_block_is_ones_own),
		cmocka_unit_test(a_block_given_out_twice_is_noticed),
		cmocka_unit_test(blocks_that_are_gone_are_noticed),
	};

	drive_watchdog();
	return cmocka_run_group_tests_name("freelist", tests, NULL, NULL);
}

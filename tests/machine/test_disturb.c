/* The counters of the whole machine: of a made-up one, and of this. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/clock.h"
#include "machine/machine.h"
#include "machine/tree.h"

/* Each number is of its own column. */
static void every_column_is_the_right_one(void **state)
{
	static const struct file file[] = {
		{ "proc/stat", "cpu  1 2 3 100 200 4 5 6 700 800\n"
			       "cpu0 9 9 9 9 9 9 9 9 9 9\n" },
		{ "proc/vmstat", "pgfault 9\npswpin 10\npswpout 20\noom_kill 7\n" },
		{ "proc/self/cgroup", "0::/\n" },
		{ "proc/self/mountinfo",
		  "31 23 0:28 / /sys/fs/cgroup rw shared:9 - cgroup2 cgroup2 rw\n" },
		{ "sys/fs/cgroup/cpu.stat", "throttled_usec 3\n" },
		{ NULL, NULL }
	};
	uint64_t tick_ns = (uint64_t)NS_PER_SEC / (uint64_t)sysconf(_SC_CLK_TCK);
	char root[] = "/tmp/samework-disturb-XXXXXX";
	struct disturb d;

	(void)state;
	make_tree(root, file);
	disturb_read(&d, root);
	remove_tree(root);
	assert_int_equal(d.busy_ns, (1 + 2 + 3 + 4 + 5) * tick_ns);
	assert_int_equal(d.steal_ns, 6 * tick_ns);
	assert_int_equal(d.swapped, 30);
	assert_int_equal(d.oom_kills, 7);
	assert_int_equal(d.throttled_ns, 3000);
}

static void nothing_is_no_disturbance(void **state)
{
	struct disturb d;

	(void)state;
	disturb_read(&d, "/nonexistent");
	assert_int_equal(d.busy_ns + d.steal_ns + d.swapped + d.oom_kills + d.throttled_ns, 0);
}

static void counters_run_forwards(void **state)
{
	struct disturb a, b, d;

	(void)state;
	disturb_read(&a, "");
	assert_true(canary_ns() > 0);
	disturb_read(&b, "");
	d = disturb_since(&a, &b);
	assert_true(a.busy_ns > 0);
	assert_int_equal(d.at_ns, b.at_ns - a.at_ns);
	assert_int_equal(d.busy_ns, b.busy_ns - a.busy_ns);
	assert_int_equal(d.oom_kills, 0);
}

static void nothing_runs_backwards(void **state)
{
	struct disturb late = { 9, 9, 9, 9, 9, 9, 9 }, early = { 0 }, d;

	(void)state;
	d = disturb_since(&late, &early);
	assert_memory_equal(&d, &early, sizeof d);
	d = disturb_since(&early, &late);
	assert_memory_equal(&d, &late, sizeof d);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_column_is_the_right_one),
		cmocka_unit_test(nothing_is_no_disturbance),
		cmocka_unit_test(counters_run_forwards),
		cmocka_unit_test(nothing_runs_backwards),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

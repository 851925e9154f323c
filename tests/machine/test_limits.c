/* Control groups of v1, v2 and both, in a made-up tree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#include <cmocka.h>

#include "machine/cgroup.h"
#include "machine/machine.h"
#include "machine/tree.h"

#define V2_MOUNT "31 23 0:28 / /sys/fs/cgroup rw shared:9 - cgroup2 cgroup2 rw,nsdelegate\n"
#define NOISE \
	"22 27 0:21 / /proc rw,relatime - proc proc rw\n" \
	"25 24 0:23 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=cpu\n"
#define CPUSET_MOUNT "33 31 0:30 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
#define V1_MOUNTS \
	"32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n" \
	"35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"

struct example {
	const char *what;
	struct file file[16];
	double quota;
	uint64_t throttled_ns, oom_kills;
};

static const struct example examples[] = {
	{ "nothing to be seen", { { "proc/self/cgroup", "" } }, 0, 0, 0 },

	{ "v2: the least quota of all ancestors; throttling anywhere counts", {
		{ "proc/self/cgroup", "0::/a/b\n" },
		{ "proc/self/mountinfo", NOISE V2_MOUNT },
		{ "sys/fs/cgroup/a/b/cpu.max", "max 100000\n" },
		{ "sys/fs/cgroup/a/cpu.max", "150000 100000\n" },
		{ "sys/fs/cgroup/cpu.max", "400000 100000\n" },
		{ "sys/fs/cgroup/a/b/cpu.stat", "usage_usec 9\nthrottled_usec 3\n" },
		{ "sys/fs/cgroup/a/cpu.stat", "nr_throttled 2\nthrottled_usec 70\n" },
		{ "sys/fs/cgroup/cpu.stat", "usage_usec 9\n" },
		{ "sys/fs/cgroup/a/b/memory.events", "oom 1\noom_kill 5\noom_group_kill 9\n" },
		{ "sys/fs/cgroup/a/memory.events", "oom_kill 8\n" },
	}, 1.5, 73000, 5 },

	{ "v2: its root group, where only the whole machine is counted", {
		{ "proc/self/cgroup", "0::/\n" },
		{ "proc/self/mountinfo", V2_MOUNT },
		{ "sys/fs/cgroup/cpu.stat", "usage_usec 9\n" },
		{ "proc/vmstat", "pgfault 1\noom_kill 2\n" },
	}, 0, 0, 2 },

	{ "v1: every ancestor", {
		{ "proc/self/cgroup", "5:cpuset:/s\n4:memory:/m\n3:cpu,cpuacct:/a/b\n"
				      "1:name=systemd:/x\n" },
		{ "proc/self/mountinfo", NOISE CPUSET_MOUNT V1_MOUNTS },
		{ "sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_quota_us", "-1\n" },
		{ "sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_period_us", "100000\n" },
		{ "sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us", "50000\n" },
		{ "sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us", "200000\n" },
		{ "sys/fs/cgroup/cpu,cpuacct/a/b/cpu.stat", "nr_periods 1\nthrottled_time 11\n" },
		{ "sys/fs/cgroup/cpu,cpuacct/a/cpu.stat", "throttled_time 100\n" },
		{ "sys/fs/cgroup/memory/m/memory.oom_control",
		  "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n" },
	}, 0.25, 111, 3 },

	{ "hybrid: cpu in v1, memory in v2", {
		{ "proc/self/cgroup", "3:cpu:/c\n0::/u\n" },
		{ "proc/self/mountinfo",
		  "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
		  "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n" },
		{ "sys/fs/cgroup/cpu/c/cpu.cfs_quota_us", "300000\n" },
		{ "sys/fs/cgroup/cpu/c/cpu.cfs_period_us", "100000\n" },
		{ "sys/fs/cgroup/cpu/c/cpu.stat", "throttled_time 7\n" },
		{ "sys/fs/cgroup/unified/u/cpu.max", "100000 100000\n" },
		{ "sys/fs/cgroup/unified/u/memory.events", "oom_kill 4\n" },
	}, 3, 7, 4 },

	{ "a container that sees its own group as the mount", {
		{ "proc/self/cgroup", "0::/docker/abc/in\n" },
		{ "proc/self/mountinfo",
		  "31 23 0:28 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup2 rw\n" },
		{ "sys/fs/cgroup/in/cpu.max", "200000 100000\n" },
		{ "sys/fs/cgroup/cpu.max", "100000 100000\n" },
	}, 1, 0, 0 },

	{ "a group outside of the mount: the mount is the nearest", {
		{ "proc/self/cgroup", "0::/../other\n" },
		{ "proc/self/mountinfo", V2_MOUNT },
		{ "sys/fs/cgroup/cpu.max", "100000 200000\n" },
	}, 0.5, 0, 0 },

	{ "a name that only begins like the mount's", {
		{ "proc/self/cgroup", "0::/docker/abcdef\n" },
		{ "proc/self/mountinfo",
		  "31 23 0:28 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup2 rw\n" },
		{ "sys/fs/cgroup/cpu.max", "100000 100000\n" },
		{ "sys/fs/cgroup/def/cpu.max", "50000 100000\n" },
	}, 1, 0, 0 },

	{ "a blank in the mount point", {
		{ "proc/self/cgroup", "0::/a\n" },
		{ "proc/self/mountinfo", "31 23 0:28 / /sys/my\\040groups rw - cgroup2 none rw\n" },
		{ "sys/my groups/a/cpu.max", "100000 100000\n" },
	}, 1, 0, 0 },

	{ "damaged files", {
		{ "proc/self/cgroup", "junk\n:\n0::\n0::/a\n" },
		{ "proc/self/mountinfo", "junk\n - \n1 2 3\n" V2_MOUNT },
		{ "sys/fs/cgroup/a/cpu.max", "lots 0\n" },
		{ "sys/fs/cgroup/cpu.max", "100000 0\n" },
		{ "sys/fs/cgroup/a/cpu.stat", "throttled_usec\nthrottled_usecs 4\n" },
		{ "sys/fs/cgroup/a/memory.events", "oom_kill x\n" },
	}, 0, 0, 0 },
};

static void reads_as_the_table_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
		const struct example *e = &examples[i];
		char root[] = "/tmp/samework-limits-XXXXXX";
		double quota;
		uint64_t throttled_ns, oom_kills;

		make_tree(root, e->file);
		quota = limits_quota(root);
		throttled_ns = limits_throttled_ns(root);
		oom_kills = limits_oom_kills(root);
		remove_tree(root);
		if (quota < e->quota || quota > e->quota ||
		    throttled_ns != e->throttled_ns || oom_kills != e->oom_kills)
			fail_msg("%s: quota %g, throttled %llu, kills %llu", e->what, quota,
				 (unsigned long long)throttled_ns,
				 (unsigned long long)oom_kills);
	}
}

static void nothing_is_no_limit(void **state)
{
	(void)state;
	assert_true(limits_quota("/nonexistent") <= 0);
	assert_int_equal(limits_throttled_ns("/nonexistent"), 0);
	assert_int_equal(limits_oom_kills("/nonexistent"), 0);
}

/* Whatever this machine is, reading it must work. */
static void reads_this_machine(void **state)
{
	struct cgroup c;

	(void)state;
	assert_true(limits_quota("") >= 0);
	if (cgroup_find(&c, "", "cpu")) {
		assert_int_equal(access(c.dir, F_OK), 0);
		while (cgroup_parent(&c))
			assert_int_equal(access(c.dir, F_OK), 0);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_as_the_table_says),
		cmocka_unit_test(nothing_is_no_limit),
		cmocka_unit_test(reads_this_machine),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

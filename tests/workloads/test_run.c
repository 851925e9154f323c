/* What workloads say about themselves and about trouble. */
#include <stdio.h>
#include <sys/resource.h>

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

static rlim_t soft_limit(void)
{
	struct rlimit l;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &l), 0);
	return l.rlim_cur;
}

/* Raised when it may be; else it is said what is needed and what there is.  In a
 * process of its own: a hard limit is not given back. */
static void descriptors_are_seen_to(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	if (!pid) {
		struct rlimit l = { 30, 60 };
		struct drive d;

		drive_init(&d, &workload_null, 9);
		if (setrlimit(RLIMIT_NOFILE, &l) < 0 || run_descriptors(&d.run, 30) < 0 ||
		    soft_limit() != 30 || run_descriptors(&d.run, 31) < 0 ||
		    soft_limit() != 60 || run_descriptors(&d.run, 61) != -1)
			_exit(1);
		_exit(d.trouble.status != STATUS_FD_FAIL ||
		      strcmp(d.trouble.reason, "9 workers need 61 descriptors; "
			     "the limit is 60 (ulimit -Hn)"));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* True when this process holds @path open. */
static bool holds(const char *path)
{
	char link[64], target[64];

	for (int fd = 0; fd < 64; fd++) {
		ssize_t n;

		snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
		n = readlink(link, target, sizeof target - 1);
		target[n < 0 ? 0 : n] = '\0';
		if (!strcmp(target, path))
			return true;
	}
	return false;
}

/* Held until the process ends, or why not is said.  In one of its own: no core of
 * the machine may stay awake for that. */
static void cores_are_kept_awake(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	if (!pid) {
		struct rlimit none = { 0, 0 };
		struct drive d;
		bool allowed;

		drive_init(&d, &workload_null, 1);
		allowed = !run_awake(&d.run);
		if (allowed != holds("/dev/cpu_dma_latency") ||
		    (!allowed && d.trouble.status != STATUS_SKIPPED))
			_exit(1);
		drive_init(&d, &workload_null, 1);
		if (setrlimit(RLIMIT_NOFILE, &none) < 0 || run_awake(&d.run) != -1)
			_exit(2);
		_exit(d.trouble.status != STATUS_SKIPPED ||
		      !strstr(d.trouble.reason, strerror(EMFILE)));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_false(holds("/dev/cpu_dma_latency"));
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
		cmocka_unit_test(descriptors_are_seen_to),
		cmocka_unit_test(cores_are_kept_awake),
		cmocka_unit_test(bounds_have_names),
	};

	drive_watchdog();
	return cmocka_run_group_tests_name("run", tests, NULL, NULL);
}

/* The doctor speaks of every check, and leaves the machine as it was. */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <cmocka.h>

#include "machine/machine.h"
#include "machine/wake.h"

enum { MANY = 32 };

static const struct advice *about(const struct advice *a, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (strstr(a[i].what, word))
			return &a[i];
	fail_msg("no word about %s", word);
	return NULL;
}

static void says_what_and_where(void **state)
{
	static const char *const topics[] = {
		"load average", "CPU quota", "usable CPUs", "hypervisor took",
		"files", "gnuplot", "waking a sleeper",
	};
	struct advice a[MANY];
	size_t n = doctor(a, MANY);

	(void)state;
	assert_in_range(n, 7, MANY - 1);
	for (size_t i = 0; i < sizeof topics / sizeof *topics; i++)
		about(a, n, topics[i]);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(a[i].what[strlen(a[i].what) - 1], ')');
		if (a[i].level == LEVEL_OK)
			assert_string_equal(a[i].mend, "");
		if (*a[i].undo)
			assert_true(*a[i].mend);
		assert_null(strchr(a[i].undo, '@'));
	}
	assert_int_equal(doctor(a, 2), 2);
	assert_int_equal(doctor(a, 0), 0);
}

static void changes_nothing(void **state)
{
	cpu_set_t before, after;
	struct advice a[MANY];

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
	doctor(a, MANY);
	assert_int_equal(sched_getaffinity(0, sizeof after, &after), 0);
	assert_true(CPU_EQUAL(&before, &after));
}

/* A second CPU that may not be used is worth a word. */
static void misses_a_cpu(void **state)
{
	cpu_set_t all, one;
	struct advice a[MANY];
	size_t n, here = 0;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
	while (!CPU_ISSET(here, &all))
		here++;
	CPU_ZERO(&one);
	CPU_SET(here, &one);
	assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
	n = doctor(a, MANY);
	assert_int_equal(sched_setaffinity(0, sizeof all, &all), 0);
	assert_int_equal(about(a, n, "usable CPUs")->level,
			 sysconf(_SC_NPROCESSORS_ONLN) > 1 ? LEVEL_NOTE : LEVEL_OK);
	/* and there is no other to wake */
	assert_null(strstr(about(a, n, "waking a sleeper")->what, "between CPUs"));
}

/* What is as it should be is no matter. */
static void likes_what_is_good(void **state)
{
	struct advice a[MANY];
	size_t n = doctor(a, MANY);
	FILE *f = fopen("/proc/sys/kernel/randomize_va_space", "re");
	int aslr = f ? fgetc(f) : EOF;

	(void)state;
	if (f)
		fclose(f);
	if (aslr == '2') {
		assert_int_equal(about(a, n, "aslr is 2 (")->level, LEVEL_OK);
		assert_string_equal(about(a, n, "aslr")->mend, "");
	}
}

static void misses_gnuplot(void **state)
{
	char *path = strdup(getenv("PATH"));
	struct advice a[MANY];
	size_t n;

	(void)state;
	setenv("PATH", "/nonexistent::/", 1);
	n = doctor(a, MANY);
	assert_int_equal(about(a, n, "gnuplot is missing")->level, LEVEL_WARN);
	assert_non_null(strstr(about(a, n, "gnuplot")->mend, "gnuplot-nox"));
	setenv("PATH", path, 1);
	free(path);
}

static void misses_descriptors(void **state)
{
	struct rlimit was, few = { 100, 0 };
	struct advice a[MANY];
	size_t n;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &was), 0);
	few.rlim_max = was.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	n = doctor(a, MANY);
	assert_int_equal(about(a, n, "may open 100 files")->level, LEVEL_NOTE);
	assert_string_equal(about(a, n, "may open")->undo, "ulimit -n 100");
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &was), 0);
}

/* Where a thread cannot be bound, the game ends at once, without a figure. */
static void wake_needs_real_cpus(void **state)
{
	cpu_set_t set;
	size_t here = 0;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof set, &set), 0);
	while (!CPU_ISSET(here, &set))
		here++;
	assert_true(wake_round_trip_ns((int)here, (int)here) > 0);
	assert_int_equal(wake_round_trip_ns(8191, (int)here), 0);
	assert_int_equal(wake_round_trip_ns((int)here, 8191), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_and_where),
		cmocka_unit_test(changes_nothing),
		cmocka_unit_test(misses_a_cpu),
		cmocka_unit_test(likes_what_is_good),
		cmocka_unit_test(misses_gnuplot),
		cmocka_unit_test(misses_descriptors),
		cmocka_unit_test(wake_needs_real_cpus),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

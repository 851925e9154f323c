/* The facts of whatever machine this is. */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <cmocka.h>

#include "machine/cpus.h"
#include "machine/machine.h"

enum { MANY = 96 };

static const char *value(const struct fact *f, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(f[i].name, name))
			return f[i].value;
	fail_msg("there is no fact %s", name);
	return NULL;
}

static void facts_are_one_printable_line_each(void **state)
{
	struct fact f[MANY];
	size_t n = machine_facts(f, MANY);

	(void)state;
	assert_in_range(n, 30, MANY - 1);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(f[i].name[strspn(f[i].name, "abcdefghijklmnopqrstuvwxyz"
						  "0123456789_")], 0);
		assert_true(*f[i].source);
		for (const char *s = f[i].value; *s; s++)
			assert_in_range(*s, ' ', '~');
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(f[i].name, f[k].name);
	}
	assert_int_equal(machine_facts(f, 3), 3);
}

static void tells_what_every_machine_has(void **state)
{
	static const char *const names[] = {
		"cpu_model", "cpus_online", "cpus_usable", "affinity", "memory_bytes",
		"kernel", "virtualization", "container", "cpu_quota", "libc", "filesystem",
	};
	struct fact f[MANY];
	size_t n = machine_facts(f, MANY);

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		assert_true(*value(f, n, names[i]));
	assert_true(strtoul(value(f, n, "cpus_usable"), NULL, 10) >= 1);
	assert_true(strtoull(value(f, n, "memory_bytes"), NULL, 10) > 0);
}

static void tells_the_environment(void **state)
{
	struct fact f[MANY];
	size_t n;

	(void)state;
	setenv("OMP_NUM_THREADS", "99\n\xff", 1);
	setenv("MALLOC_ARENA_MAX", "7", 1);
	n = machine_facts(f, MANY);
	assert_non_null(strstr(value(f, n, "environment"), "OMP_NUM_THREADS=99??"));
	assert_non_null(strstr(value(f, n, "environment"), "MALLOC_ARENA_MAX=7"));
	assert_null(strstr(value(f, n, "environment"), "PATH=/"));
	unsetenv("OMP_NUM_THREADS");
	unsetenv("MALLOC_ARENA_MAX");
}

/* The first line of @path that begins with @key, behind that; "" without one. */
static const char *line_of(const char *path, const char *key)
{
	static char line[4096];
	FILE *f = fopen(path, "re");
	bool found = false;

	while (f && !found && fgets(line, sizeof line, f))
		found = !strncmp(line, key, strlen(key));
	if (f)
		fclose(f);
	return found ? line + strlen(key) : "";
}

/* What the system says of itself elsewhere. */
static void agrees_with_the_system(void **state)
{
	struct fact f[MANY];
	size_t n = machine_facts(f, MANY);
	bool guest = strstr(line_of("/proc/cpuinfo", "flags"), " hypervisor");
	struct utsname u;
	struct rlimit r;

	(void)state;
	assert_int_equal(uname(&u) | getrlimit(RLIMIT_NOFILE, &r), 0);
	assert_non_null(strstr(value(f, n, "kernel"), u.release));
	assert_int_equal(strtoull(value(f, n, "descriptors"), NULL, 10), r.rlim_cur);
	assert_int_equal(strtoull(value(f, n, "memory_bytes"), NULL, 10),
			 strtoull(line_of("/proc/meminfo", "MemTotal:"), NULL, 10) * 1024);
	assert_int_equal(!strncmp(value(f, n, "virtualization"), "hypervisor flag", 15), guest);
}

static void tells_the_filesystem_and_the_container(void **state)
{
	const char *was = getenv("TMPDIR");
	struct fact f[MANY];
	struct statfs fs;
	size_t n;

	(void)state;
	was = was ? strdup(was) : NULL;
	setenv("TMPDIR", "/proc", 1);
	setenv("container", "a-test", 1);
	n = machine_facts(f, MANY);
	assert_string_equal(value(f, n, "filesystem"), "0x9fa0");
	assert_memory_equal(value(f, n, "container"), "container=a-test", 16);
	unsetenv("container");
	setenv("TMPDIR", "/dev/shm", 1);
	n = machine_facts(f, MANY);
	if (!statfs("/dev/shm", &fs) && fs.f_type == 0x01021994)
		assert_string_equal(value(f, n, "filesystem"), "tmpfs");
	assert_null(strstr(value(f, n, "container"), "a-test"));
	unsetenv("TMPDIR");
	if (was)
		setenv("TMPDIR", was, 1);
	free((char *)was);
}

static void marks_what_is_cut(void **state)
{
	char big[1000];
	struct fact f[MANY];
	const char *v;
	size_t n;

	(void)state;
	memset(big, 'x', sizeof big - 1);
	big[sizeof big - 1] = 0;
	setenv("OMP_PLACES", big, 1);
	n = machine_facts(f, MANY);
	v = value(f, n, "environment");
	assert_string_equal(v + strlen(v) - 3, "...");
	unsetenv("OMP_PLACES");
}

static void lists_the_usable(void **state)
{
	cpu_set_t all, some;
	char list[64];
	int first, last;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
	assert_int_equal(cpus_usable(list, sizeof list), CPU_COUNT(&all));
	cpus_ends(&first, &last);
	assert_true(CPU_ISSET((size_t)first, &all) && CPU_ISSET((size_t)last, &all));
	assert_int_equal(strtol(list, NULL, 10), first);

	CPU_ZERO(&some);
	CPU_SET((size_t)last, &some);
	assert_int_equal(sched_setaffinity(0, sizeof some, &some), 0);
	assert_int_equal(cpus_usable(list, sizeof list), 1);
	assert_int_equal(strtol(list, NULL, 10), last);
	assert_null(strchr(list, '-'));
	assert_int_equal(sched_setaffinity(0, sizeof all, &all), 0);
}

static void the_id_stays(void **state)
{
	char a[17], b[17];

	(void)state;
	machine_id(a);
	machine_id(b);
	assert_string_equal(a, b);
	assert_int_equal(strspn(a, "0123456789abcdef"), 16);
	assert_int_equal(strlen(a), 16);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts_are_one_printable_line_each),
		cmocka_unit_test(tells_what_every_machine_has),
		cmocka_unit_test(tells_the_environment),
		cmocka_unit_test(agrees_with_the_system),
		cmocka_unit_test(tells_the_filesystem_and_the_container),
		cmocka_unit_test(marks_what_is_cut),
		cmocka_unit_test(lists_the_usable),
		cmocka_unit_test(the_id_stays),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

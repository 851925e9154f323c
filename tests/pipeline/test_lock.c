/* One run at a time, in a folder and on the machine.  Each that tries to take
 * the lock is a process of its own, because a process never locks itself out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pipeline/capture.h"
#include "pipeline/lock.h"

enum { FREE = 0, HELD = 2, BROKEN = 1 };

/* Two folders, and two machines: what keeps a machine's lock is its folder. */
static char top[64];
static const char *const names[] = { "a", "b", "m1", "m2" };

static char *path(const char *name)
{
	static char text[128];

	snprintf(text, sizeof text, "%s/%s", top, name);
	return text;
}

static int setup(void **state)
{
	(void)state;
	strcpy(top, "/tmp/test_lock.XXXXXX");
	if (!mkdtemp(top))
		return -1;
	for (size_t i = 0; i < 4; i++)
		if (mkdir(path(names[i]), 0755) < 0)
			return -1;
	return 0;
}

static int teardown(void **state)
{
	static const char *const files[] = {
		"a/.lock", "b/.lock", "m1/samework.lock", "m2/samework.lock",
	};

	(void)state;
	for (size_t i = 0; i < 4; i++)
		unlink(path(files[i]));
	for (size_t i = 0; i < 4; i++)
		rmdir(path(names[i]));
	return rmdir(top);
}

static int take(const char *folder, const char *machine)
{
	char lock[160];

	snprintf(lock, sizeof lock, "%s/samework.lock", path(machine));
	setenv("SAMEWORK_LOCK", lock, 1);
	return lock_take(path(folder));
}

/* What a process of its own gets, and what it says. */
static int tried(const char *folder, const char *machine, char *said, size_t n)
{
	struct capture c = capture_start();
	pid_t pid = fork();
	int fd, status;

	if (!pid) {
		fd = take(folder, machine);
		_exit(fd == -2 ? HELD : fd < 0 ? BROKEN : FREE);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	capture_stop(&c, said, n);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* A process that holds the lock until it is told to go. */
struct holder {
	pid_t pid;
	int go;
};

static struct holder hold(const char *folder, const char *machine)
{
	int go[2], ready[2];
	struct holder h;
	char c = 0;

	assert_int_equal(pipe(go), 0);
	assert_int_equal(pipe(ready), 0);
	h.pid = fork();
	if (!h.pid) {
		close(go[1]);
		if (take(folder, machine) < 0 || write(ready[1], "", 1) != 1)
			_exit(1);
		_exit(read(go[0], &c, 1) != 0);
	}
	close(go[0]);
	close(ready[1]);
	assert_int_equal(read(ready[0], &c, 1), 1);
	close(ready[0]);
	h.go = go[1];
	return h;
}

static void let_go(struct holder *h)
{
	int status;

	close(h->go);
	assert_int_equal(waitpid(h->pid, &status, 0), h->pid);
	assert_int_equal(status, 0);
}

static void one_at_a_time(void **state)
{
	static const struct { const char *folder, *machine; int got; } table[] = {
		{ "a", "m1", HELD },
		{ "a", "m2", HELD },	/* the same folder */
		{ "b", "m1", HELD },	/* the same machine */
		{ "b", "m2", FREE },
	};
	struct holder h = hold("a", "m1");
	char said[512], pid[32];

	(void)state;
	snprintf(pid, sizeof pid, "pid %d holds ", (int)h.pid);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		assert_int_equal(tried(table[i].folder, table[i].machine, said, sizeof said),
				 table[i].got);
		if (table[i].got == HELD)
			assert_non_null(strstr(said, pid));
	}
	let_go(&h);
	assert_int_equal(tried("a", "m1", said, sizeof said), FREE);
}

/* A file left over, whatever is in it, holds nothing. */
static void a_stale_file_is_no_lock(void **state)
{
	char said[512];
	FILE *f = fopen(path("a/.lock"), "w");

	(void)state;
	assert_non_null(f);
	fprintf(f, "1\n");	/* a process that surely lives */
	fclose(f);
	assert_int_equal(tried("a", "m1", said, sizeof said), FREE);
	assert_string_equal(said, "");
}

static void a_link_is_not_followed(void **state)
{
	char said[512];

	(void)state;
	assert_int_equal(symlink("/dev/null", path("a/.lock")), 0);
	assert_int_equal(tried("a", "m1", said, sizeof said), BROKEN);
	assert_non_null(strstr(said, "/a/.lock"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_at_a_time),
		TEST(a_stale_file_is_no_lock),
		TEST(a_link_is_not_followed),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

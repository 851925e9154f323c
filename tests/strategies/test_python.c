/*
 * An interpreter that does what it should, and many that do not.  Those are
 * shell scripts called python3.99, which PYTHONS names; each trial is a real one,
 * in which this program executes itself as the supervisor executes samework.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pipeline/supervise.h"
#include "pipeline/trial.h"
#include "strategies/python.h"

enum { FAKE = 3099, FOUND_MAX = 16 };

static char folder[] = "/tmp/samework-python.XXXXXX";
static struct arena arena;

/* A file in the test's folder; what it holds, if anything; executable or not. */
static const char *put(const char *name, const char *text, mode_t mode)
{
	char *path = (char *)arena_printf(&arena, "%s/%s", folder, name);
	FILE *f;

	for (char *s = path + strlen(folder) + 1; (s = strchr(s, '/')); *s++ = '/') {
		*s = '\0';
		mkdir(path, 0700);
	}
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, mode), 0);
	return path;
}

/* --- which there are --- */

static void a_name_says_the_version(void **state)
{
	static const struct {
		const char *path;
		unsigned version;
	} cases[] = {
		{ "/usr/bin/python2.7", 2007 }, { "python3.6", 3006 },
		{ "/opt/3.11.7/bin/python3.11", 3011 }, { "/x/python3.13t", 3013 },
		{ "/usr/bin/python3", 0 }, { "python", 0 }, { "/python3.11/perl", 0 },
		{ "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(python_version_of(cases[i].path), cases[i].version);
}

static void places_are_looked_at_in_turn(void **state)
{
	const char *named = put("named/python3.8", "", 0700);
	const char *on_path = put("path/python3", "", 0700);
	const char *both = put("path/python3.7", "", 0700);
	const char *pyenv = put("pyenv/versions/2.7.18/bin/python2.7", "", 0700);
	const char *link = arena_printf(&arena, "%s/pyenv/versions/2.7.18/bin/python", folder);
	struct interpreter found[FOUND_MAX];

	(void)state;
	put("path/python3.6", "", 0600);	/* not executable */
	put("path/python3.5/x", "", 0700);	/* a folder */
	assert_int_equal(symlink(pyenv, link), 0);
	setenv("PYTHONS", arena_printf(&arena, "%s/nowhere:%s::%s", folder, named, both), 1);
	setenv("PATH", arena_printf(&arena, "%s/path", folder), 1);
	setenv("PYENV_ROOT", arena_printf(&arena, "%s/pyenv", folder), 1);
	assert_int_equal(python_list(found, FOUND_MAX), 4);
	assert_string_equal(found[0].path, named);
	assert_string_equal(found[1].path, both);	/* and not again, on PATH */
	assert_string_equal(found[2].path, on_path);
	assert_string_equal(found[3].path, link);
	assert_int_equal(found[0].version, 3008);
	assert_int_equal(found[2].version, 0);
	assert_int_equal(found[3].version, 2007);
	assert_int_equal(python_list(found, 2), 2);
}

static void a_folder_may_be_named(void **state)
{
	struct interpreter found[FOUND_MAX];

	(void)state;
	put("built/bin/python3.13t", "", 0700);
	setenv("PYTHONS", arena_printf(&arena, "%s/built", folder), 1);
	setenv("PATH", "", 1);
	setenv("PYENV_ROOT", folder, 1);
	assert_int_equal(python_list(found, FOUND_MAX), 1);
	assert_int_equal(found[0].version, 3013);
}

static void scripts_are_where_they_are_said_to_be(void **state)
{
	char path[512];

	(void)state;
	assert_int_equal(python_script("threads.py", path, sizeof path), 0);
	setenv("SAMEWORK_SCRIPTS", folder, 1);
	assert_int_equal(python_script("threads.py", path, sizeof path), -1);
	put("cpython/threads.py", "", 0600);
	assert_int_equal(python_script("threads.py", path, sizeof path), 0);
	assert_memory_equal(path, folder, strlen(folder));
}

/* --- what it says --- */

struct stage {
	struct run run;
	struct workload workload;
	struct slot slot[3];
	struct gate gate;
	struct trouble trouble;
	uint64_t shared[2];
	struct pass pass;
};

static struct stage *stage(void)
{
	static struct stage s;

	memset(&s, 0, sizeof s);
	s.workload.shared_bytes = sizeof s.shared;
	s.run = (struct run){ .workload = &s.workload, .workers = 2 };
	s.gate.start_ns = 1000;
	s.pass = (struct pass){ .run = &s.run, .slot = s.slot, .gate = &s.gate,
				.shared = s.shared, .trouble = &s.trouble };
	return &s;
}

static int reply(struct stage *s, const char *line)
{
	return python_reply(&s->pass, 2, arena_strdup(&arena, line));
}

static void what_is_said_is_filed(void **state)
{
	struct stage *s = stage();

	(void)state;
	assert_int_equal(reply(s, "worker 1 1000 1500 2 6 18446744073709551615 30 40 5 6"), 0);
	assert_int_equal(s->slot[1].begin_ns, 1000);
	assert_int_equal(s->slot[1].end_ns, 1500);
	assert_int_equal(s->slot[1].tasks, 2);
	assert_int_equal(s->slot[1].units, 6);
	assert_true(s->slot[1].checksum == UINT64_MAX);
	assert_int_equal(s->slot[1].user_ns, 30);
	assert_int_equal(s->slot[1].sys_ns, 40);
	assert_int_equal(s->slot[1].voluntary, 5);
	assert_int_equal(s->slot[1].involuntary, 6);
	assert_int_equal(reply(s, "latency 1 100 300"), 0);
	assert_int_equal(s->slot[1].latency.n, 2);
	assert_int_equal(s->slot[1].latency.max, 300);
	assert_int_equal(reply(s, "state 7 1"), 0);
	assert_int_equal(reply(s, "state 3 0 99"), 0);	/* more than there is */
	assert_int_equal(s->shared[0], 10);
	assert_int_equal(s->shared[1], 1);
	assert_int_equal(s->gate.start_ns, 1000);
	assert_int_equal(reply(s, "done"), 1);
	assert_int_equal(atomic_load(&s->trouble.taken), 0);
}

static void nonsense_is_told(void **state)
{
	static const char *const lines[] = {
		"", "done?", "working 1", "worker", "worker 1",
		"worker 2 1000 1500 2 6 7 0 0 0 0",	/* there are two */
		"worker 0 999 1500 2 6 7 0 0 0 0",	/* before the start */
		"worker 0 1200 1100 2 6 7 0 0 0 0",	/* ends before it begins */
		"worker 0 1000 18446744073709551615 2 6 7 0 0 0 0",
		"worker 0 1000 1500 2 6 7 0 0 0",
		"worker 0 1000 1500 2 6 7 0 0 0 0 0",
		"worker 0 1000 1500 2 -6 7 0 0 0 0",
		"worker 0 1000 1500 2 6.5 7 0 0 0 0",
		"latency 2 1", "latency 0 1 x", "state 1 x", "fail", "fail ok all is well",
		"fail because",
	};

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct stage *s = stage();

		if (reply(s, lines[i]) >= 0)
			fail_msg("'%s' is taken for something", lines[i]);
		assert_int_equal(s->trouble.status, STATUS_NO_RESULT);
	}
}

static void nobody_reports_twice(void **state)
{
	struct stage *s = stage();

	(void)state;
	assert_int_equal(reply(s, "worker 0 1000 1500 2 6 7 0 0 0 0"), 0);
	assert_int_equal(reply(s, "worker 0 1000 1500 2 6 7 0 0 0 0"), -1);
}

static void a_failure_has_its_status(void **state)
{
	struct stage *s = stage();

	(void)state;
	assert_int_equal(reply(s, "fail bind_fail no such CPU"), -1);
	assert_int_equal(s->trouble.status, STATUS_BIND_FAIL);
	assert_string_equal(s->trouble.reason, "no such CPU");
}

/* --- whole trials --- */

static struct trial trial_of(const char *strategy, const char *options)
{
	return (struct trial){
		.id = 1, .experiment = "python", .cell = "cell", .role = "cell",
		.block = 1, .position = 1, .workload = "null", .params = "",
		.strategy = strategy, .options = options, .workers = 1,
		.placement = "none", .cpus = "", .server_cpu = NONE, .oversubscribed = 1,
		.tasks = 2, .units = 3, .reps = 1, .seed = 42, .timeout_ns = 2000000000,
		.checksum = NONE, .state = NONE, .ops = NONE,
	};
}

static enum status run(const struct trial *t, struct outcome *o)
{
	struct ending e;

	assert_int_equal(supervise(t, -1, -1, &e, o), 0);
	assert_true(e.late || !e.leaked);
	return o->status;
}

#define HELLO "echo hello 3099 gil fake-1\nread job\n"
#define READY HELLO "echo ready 5\nread at\nsleep 0.01\n"

static const struct misfit {
	const char *what, *script;
	enum status status;
	const char *reason;
} misfits[] = {
	{ "nothing said", "exit 0", STATUS_SKIPPED, "no Python 3.99 found" },
	{ "a letter said", "echo Hello; read x", STATUS_SKIPPED, "no Python 3.99 found" },
	{ "another version", "echo hello 3098 gil fake-1; read x", STATUS_SKIPPED, "PYTHONS" },
	{ "a death", "echo hello 3099 gil fake-1; exit 3", STATUS_EXIT_CODE, "exit code 3" },
	{ "a signal", HELLO "kill -9 $$", STATUS_CRASH, "signal 9" },
	{ "an early end", HELLO, STATUS_NO_RESULT, "fake-1 stopped short" },
	{ "an end before the start", HELLO "echo ready 5", STATUS_NO_RESULT, "stopped short" },
	{ "an end with a worker left", READY "echo worker 0 $at $at 2 6 1 0 0 0 0",
	  STATUS_NO_RESULT, "stopped short" },
	{ "an end with a code", READY "echo worker 0 $at $at 2 6 1 0 0 0 0; echo done; exit 4",
	  STATUS_EXIT_CODE, "exit code 4" },
	{ "a word", READY "echo blah blah", STATUS_NO_RESULT, "said: blah blah" },
	{ "half a line", READY "printf done", STATUS_NO_RESULT, "stopped short" },
	{ "silence", READY "while :; do sleep 1; done", STATUS_TIMEOUT, "" },
	{ "a failure", HELLO "echo fail alloc_fail no room; exit 0", STATUS_ALLOC_FAIL, "no room" },
	{ "nobody at work", READY "echo done", STATUS_INTERNAL_ERROR, "no stream began" },
	{ "a task too few", READY "echo worker 0 $at $at 1 3 1 0 0 0 0; echo done",
	  STATUS_WRONG_CHECKSUM, "1 of 2 tasks ran" },
	{ "a wrong sum", READY "echo worker 0 $at $at 2 6 1 0 0 0 0; echo done",
	  STATUS_WRONG_CHECKSUM, "checksum" },
};

static void a_misfit_is_told(void **state)
{
	const struct misfit *m = *state;
	struct trial t = trial_of("py-threads", "python=3099;build=any;interval=0;ticks=0");
	struct outcome o;

	put("python3.99", arena_printf(&arena, "#!/bin/sh\n%s\n", m->script), 0700);
	setenv("PYTHONS", arena_printf(&arena, "%s/python3.99", folder), 1);
	t.checksum = 7;
	t.timeout_ns = m->status == STATUS_TIMEOUT ? 400000000 : 60000000000;
	if (run(&t, &o) != m->status || !strstr(o.reason, m->reason))
		fail_msg("%s: %s: %s", m->what, status_name(o.status), o.reason);
}

static void the_build_is_asked_for(void **state)
{
	static const char fine[] = "#!/bin/sh\necho hello 3099 free-threaded fake-1t\nread job\n"
		"echo ready 5\nread at\nsleep 0.01\n"
		"echo worker 0 $at $at 2 6 1 0 0 0 0\necho done\n";
	struct trial t = trial_of("py-threads", "python=3099;build=gil;interval=0;ticks=0");
	struct outcome o;

	(void)state;
	setenv("PYTHONS", put("python3.99", fine, 0700), 1);
	assert_int_equal(run(&t, &o), STATUS_SKIPPED);
	assert_non_null(strstr(o.reason, "a gil build found (but fake-1t)"));
	t.options = "python=3099;build=free-threaded;interval=0;ticks=0";
	assert_true(status_measured(run(&t, &o)));
}

static void its_timers_may_be_as_late_as_is_said(void **state)
{
	static const char told[] = "#!/bin/sh\necho hello 3099 gil fake-1\nread job\n"
		"echo fail io_error slack $(cat /proc/self/timerslack_ns)\n";
	struct trial t = trial_of("py-threads", "python=3099;slack=40000");
	struct outcome o;

	(void)state;
	setenv("PYTHONS", put("python3.99", told, 0700), 1);
	assert_int_equal(run(&t, &o), STATUS_IO_ERROR);
	assert_non_null(strstr(o.reason, "slack 40000"));
}

/* A Python that is there, but older than its script can do with, is named.  Who
 * has a free-threaded one that is not cannot see that. */
static void too_old_is_said(void **state)
{
	static const char old[] = "#!/bin/sh\necho hello 3007 free-threaded fake-3.7\nread job\n";
	struct trial t = trial_of("py-subinterp", "python=0;build=free-threaded");
	struct outcome o;

	(void)state;
	setenv("PYTHONS", put("python3.7", old, 0700), 1);
	if (status_measured(run(&t, &o)))
		skip();
	assert_int_equal(o.status, STATUS_SKIPPED);
	if (!strstr(o.reason, "no Python 3.8 or later; a free-threaded build found (but fake-3.7)"))
		fail_msg("%s", o.reason);
}

static void what_cannot_be_is_refused(void **state)
{
	static const struct {
		const char *strategy, *options, *workload, *params, *reason;
	} cases[] = {
		{ "py-threads", "", "matmul", "n=8", "matmul has no Python version" },
		{ "py-asyncio", "python=2007", "null", "", "needs Python 3.6" },
		{ "py-subinterp", "python=3007", "null", "", "needs Python 3.8" },
		{ "py-processes", "python=2007;method=spawn", "null", "", "needs Python 3.8" },
		{ "py-processes", "method=spawn", "echo", "", "does not inherit" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct trial t = trial_of(cases[i].strategy, cases[i].options);
		struct outcome o;

		t.workload = cases[i].workload;
		t.params = cases[i].params;
		if (run(&t, &o) != STATUS_NOT_APPLICABLE || !strstr(o.reason, cases[i].reason))
			fail_msg("%zu: %s: %s", i, status_name(o.status), o.reason);
	}
}

/* --- around each --- */

static int setup(void **state)
{
	(void)state;
	strcpy(strrchr(folder, '.'), ".XXXXXX");
	unsetenv("PYTHONS");
	unsetenv("SAMEWORK_SCRIPTS");
	return mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	setenv("PATH", "/usr/bin:/bin", 1);
	return system(arena_printf(&arena, "rm -r '%s'", folder));
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(int argc, char **argv)
{
	enum { MISFITS = sizeof misfits / sizeof *misfits, OTHERS = 12 };
	struct CMUnitTest tests[MISFITS + OTHERS] = {
		T(a_name_says_the_version), T(places_are_looked_at_in_turn),
		T(a_folder_may_be_named), T(scripts_are_where_they_are_said_to_be),
		T(what_is_said_is_filed), T(nonsense_is_told), T(nobody_reports_twice),
		T(a_failure_has_its_status), T(the_build_is_asked_for),
		T(what_cannot_be_is_refused), T(too_old_is_said),
		T(its_timers_may_be_as_late_as_is_said),
	};
	struct trial t;
	int failed;

	if (argc == 4 && !strcmp(argv[1], "trial"))
		return trial_parse(&t, argv[3], &arena) < 0 ? 1 : trial_main(&t, atoi(argv[2]));
	for (size_t i = 0; i < MISFITS; i++)
		tests[OTHERS + i] = (struct CMUnitTest){
			arena_printf(&arena, "a_misfit_is_told: %s", misfits[i].what),
			a_misfit_is_told, setup, teardown, (void *)(uintptr_t)&misfits[i],
		};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (supervise_init() < 0)
		return 1;
	failed = cmocka_run_group_tests_name("python", tests, NULL, NULL);
	arena_release(&arena);
	return failed;
}

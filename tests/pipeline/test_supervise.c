/*
 * What the supervisor makes of a process that misbehaves, and that none is left
 * when it is done.  This program executes itself as the trial, which then plays
 * the part that its row names: no workload and no strategy is in it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "pipeline/supervise.h"
#include "pipeline/trial.h"

enum { ID = 5, SLEEP_S = 30, LONG_MS = 1000 };

/* --- the trial's side --- */

struct stage {
	int fd;
	struct report report;
};

static void say(struct stage *s, enum phase p)
{
	s->report.phase = p;
	if (report_send(s->fd, &s->report) < 0)
		_exit(9);
}

static void finish(struct stage *s)
{
	s->report.reps = 1;
	s->report.m[0].tasks = 1;
	say(s, PHASE_DONE);
	exit(0);
}

static void be_fine(struct stage *s)
{
	finish(s);
}

static void hang(struct stage *s)
{
	(void)s;
	sleep(SLEEP_S);
}

/* Waiting for a lock that nobody will release. */
static void lock_twice(struct stage *s)
{
	static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;

	(void)s;
	pthread_mutex_lock(&m);
	pthread_mutex_lock(&m);
}

static void ignore_term(struct stage *s)
{
	signal(SIGTERM, SIG_IGN);
	hang(s);
}

static void be_stopped(struct stage *s)
{
	(void)s;
	raise(SIGSTOP);
}

/* A process of its own that outlives this one; its number is reported. */
static void leave_child(struct stage *s, bool in_session)
{
	pid_t pid = fork();

	if (!pid) {
		if (in_session)
			setsid();
		close(s->fd);
		sleep(SLEEP_S);
		_exit(0);
	}
	s->report.m[0].units = (uint64_t)pid;
}

static void leave_child_in_group(struct stage *s)
{
	leave_child(s, false);
	finish(s);
}

static void leave_child_in_session(struct stage *s)
{
	leave_child(s, true);
	finish(s);
}

static void hang_with_child(struct stage *s)
{
	leave_child(s, true);
	say(s, PHASE_MEASURE);
	hang(s);
}

static void exit_at_once(struct stage *s)
{
	(void)s;
	exit(0);
}

static void exit_7(struct stage *s)
{
	(void)s;
	printf("first words\nlast, words\n\n");
	fflush(stdout);
	exit(7);
}

static void crash(struct stage *s)
{
	(void)s;
	signal(SIGBUS, SIG_DFL);	/* not the one of a sanitizer */
	raise(SIGBUS);
}

static void half_report(struct stage *s)
{
	s->report.phase = PHASE_DONE;
	if (write(s->fd, &s->report, sizeof s->report / 2) < 0)
		exit(9);
	exit(0);
}

static void report_of_another(struct stage *s)
{
	s->report.trial = ID + 1;
	finish(s);
}

static void report_twice(struct stage *s)
{
	s->report.status = STATUS_FD_FAIL;
	say(s, PHASE_DONE);
	s->report.status = STATUS_OK;
	finish(s);
}

/* Of the user's, where files go, and where interpreters and scripts are. */
static const char *const kept[] = { "TMPDIR", "PYTHONS", "PYENV_ROOT", "SAMEWORK_SCRIPTS" };
enum { KEPT = sizeof kept / sizeof *kept };

static bool environment_is_ours(void)
{
	static const char *const ours[][2] = {
		{ "LC_ALL", "C" }, { "OMP_WAIT_POLICY", "passive" },
		{ "OMP_PROC_BIND", "false" }, { "OMP_DYNAMIC", "false" },
	};

	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
		const char *is = getenv(ours[i][0]);

		if (!is || strcmp(is, ours[i][1]))
			return false;
	}
	for (size_t i = 0; i < KEPT; i++)
		if (!getenv(kept[i]))
			return false;
	return true;
}

static bool handled(int sig, void (*how)(int))
{
	struct sigaction is;

	return !sigaction(sig, NULL, &is) && is.sa_handler == how;
}

/* The surroundings that a trial is promised; the line says what is missing. */
static void look_around(struct stage *s)
{
	struct rlimit core;
	sigset_t set;

	sigprocmask(SIG_BLOCK, NULL, &set);
	getrlimit(RLIMIT_CORE, &core);
	if (getenv("HOME") || getenv("OMP_NUM_THREADS") || getenv("LD_PRELOAD"))
		puts("the user's environment");
	else if (!environment_is_ours())
		puts("no environment of its own");
	else if (getpgrp() != getpid())
		puts("no group of its own");
	else if (core.rlim_cur)
		puts("it may dump core");
	else if (sigismember(&set, SIGTERM) || sigismember(&set, SIGINT))
		puts("blocked signals");
	else if (!handled(SIGPIPE, SIG_DFL) || !handled(SIGXFSZ, SIG_DFL))
		puts("ignored signals");
	else
		finish(s);
	fflush(stdout);
	exit(1);
}

/* The descriptor in its row's `reps` is open: it holds the machine's lock. */
static void hold_lock(struct stage *s)
{
	if (fcntl((int)s->report.reps, F_GETFD) < 0)
		exit(1);
	finish(s);
}

/* What came before the measured part is not counted against it. */
static void set_up_long(struct stage *s)
{
	say(s, PHASE_SETUP);
	clock_sleep_until(clock_ns() + (LONG_MS + 100) * (uint64_t)NS_PER_MS);
	say(s, PHASE_MEASURE);
	clock_sleep_until(clock_ns() + 100 * (uint64_t)NS_PER_MS);
	finish(s);
}

/* --- the supervisor's side --- */

static const struct part {
	const char *name;
	void (*play)(struct stage *s);
	enum status status;
	const char *reason;	/* its beginning */
} parts[] = {
	{ "fine", be_fine, STATUS_OK, "" },
	{ "hang", hang, STATUS_TIMEOUT, "measure took longer than 300 ms" },
	{ "lock-twice", lock_twice, STATUS_DEADLOCK, "every thread waits" },
	{ "ignore-term", ignore_term, STATUS_TIMEOUT, "measure took longer than 300 ms" },
	{ "stopped", be_stopped, STATUS_TIMEOUT, "measure took longer than 300 ms" },
	{ "child-in-group", leave_child_in_group, STATUS_LEAKED, "left 1 process behind" },
	{ "child-in-session", leave_child_in_session, STATUS_LEAKED, "left 1 process behind" },
	{ "hang-with-child", hang_with_child, STATUS_TIMEOUT, "measure took longer" },
	{ "exit-at-once", exit_at_once, STATUS_NO_RESULT, "exit 0 in measure" },
	{ "exit-7", exit_7, STATUS_EXIT_CODE, "exit code 7 in measure: last; words" },
	{ "crash", crash, STATUS_CRASH, "signal 7 (Bus error) in measure" },
	{ "half-report", half_report, STATUS_NO_RESULT, "exit 0 in measure" },
	{ "report-of-another", report_of_another, STATUS_NO_RESULT, "exit 0 in measure" },
	{ "report-twice", report_twice, STATUS_OK, "" },
	{ "look-around", look_around, STATUS_OK, "" },
	{ "hold-lock", hold_lock, STATUS_OK, "" },
	{ "set-up-long", set_up_long, STATUS_OK, "" },
};
enum { PARTS = sizeof parts / sizeof *parts };

static int play(const struct trial *t, int fd)
{
	struct stage s = { .fd = fd, .report = { .trial = t->id, .reps = t->reps } };

	say(&s, PHASE_MEASURE);
	for (size_t i = 0; i < PARTS; i++)
		if (!strcmp(parts[i].name, t->workload))
			parts[i].play(&s);
	return 8;
}

static struct trial trial_of(const struct part *part)
{
	return (struct trial){
		.id = ID, .experiment = "e", .cell = "c", .role = "cell", .block = 1,
		.position = 1, .workload = part->name, .strategy = "none", .params = "",
		.options = "", .workers = 1, .placement = "none", .cpus = "",
		.server_cpu = NONE, .tasks = 1, .units = 1, .reps = 1, .seed = 1,
		.timeout_ns = (part->play == set_up_long ? LONG_MS : 300) *
			      (uint64_t)NS_PER_MS, .checksum = NONE, .state = NONE,
		.ops = NONE,
	};
}

static void assert_nobody_left(const struct ending *e)
{
	pid_t pid = (pid_t)e->report.m[0].units;
	bool alive = pid && !kill(pid, 0);

	if (alive)
		kill(pid, SIGKILL);
	assert_false(alive);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void ends_as_it_should(void **state)
{
	const struct part *part = *state;
	struct trial t = trial_of(part);
	struct ending e;
	struct outcome o;

	assert_int_equal(supervise(&t, -1, -1, &e, &o), 0);
	assert_nobody_left(&e);
	if (o.status != part->status ||
	    strncmp(o.reason, part->reason, strlen(part->reason)))
		fail_msg("%s: %s", status_name(o.status), o.reason);
	if (e.late)	/* politely, where that is enough */
		assert_int_equal(WTERMSIG(e.status),
				 part->play == ignore_term ? SIGKILL : SIGTERM);
}

/* A survivor of a killed supervisor must keep others out. */
static void inherits_the_lock(void **state)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC), high = fcntl(fd, F_DUPFD_CLOEXEC, 100);
	struct trial t = trial_of(*state);
	struct ending e;
	struct outcome o;

	close(fd);
	t.reps = (uint64_t)high;
	assert_int_equal(supervise(&t, high, -1, &e, &o), 0);
	assert_int_equal(e.status, 0);
	close(high);
}

/* The trial of @supervisor, once it is a program of its own; 0: not yet. */
static pid_t trial_under(pid_t supervisor)
{
	char path[64], name[] = "samework";
	FILE *f;
	int pid = 0;

	snprintf(path, sizeof path, "/proc/%d/task/%d/children", supervisor, supervisor);
	f = fopen(path, "re");
	if (!f || fscanf(f, "%d", &pid) != 1)
		pid = 0;
	if (f)
		fclose(f);
	snprintf(path, sizeof path, "/proc/%d/cmdline", pid);
	f = pid ? fopen(path, "re") : NULL;
	if (!f || !fgets(name, sizeof name, f) || strcmp(name, "samework"))
		pid = 0;
	if (f)
		fclose(f);
	return pid;
}

/* Nobody is left when the supervisor itself is killed. */
static void its_trial_dies_with_it(void **state)
{
	struct part part = { .name = "hang" };
	struct trial t = trial_of(&part);
	pid_t supervisor, trial;
	struct ending e;
	struct outcome o;
	int status;

	(void)state;
	t.timeout_ns = (uint64_t)SLEEP_S * NS_PER_SEC;
	supervisor = fork();
	if (!supervisor)
		_exit(supervise(&t, -1, -1, &e, &o) < 0);
	for (int ms = 0; !(trial = trial_under(supervisor)) && ms < SLEEP_S * 1000; ms++)
		clock_sleep_until(clock_ns() + NS_PER_MS);
	kill(supervisor, SIGKILL);
	assert_int_equal(waitpid(supervisor, NULL, 0), supervisor);
	assert_int_not_equal(trial, 0);
	assert_int_equal(waitpid(trial, &status, 0), trial);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
}

/* What would kill others is an error of a write, or a wish to stop. */
static void no_signal_takes_it_by_surprise(void **state)
{
	sigset_t set;

	(void)state;
	assert_true(handled(SIGPIPE, SIG_IGN));
	assert_true(handled(SIGXFSZ, SIG_IGN));
	assert_int_equal(sigprocmask(SIG_BLOCK, NULL, &set), 0);
	assert_true(sigismember(&set, SIGINT) && sigismember(&set, SIGTERM) &&
		    sigismember(&set, SIGHUP));
}

/* Last: who was told to stop stays so. */
static void told_to_stop_it_interrupts(void **state)
{
	struct part part = { .name = "hang" };
	struct trial t = trial_of(&part);
	struct ending e;
	struct outcome o;

	(void)state;
	t.timeout_ns = (uint64_t)SLEEP_S * NS_PER_SEC;
	assert_int_equal(supervise_stopped(), 0);
	raise(SIGTERM);
	assert_int_equal(supervise(&t, -1, -1, &e, &o), 0);
	assert_int_equal(o.status, STATUS_INTERRUPTED);
	assert_int_equal(supervise_stopped(), SIGTERM);
	assert_nobody_left(&e);
}

int main(int argc, char **argv)
{
	struct CMUnitTest test[PARTS + 3];
	struct arena arena = { 0 };
	struct rlimit core;
	struct trial t;

	if (argc == 4 && !strcmp(argv[1], "trial"))
		return trial_parse(&t, argv[3], &arena) < 0 ? 1 : play(&t, atoi(argv[2]));
	cmocka_set_message_output(CM_OUTPUT_TAP);
	setenv("OMP_NUM_THREADS", "999", 1);
	setenv("HOME", "/", 1);
	for (size_t i = 0; i < KEPT; i++)
		setenv(kept[i], "/tmp", 0);
	if (!getrlimit(RLIMIT_CORE, &core)) {
		core.rlim_cur = core.rlim_max;
		setrlimit(RLIMIT_CORE, &core);
	}
	if (supervise_init() < 0)
		return 1;
	for (size_t i = 0; i < PARTS; i++)
		test[i] = (struct CMUnitTest){
			parts[i].name,
			parts[i].play == hold_lock ? inherits_the_lock : ends_as_it_should,
			NULL, NULL, (void *)(uintptr_t)&parts[i],
		};
	test[PARTS] = (struct CMUnitTest)cmocka_unit_test(its_trial_dies_with_it);
	test[PARTS + 1] = (struct CMUnitTest)cmocka_unit_test(no_signal_takes_it_by_surprise);
	test[PARTS + 2] = (struct CMUnitTest)cmocka_unit_test(told_to_stop_it_interrupts);
	return _cmocka_run_group_tests("supervise", test, PARTS + 3, NULL, NULL);
}

/*
 * A process per worker: whatever one of them does, all are reaped, the first
 * cause is recorded, and nobody waits for the dead.  fork() is this file's own,
 * to refuse when it is told to.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "strategies/strategy.h"

enum { WORKERS = 4, HANG_S = 30 };

static int forks_left = -1;	/* -1: any number */

pid_t fork(void)
{
	pid_t (*real)(void);

	*(void **)&real = dlsym(RTLD_NEXT, "fork");
	if (!forks_left) {
		errno = EAGAIN;
		return -1;
	}
	forks_left -= forks_left > 0;
	return real();
}

/* Seen by all workers. */
struct scene {
	struct gate gate;
	struct trouble trouble;
	atomic_uint began, ended, at_exit;
	atomic_uint worker[WORKERS];	/* times that each was run */
};

static struct scene *scene;
static struct run run = { .workers = WORKERS };
static struct pass pass;

static void count_exit(void)
{
	if (scene)
		atomic_fetch_add(&scene->at_exit, 1);
}

static int setup(void **state)
{
	(void)state;
	alarm(HANG_S);
	forks_left = -1;
	scene = shared_map(sizeof *scene);
	pass = (struct pass){ .run = &run, .gate = &scene->gate, .trouble = &scene->trouble };
	return scene ? 0 : -1;
}

static int teardown(void **state)
{
	struct scene *s = scene;

	(void)state;
	alarm(0);
	scene = NULL;
	shared_unmap(s, sizeof *s);
	return waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD ? 0 : -1;
}

/* How worker 1 goes wrong, once through the gate; the others sleep. */
typedef void way(void);

static int body(struct pass *p, unsigned w, void *ctx)
{
	way **go_wrong = ctx;

	atomic_fetch_add(&scene->worker[w], 1);
	if (gate_wait(p) < 0)
		return -1;
	atomic_fetch_add(&scene->began, 1);
	if (go_wrong && w == 1)
		(*go_wrong)();
	if (go_wrong)
		sleep(HANG_S + 1);	/* until it is killed */
	atomic_fetch_add(&scene->ended, 1);
	return 0;
}

static void crash(void)
{
	signal(SIGSEGV, SIG_DFL);	/* not the one of a sanitizer */
	raise(SIGSEGV);
}

static void abort_it(void)
{
	signal(SIGABRT, SIG_DFL);
	raise(SIGABRT);
}

static void be_killed(void)
{
	raise(SIGKILL);
}

static void sleep_on(void)
{
}

static void exit_3(void)
{
	_exit(3);
}

static void each_worker_runs_once(void **state)
{
	(void)state;
	assert_int_equal(processes_run(&pass, body, NULL), 0);
	for (unsigned w = 0; w < WORKERS; w++)
		assert_int_equal(atomic_load(&scene->worker[w]), 1);
	assert_int_equal(atomic_load(&scene->ended), WORKERS);
	assert_int_equal(atomic_load(&scene->trouble.taken), 0);
}

/* What the parent will do at its end, its workers must not. */
static void a_worker_runs_no_exit_handler(void **state)
{
	(void)state;
	assert_int_equal(processes_run(&pass, body, NULL), 0);
	assert_int_equal(atomic_load(&scene->at_exit), 0);
}

static void one_that_dies_ends_all(void **state)
{
	static const struct {
		way *go_wrong;
		enum status status;
		const char *reason;
	} table[] = {
		{ crash, STATUS_CRASH, "worker 1: signal 11 (Segmentation fault)" },
		{ be_killed, STATUS_CRASH, "worker 1: signal 9 (Killed)" },
		{ abort_it, STATUS_ABORT, "worker 1: signal 6 (Aborted)" },
		{ exit_3, STATUS_EXIT_CODE, "worker 1: exit code 3" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		way *go_wrong = table[i].go_wrong;

		memset(&scene->trouble, 0, sizeof scene->trouble);
		assert_int_equal(processes_run(&pass, body, &go_wrong), -1);
		assert_int_equal(scene->trouble.status, table[i].status);
		assert_string_equal(scene->trouble.reason, table[i].reason);
		assert_int_equal(atomic_load(&scene->ended), 0);
		assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	}
}

/* Those that are there already wait at the gate for one who cannot come. */
static void one_that_cannot_be_made_ends_all(void **state)
{
	(void)state;
	for (int made = 0; made < WORKERS; made++) {
		char reason[64];

		memset(&scene->trouble, 0, sizeof scene->trouble);
		forks_left = made;
		assert_int_equal(processes_run(&pass, body, NULL), -1);
		assert_int_equal(scene->trouble.status, STATUS_SPAWN_FAIL);
		snprintf(reason, sizeof reason, "fork %d of %d: %s", made + 1, WORKERS,
			 strerror(EAGAIN));
		assert_string_equal(scene->trouble.reason, reason);
		assert_int_equal(atomic_load(&scene->began), 0);
		assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	}
}

/* The only other child of a trial is the server. */
static void the_death_of_another_child_ends_all(void **state)
{
	way *go_wrong = sleep_on;
	pid_t server = fork();

	(void)state;
	if (!server)
		_exit(0);
	assert_int_equal(processes_run(&pass, body, &go_wrong), -1);
	assert_int_equal(scene->trouble.status, STATUS_SERVER_LOST);
}

static void on_alarm(int sig)
{
	(void)sig;
}

static int nap(struct pass *p, unsigned w, void *ctx)
{
	(void)p, (void)w, (void)ctx;
	usleep(5000);
	return 0;
}

/* To be interrupted is not to be told of a death. */
static void signals_end_no_wait(void **state)
{
	const struct itimerval storm = { { 0, 200 }, { 0, 200 } }, calm = { { 0, 0 }, { 0, 0 } };
	struct sigaction act = { .sa_handler = on_alarm }, old;	/* no SA_RESTART */
	pid_t pid[WORKERS];
	int rc;

	(void)state;
	assert_int_equal(processes_start(&pass, nap, NULL, pid), 0);
	sigaction(SIGALRM, &act, &old);
	setitimer(ITIMER_REAL, &storm, NULL);
	rc = processes_join(&pass, pid);
	setitimer(ITIMER_REAL, &calm, NULL);
	sigaction(SIGALRM, &old, NULL);
	assert_int_equal(rc, 0);
	assert_int_equal(atomic_load(&scene->trouble.taken), 0);
}

static int outlive(struct pass *p, unsigned w, void *pipe_end)
{
	(void)p;
	if (write(*(int *)pipe_end, &w, sizeof w) != sizeof w)
		return -1;
	sleep(HANG_S + 1);
	return 0;
}

/* When the trial is killed nobody is left to tell its workers: all the same they go,
 * and with the last of them the writing end of the pipe. */
static void workers_die_with_the_trial(void **state)
{
	int end[2];
	unsigned w;
	pid_t trial;

	(void)state;
	assert_int_equal(pipe2(end, O_CLOEXEC), 0);
	trial = fork();
	if (!trial) {
		close(end[0]);
		processes_run(&pass, outlive, &end[1]);
		_exit(1);
	}
	close(end[1]);
	for (unsigned i = 0; i < WORKERS; i++)
		assert_int_equal(read(end[0], &w, sizeof w), sizeof w);
	kill(trial, SIGKILL);
	assert_int_equal(waitpid(trial, NULL, 0), trial);
	assert_int_equal(read(end[0], &w, sizeof w), 0);
	close(end[0]);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_worker_runs_once),
		TEST(a_worker_runs_no_exit_handler),
		TEST(one_that_dies_ends_all),
		TEST(one_that_cannot_be_made_ends_all),
		TEST(the_death_of_another_child_ends_all),
		TEST(signals_end_no_wait),
		TEST(workers_die_with_the_trial),
	};

	atexit(count_exit);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

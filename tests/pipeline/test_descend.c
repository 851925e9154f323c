/* When a group of processes is asleep for good: every thread waits for a lock, at
 * a pipe or for another process, and nothing else.  Each way is played by a
 * process in a group of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "pipeline/descend.h"

enum { HANG_S = 60, LOOKS = 5000, SETTLED = 200 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void *lock_again(void *none)
{
	pthread_mutex_lock(&mutex);
	return none;
}

static void beside_a_lock(void)
{
	pthread_t id;

	pthread_mutex_lock(&mutex);
	if (pthread_create(&id, NULL, lock_again, NULL))
		_exit(1);
}

static void take_a_lock_twice(void)
{
	beside_a_lock();
	lock_again(NULL);
}

static void fill_a_pipe(void)
{
	static const char much[1 << 20];
	int fd[2];

	if (pipe(fd) < 0 || write(fd[1], much, sizeof much) < 0)
		_exit(1);
}

static void read_an_event(void)
{
	uint64_t n;

	if (read(eventfd(0, 0), &n, sizeof n) < 0)
		_exit(1);
}

/* As the embedded server: while the other fills a pipe, it waits for events. */
static void fill_a_pipe_beside_a_server(void)
{
	struct epoll_event e;

	if (!fork()) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		epoll_wait(epoll_create1(0), &e, 1, -1);
	}
	fill_a_pipe();
}

static void fill_a_pipe_beside_a_timer(void)
{
	struct epoll_event e;

	if (!fork()) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		epoll_wait(epoll_create1(0), &e, 1, 1000 * HANG_S);
	}
	fill_a_pipe();
}

static void wait_for_a_child_that_waits(void)
{
	pid_t child = fork();

	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		take_a_lock_twice();
	}
	waitpid(child, NULL, 0);
}

static const struct timespec hang = { .tv_sec = HANG_S };
static const struct timespec *limit;	/* of those who wait for events beside a lock */

static void *poll_events(void *none)
{
	ppoll(NULL, 0, limit, NULL);
	return none;
}

static void *await_events(void *none)
{
	struct epoll_event e;

	/* where there is no such call, the older one */
	if (epoll_pwait2(epoll_create1(0), &e, 1, limit, NULL) < 0)
		epoll_wait(epoll_create1(0), &e, 1, limit ? 1000 * HANG_S : -1);
	return none;
}

static void wait_beside_a_lock(void *(*body)(void *), const struct timespec *most)
{
	pthread_t id;

	limit = most;
	if (pthread_create(&id, NULL, body, NULL))
		_exit(1);
	take_a_lock_twice();
}

static void poll_beside_a_lock(void)
{
	wait_beside_a_lock(poll_events, NULL);
}

static void poll_with_a_limit(void)
{
	wait_beside_a_lock(poll_events, &hang);
}

static void await_beside_a_lock(void)
{
	wait_beside_a_lock(await_events, NULL);
}

static void await_with_a_limit(void)
{
	wait_beside_a_lock(await_events, &hang);
}

static void only_wait_for_events(void)
{
	poll(NULL, 0, -1);
}

static void sleep_beside_a_lock(void)
{
	beside_a_lock();
	sleep(HANG_S);
}

static void compute_beside_a_lock(void)
{
	beside_a_lock();
	for (;;)
		__asm__ volatile("");
}

static void receive_beside_a_lock(void)
{
	int fd[2];
	char c;

	beside_a_lock();
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) < 0 || recv(fd[0], &c, 1, 0) < 0)
		_exit(1);
}

static pid_t started(void (*body)(void))
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		setpgid(0, 0);
		body();
		_exit(0);
	}
	setpgid(pid, pid);
	return pid;
}

/* Whether it falls asleep; who does not is looked at until he has settled. */
static bool sleeps(void (*body)(void), unsigned looks)
{
	pid_t pid = started(body);
	bool asleep = false;

	while (!asleep && looks--) {
		clock_sleep_until(clock_ns() + NS_PER_MS);
		asleep = descend_asleep(pid);
	}
	kill(-pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	return asleep;
}

static void these_never_wake(void **state)
{
	void (*const all[])(void) = {
		take_a_lock_twice, fill_a_pipe, read_an_event,
		fill_a_pipe_beside_a_server, wait_for_a_child_that_waits,
		poll_beside_a_lock, await_beside_a_lock,
	};

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		assert_true(sleeps(all[i], LOOKS));
}

static void these_may_wake(void **state)
{
	void (*const all[])(void) = {
		only_wait_for_events, sleep_beside_a_lock, compute_beside_a_lock,
		receive_beside_a_lock, fill_a_pipe_beside_a_timer,
		poll_with_a_limit, await_with_a_limit,
	};

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		assert_false(sleeps(all[i], SETTLED));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(these_never_wake),
		cmocka_unit_test(these_may_wake),
	};

	alarm(HANG_S);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

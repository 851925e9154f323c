/* The blocking engine: results as the kernel gives them, partial transfers
 * carried on, and not one system call more than by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "engines/engine.h"

static void one_call_a_message(void **state)
{
	char out[64] = "hello", in[64] = "";
	uint64_t calls = 0;
	struct op send, recv, sleep = op_sleep_until(0);
	int fd[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	send = op_send(fd[0], out, sizeof out);
	recv = op_recv(fd[1], in, sizeof in, OP_ALL);
	assert_int_equal(blocking_exec(&send, &calls), sizeof out);
	assert_int_equal(blocking_exec(&recv, &calls), sizeof in);
	assert_int_equal(calls, 2);
	assert_memory_equal(in, out, sizeof in);
	close(fd[0]);
	assert_int_equal(blocking_exec(&recv, &calls), 0);	/* EOF */
	assert_int_equal(blocking_exec(&sleep, &calls), 0);
	assert_int_equal(calls, 4);
	close(fd[1]);
}

static void *dribble(void *arg)
{
	int fd = *(int *)arg;

	for (int i = 0; i < 10; i++) {
		clock_sleep_until(clock_ns() + 200000);
		/* with the last comes what is of the next */
		if (write(fd, &"0123456789next"[i], i < 9 ? 1 : 5) < 1)
			abort();
	}
	return NULL;
}

/* How many calls it takes to get ten bytes, one at a time, out of @fd. */
static uint64_t calls_for(int fd[2], struct op op)
{
	uint64_t calls = 0;
	pthread_t t;

	assert_int_equal(pthread_create(&t, NULL, dribble, &fd[1]), 0);
	assert_int_equal(blocking_exec(&op, &calls), 10);
	assert_memory_equal(op.buf, "0123456789", 11);	/* and nothing behind it */
	pthread_join(t, NULL);
	close(fd[0]);
	close(fd[1]);
	return calls;
}

static void parts_make_a_whole(void **state)
{
	char in[16] = "";
	int fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	assert_true(calls_for(fd, op_read(fd[0], in, 10, OP_ALL)) >= 1);
}

/* The kernel puts what is received together. */
static void parts_of_a_message_are_one_call(void **state)
{
	char in[16] = "";
	int fd[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	assert_int_equal(calls_for(fd, op_recv(fd[0], in, 10, OP_ALL)), 1);
}

/* A file that may be 10 bytes long takes 6 of 16 behind the fourth, and says why
 * it takes no more. */
static void a_short_write_goes_on_behind_itself(void **state)
{
	int fd = memfd_create("short", MFD_CLOEXEC);
	struct rlimit limit, ten;
	char out[] = "0123456789abcdef", in[16];
	struct op op = op_pwrite(fd, out, 16, 4);
	uint64_t calls = 0;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	ten = (struct rlimit){ 10, limit.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &ten), 0);
	assert_int_equal(blocking_exec(&op, &calls), -EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(calls, 2);
	assert_int_equal(pread(fd, in, sizeof in, 4), 6);
	assert_memory_equal(in, "012345", 6);
	close(fd);
}

/* What /proc tells in parts is read whole: where every other page is like the one
 * before the last, there is more to be told than it tells at once. */
static void a_short_read_goes_on_behind_itself(void **state)
{
	enum { PAGES = 200, ROOM = 1 << 20 };
	static char in[ROOM], want[ROOM];
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *at = mmap(NULL, PAGES * page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	struct op op = op_pread(fd, in, ROOM, 0);
	uint64_t calls = 0;
	size_t n = 0;

	(void)state;
	assert_true(at != MAP_FAILED && fd >= 0);
	for (int i = 0; i < PAGES; i += 2)
		assert_int_equal(mprotect(at + (size_t)i * page, page, PROT_NONE), 0);
	assert_true(blocking_exec(&op, &calls) > 0);
	for (ssize_t k = 1; k > 0; n += k > 0 ? (size_t)k : 0)
		k = read(fd, want + n, ROOM - n);
	assert_true(calls > 2);
	assert_memory_equal(in, want, n + 1);
	munmap(at, PAGES * page);
	close(fd);
}

/* No program that is started meanwhile gets it. */
static void an_accepted_one_is_not_inherited(void **state)
{
	struct sockaddr at = { .sa_family = AF_UNIX };
	socklen_t family = sizeof at.sa_family, n = sizeof(struct sockaddr_storage);
	int door = socket(AF_UNIX, SOCK_STREAM, 0), fd = socket(AF_UNIX, SOCK_STREAM, 0), got;
	struct op op = { .kind = OP_ACCEPT, .fd = door };
	struct sockaddr_storage name;
	uint64_t calls = 0;

	(void)state;
	/* no name: the kernel finds one that is in no folder */
	assert_int_equal(bind(door, &at, family), 0);
	assert_int_equal(listen(door, 1), 0);
	assert_int_equal(getsockname(door, (struct sockaddr *)&name, &n), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&name, n), 0);
	got = (int)blocking_exec(&op, &calls);
	assert_int_equal(fcntl(got, F_GETFD), FD_CLOEXEC);
	close(got);
	close(fd);
	close(door);
}

static void eof_in_the_middle(void **state)
{
	uint64_t calls = 0;
	char in[10] = "";
	struct op op;
	int fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	assert_int_equal(write(fd[1], "abc", 3), 3);
	close(fd[1]);
	op = op_read(fd[0], in, sizeof in, OP_ALL);
	assert_int_equal(blocking_exec(&op, &calls), 3);
	close(fd[0]);
}

static void errors_are_negative(void **state)
{
	struct op op = op_sync(-1), bad = op_done();
	uint64_t calls = 0;
	int fd[2];

	(void)state;
	assert_int_equal(blocking_exec(&op, &calls), -EBADF);
	assert_int_equal(blocking_exec(&bad, &calls), -EINVAL);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	close(fd[1]);
	op = op_send(fd[0], &calls, sizeof calls);
	assert_int_equal(blocking_exec(&op, &calls), -EPIPE);	/* no signal */
	close(fd[0]);
}

static void on_alarm(int sig)
{
	(void)sig;
}

/* A storm of signals must neither fail nor shorten an operation. */
static void interrupted_goes_on(void **state)
{
	const struct itimerval storm = { { 0, 200 }, { 0, 200 } }, calm = { { 0, 0 }, { 0, 0 } };
	struct sigaction act = { .sa_handler = on_alarm };	/* no SA_RESTART */
	uint64_t calls = 0, until;
	char in[10] = "";
	struct op op;
	pthread_t t;
	int fd[2];

	(void)state;
	sigaction(SIGALRM, &act, NULL);
	assert_int_equal(pipe(fd), 0);
	setitimer(ITIMER_REAL, &storm, NULL);
	assert_int_equal(pthread_create(&t, NULL, dribble, &fd[1]), 0);
	op = op_read(fd[0], in, sizeof in, OP_ALL);
	assert_int_equal(blocking_exec(&op, &calls), 10);
	until = clock_ns() + 3000000;
	op = op_sleep_until(until);
	assert_int_equal(blocking_exec(&op, &calls), 0);
	assert_true(clock_ns() >= until);
	pthread_join(t, NULL);
	setitimer(ITIMER_REAL, &calm, NULL);
	close(fd[0]);
	close(fd[1]);
}

static void a_word_that_has_changed_is_not_waited_for(void **state)
{
	_Atomic uint32_t word = 7;
	struct op wait = op_wait(&word, 6), wake = op_wake(&word);
	uint64_t calls = 0;

	(void)state;
	assert_int_equal(blocking_exec(&wait, &calls), 0);
	assert_int_equal(calls, 1);
	assert_int_equal(blocking_exec(&wake, &calls), 0);	/* nobody there */
	assert_int_equal(calls, 2);
}

static void no_word_is_an_error(void **state)
{
	struct op wait = op_wait(NULL, 0), wake = op_wake(NULL);
	uint64_t calls = 0;

	(void)state;
	assert_int_equal(blocking_exec(&wait, &calls), -EFAULT);
	assert_int_equal(blocking_exec(&wake, &calls), -EFAULT);
	assert_int_equal(calls, 2);
}

static void *wait_for_two(void *word)
{
	struct op wait = op_wait(word, 2);
	uint64_t calls = 0;

	return (void *)(intptr_t)blocking_exec(&wait, &calls);
}

/* Those who are woken in vain sleep again, so all have to sleep to be counted. */
static void all_are_woken_at_once(void **state)
{
	enum { WAITERS = 3 };
	static _Atomic uint32_t two = 2;
	struct op all = op_wake_all(&two);
	pthread_t t[WAITERS];
	uint64_t calls = 0;
	void *res;

	(void)state;
	for (int i = 0; i < WAITERS; i++)
		assert_int_equal(pthread_create(&t[i], NULL, wait_for_two, &two), 0);
	while (blocking_exec(&all, &calls) != WAITERS)
		;
	atomic_store(&two, 3);
	blocking_exec(&all, &calls);
	for (int i = 0; i < WAITERS; i++) {
		assert_int_equal(pthread_join(t[i], &res), 0);
		assert_null(res);
	}
}

enum { FALSE_ALARMS = 20 };
static _Atomic uint32_t word;
static atomic_bool over;

/* Wake who waits, time and again, before there is a reason to; false when it has
 * gone away for that. */
static bool disturb(void)
{
	struct op wake = op_wake(&word);
	uint64_t calls = 0;

	for (int i = 0; i < FALSE_ALARMS;) {
		if (atomic_load(&over))
			return false;
		i += blocking_exec(&wake, &calls) == 1;
	}
	return true;
}

static void *wake_late(void *disturbs)
{
	struct op wake = op_wake(&word);
	uint64_t calls = 0;

	*(bool *)disturbs = disturb();
	atomic_store(&word, 1);
	blocking_exec(&wake, &calls);
	return NULL;
}

/* Whoever is woken looks at the word again, whatever it was: a signal, or
 * nothing. */
static void only_a_change_ends_a_wait(void **state)
{
	const struct itimerval storm = { { 0, 200 }, { 0, 200 } }, calm = { { 0, 0 }, { 0, 0 } };
	struct sigaction act = { .sa_handler = on_alarm };	/* no SA_RESTART */
	struct op wait = op_wait(&word, 0);
	uint64_t calls = 0;
	bool disturbed;
	pthread_t t;

	(void)state;
	sigaction(SIGALRM, &act, NULL);
	assert_int_equal(pthread_create(&t, NULL, wake_late, &disturbed), 0);
	setitimer(ITIMER_REAL, &storm, NULL);
	assert_int_equal(blocking_exec(&wait, &calls), 0);
	atomic_store(&over, true);
	setitimer(ITIMER_REAL, &calm, NULL);
	pthread_join(t, NULL);
	assert_true(disturbed);
	assert_true(calls >= FALSE_ALARMS);
	assert_int_equal(atomic_load(&word), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_call_a_message),
		cmocka_unit_test(parts_make_a_whole),
		cmocka_unit_test(parts_of_a_message_are_one_call),
		cmocka_unit_test(a_short_write_goes_on_behind_itself),
		cmocka_unit_test(a_short_read_goes_on_behind_itself),
		cmocka_unit_test(an_accepted_one_is_not_inherited),
		cmocka_unit_test(eof_in_the_middle),
		cmocka_unit_test(errors_are_negative),
		cmocka_unit_test(interrupted_goes_on),
		cmocka_unit_test(a_word_that_has_changed_is_not_waited_for),
		cmocka_unit_test(no_word_is_an_error),
		cmocka_unit_test(all_are_woken_at_once),
		cmocka_unit_test(only_a_change_ends_a_wait),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The blocking engine: results as the kernel gives them, partial transfers
 * carried on, and not one system call more than by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "engines/engine.h"

static void one_call_a_message(void **state)
{
	char out[64] = "hello", in[64] = "";
	uint64_t calls = 0;
	struct op send, recv;
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
	close(fd[1]);
}

static void *dribble(void *arg)
{
	int fd = *(int *)arg;

	for (int i = 0; i < 10; i++) {
		clock_sleep_until(clock_ns() + 200000);
		if (write(fd, &"0123456789"[i], 1) != 1)
			abort();
	}
	return NULL;
}

static void parts_make_a_whole(void **state)
{
	uint64_t calls = 0;
	char in[10] = "";
	struct op op;
	pthread_t t;
	int fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	assert_int_equal(pthread_create(&t, NULL, dribble, &fd[1]), 0);
	op = op_read(fd[0], in, sizeof in, OP_ALL);
	assert_int_equal(blocking_exec(&op, &calls), 10);
	assert_memory_equal(in, "0123456789", 10);
	assert_true(calls >= 1);
	pthread_join(t, NULL);
	close(fd[0]);
	close(fd[1]);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_call_a_message),
		cmocka_unit_test(parts_make_a_whole),
		cmocka_unit_test(eof_in_the_middle),
		cmocka_unit_test(errors_are_negative),
		cmocka_unit_test(interrupted_goes_on),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

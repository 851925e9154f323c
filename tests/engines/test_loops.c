/*
 * What every loop engine owes a loop: it reports an operation once, when it has
 * finished, whole; it never reports one that has not; it waits no longer than
 * it was told; and it goes on when things go wrong.  One body over the table of
 * engines and of what can be set in them.
 */
#include "engines/loops.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>

#include "base/left.h"

static void ready_at_once(void **state)
{
	struct fixture *f = *state;

	feed(f, 0, "ab", 2);
	assert_int_equal(recv_now(f, 0, 2, OP_ALL), 2);
	assert_int_equal(f->engine->poll(f->state, 0, f->ready), 0);
}

static void each_once(void **state)
{
	struct fixture *f = *state;
	unsigned seen[PAIRS] = { 0 }, n = 0;
	uint64_t until = clock_ns() + PATIENCE_NS;

	for (int i = 0; i < PAIRS; i++)
		assert_int_equal(start_recv(f, i, 4, OP_ALL | OP_WAITFIRST), 0);
	for (int i = PAIRS - 1; i >= 0; i -= 2)
		feed(f, i, "wxyz", 4);
	for (int again = 2; again; again -= n == PAIRS / 2) {
		int k = f->engine->poll(f->state, 0, f->ready);

		assert_true(k >= 0);
		for (int i = 0; i < k; i++, n++) {
			assert_int_equal(f->ready[i]->res, 4);
			seen[f->ready[i] - f->wait]++;
		}
		assert_true(clock_ns() < until);
	}
	for (int i = 0; i < PAIRS; i++)
		assert_int_equal(seen[i], i % 2);
}

static void parts_make_a_whole(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(start_recv(f, 3, 6, OP_ALL), 0);
	feed(f, 3, "abc", 3);
	assert_int_equal(f->engine->poll(f->state, 0, f->ready), 0);
	feed(f, 3, "defnext", 7);
	assert_int_equal(report(f, &f->wait[3]), 6);
	assert_memory_equal(f->buf[3], "abcdef", 7);	/* and nothing behind it */
	assert_int_equal(recv_now(f, 3, 4, OP_ALL), 4);
	assert_memory_equal(f->buf[3], "next", 4);
}

static void a_part_will_do(void **state)
{
	struct fixture *f = *state;

	feed(f, 3, "abc", 3);
	assert_int_equal(recv_now(f, 3, 6, 0), 3);
}

/* Both before anybody looked: what is at the end is not lost. */
static void eof_in_the_middle(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(start_recv(f, 5, 6, OP_ALL), 0);
	feed(f, 5, "abc", 3);
	shutdown(f->fd[5][1], SHUT_WR);
	assert_int_equal(report(f, &f->wait[5]), 3);
	assert_int_equal(recv_now(f, 5, 6, OP_ALL), 0);
}

static void a_lost_peer_is_an_error(void **state)
{
	struct fixture *f = *state;

	shutdown(f->fd[6][1], SHUT_RDWR);
	f->wait[6] = (struct wait){ .op = op_send(f->fd[6][0], f->buf[6], 4) };
	assert_int_equal(complete(f, &f->wait[6]), -EPIPE);
}

/* More than fits: it is sent as the peer takes it, and nothing is lost. */
static void a_short_send_goes_on(void **state)
{
	enum { BYTES = 1 << 20 };
	static unsigned char out[BYTES], in[BYTES];
	struct fixture *f = *state;
	size_t got = 0;
	int n = 0;

	for (size_t i = 0; i < BYTES; i++)
		out[i] = (unsigned char)rng_at(1, i);
	f->wait[0] = (struct wait){ .op = op_send(f->fd[0][0], out, BYTES) };
	assert_int_equal(f->engine->start(f->state, &f->wait[0]), 0);
	while (!n) {
		n = f->engine->poll(f->state, clock_ns() + NS_PER_MS, f->ready);
		for (ssize_t k = 1; k > 0; got += k > 0 ? (size_t)k : 0)
			k = recv(f->fd[0][1], in + got, BYTES - got, MSG_DONTWAIT);
	}
	assert_int_equal(n, 1);
	assert_int_equal(f->ready[0]->res, BYTES);
	while (got < BYTES)
		got += (size_t)recv(f->fd[0][1], in + got, BYTES - got, 0);
	assert_memory_equal(in, out, BYTES);
	/* and a socket that was full can be read from and waited for as before */
	feed(f, 0, "x", 1);
	assert_int_equal(recv_now(f, 0, 1, OP_WAITFIRST), 1);
}

static void waits_until_told(void **state)
{
	struct fixture *f = *state;
	uint64_t until = clock_ns() + 2000000;

	assert_int_equal(start_recv(f, 0, 1, 0), 0);
	/* once more, where to register gives an edge for writing */
	for (int i = 0; i < 2; i++)
		assert_int_equal(f->engine->poll(f->state, until, f->ready), 0);
	assert_true(clock_ns() >= until);
}

/* Who has work meanwhile, and only looks, hears of what has come all the same. */
static void a_look_sees_what_has_come(void **state)
{
	struct fixture *f = *state;
	int n = 0;

	assert_int_equal(start_recv(f, 0, 1, OP_WAITFIRST), 0);
	assert_int_equal(f->engine->poll(f->state, 0, f->ready), 0);
	feed(f, 0, "x", 1);
	for (int i = 0; !n && i < 1000; i++) {
		clock_sleep_until(clock_ns() + (uint64_t)i * NS_PER_US);
		n = f->engine->poll(f->state, 0, f->ready);
	}
	assert_int_equal(n, 1);
	assert_int_equal(f->wait[0].res, 1);
}

/* A descriptor whose operation was reported is not looked at again. */
static void no_stale_event(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(start_recv(f, 1, 1, OP_WAITFIRST), 0);
	assert_int_equal(start_recv(f, 2, 1, OP_WAITFIRST), 0);
	feed(f, 1, "aa", 2);
	assert_int_equal(report(f, &f->wait[1]), 1);
	assert_int_equal(f->engine->poll(f->state, 0, f->ready), 0);
	feed(f, 2, "b", 1);
	assert_int_equal(report(f, &f->wait[2]), 1);
}

/* What is ready while nobody waits for it does not keep the loop busy, and is
 * there when somebody does again. */
static void a_stale_event_is_let_lie(void **state)
{
	struct fixture *f = *state;
	uint64_t until = clock_ns() + 20 * NS_PER_MS, before;

	feed(f, 1, "aa", 2);
	assert_int_equal(recv_now(f, 1, 1, OP_WAITFIRST), 1);
	assert_int_equal(start_recv(f, 2, 1, OP_WAITFIRST), 0);
	before = f->calls;
	while (clock_ns() < until)
		assert_int_equal(f->engine->poll(f->state, until, f->ready), 0);
	assert_in_range(f->calls - before, 1, 8 + 20);	/* libuv counts in ms */
	assert_int_equal(recv_now(f, 1, 1, OP_WAITFIRST), 1);
	feed(f, 2, "b", 1);
	assert_int_equal(report(f, &f->wait[2]), 1);
}

/* Nor does a peer that hung up after the last operation. */
static void a_hang_up_behind_the_last(void **state)
{
	struct fixture *f = *state;
	uint64_t until = clock_ns() + 5 * NS_PER_MS, before;

	feed(f, 1, "a", 1);
	assert_int_equal(recv_now(f, 1, 1, OP_WAITFIRST), 1);
	shutdown(f->fd[1][1], SHUT_RDWR);
	assert_int_equal(start_recv(f, 2, 1, OP_WAITFIRST), 0);
	before = f->calls;
	while (clock_ns() < until)
		assert_int_equal(f->engine->poll(f->state, until, f->ready), 0);
	assert_in_range(f->calls - before, 1, 8 + 5);
	assert_int_equal(recv_now(f, 1, 1, OP_WAITFIRST), 0);
}

/* One that has finished does not take another's place with it, whichever it is
 * of those that wait. */
static void the_others_are_still_waited_for(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 4; i++)
		assert_int_equal(start_recv(f, i, 1, OP_WAITFIRST), 0);
	for (int n = 0; n < 4; n++) {
		int i = (2 * n + 1) % 5 % 4;	/* 1, 3, 0, 2 */

		feed(f, i, "x", 1);
		assert_int_equal(report(f, &f->wait[i]), 1);
	}
}

static void *dribble(void *arg)
{
	for (int i = 0; i < 10; i++) {
		clock_sleep_until(clock_ns() + 200000);
		if (write(*(int *)arg, &"0123456789"[i], 1) != 1)
			abort();
	}
	return NULL;
}

static void on_alarm(int sig)
{
	(void)sig;
}

/* A storm of signals neither fails nor shortens an operation or a wait. */
static void interrupted_goes_on(void **state)
{
	const struct itimerval storm = { { 0, 200 }, { 0, 200 } }, calm = { { 0, 0 }, { 0, 0 } };
	struct sigaction act = { .sa_handler = on_alarm };	/* no SA_RESTART */
	struct fixture *f = *state;
	uint64_t until = clock_ns() + 3 * NS_PER_MS;
	pthread_t t;

	sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, &storm, NULL);
	assert_int_equal(start_recv(f, 0, 10, OP_ALL), 0);
	while (clock_ns() < until)
		assert_int_equal(f->engine->poll(f->state, until, f->ready), 0);
	assert_int_equal(pthread_create(&t, NULL, dribble, &f->fd[0][1]), 0);
	assert_int_equal(report(f, &f->wait[0]), 10);
	pthread_join(t, NULL);
	setitimer(ITIMER_REAL, &calm, NULL);
	assert_memory_equal(f->buf[0], "0123456789", 10);
}

/* A pipe that is empty, and one that is full. */
static void pipes(void **state)
{
	enum { BYTES = 200000 };
	static char out[BYTES], in[BYTES];
	struct fixture *f = *state;
	ssize_t got = 0;
	int fd[2];

	assert_int_equal(pipe2(fd, f->engine->nonblock ? O_NONBLOCK : 0), 0);
	memset(out, 'p', sizeof out);
	f->wait[0] = (struct wait){ .op = op_read(fd[0], f->buf[0], 4, OP_ALL) };
	assert_int_equal(f->engine->start(f->state, &f->wait[0]), 0);
	assert_int_equal(write(fd[1], "pi", 2), 2);
	assert_int_equal(f->engine->poll(f->state, 0, f->ready), 0);
	assert_int_equal(write(fd[1], "pes", 3), 3);
	assert_int_equal(report(f, &f->wait[0]), 4);
	assert_memory_equal(f->buf[0], "pipe", 5);	/* the rest is not asked for */
	assert_int_equal(read(fd[0], in, 1), 1);
	f->wait[1] = (struct wait){ .op = op_write(fd[1], out, BYTES) };
	assert_int_equal(f->engine->start(f->state, &f->wait[1]), 0);
	for (int n = 0; !n;) {
		ssize_t k;

		n = f->engine->poll(f->state, clock_ns() + NS_PER_MS, f->ready);
		k = n ? 0 : read(fd[0], in, BYTES);
		got += k > 0 ? k : 0;
	}
	assert_int_equal(f->wait[1].res, BYTES);
	while (got < BYTES)
		got += read(fd[0], in, BYTES);
	close(fd[0]);
	close(fd[1]);
}

/* The other end of a pipe is closed while one waits at this: there is no byte to
 * say so, only a hang-up. */
static void a_pipe_that_ends(void **state)
{
	enum { BYTES = 1 << 20 };
	static char out[BYTES];
	struct fixture *f = *state;
	int fd[2];

	signal(SIGPIPE, SIG_IGN);
	for (int writes = 0; writes < 2; writes++) {
		assert_int_equal(pipe2(fd, f->engine->nonblock ? O_NONBLOCK : 0), 0);
		f->wait[0] = (struct wait){
			.op = writes ? op_write(fd[1], out, BYTES) : op_read(fd[0], f->buf[0], 4, OP_ALL),
		};
		assert_int_equal(f->engine->start(f->state, &f->wait[0]), 0);
		assert_int_equal(f->engine->poll(f->state, 0, f->ready), 0);
		close(fd[!writes]);
		assert_int_equal(report(f, &f->wait[0]), writes ? -EPIPE : 0);
		close(fd[writes]);
	}
}

/* Wait until @n operations have been reported, each once. */
static void gather(struct fixture *f, int n)
{
	uint64_t until = clock_ns() + PATIENCE_NS;
	bool seen[PAIRS] = { false };

	while (n > 0) {
		int k = f->engine->poll(f->state, until, f->ready);

		assert_in_range(k, 0, n);
		assert_true(clock_ns() < until);
		for (int i = 0; i < k; i++) {
			assert_false(seen[f->ready[i] - f->wait]);
			seen[f->ready[i] - f->wait] = true;
		}
		n -= k;
	}
}

/* One waits to receive and one for room to send, on the same socket, and both can
 * go on at once. */
static void both_ways_at_once(void **state)
{
	static char junk[1 << 16];
	struct fixture *f = *state;

	while (send(f->fd[0][0], junk, sizeof junk, MSG_DONTWAIT) > 0)
		;
	assert_int_equal(start_recv(f, 0, 1, OP_WAITFIRST), 0);
	f->wait[1] = (struct wait){ .op = op_send(f->fd[0][0], "y", 1) };
	assert_int_equal(f->engine->start(f->state, &f->wait[1]), 0);
	assert_int_equal(f->engine->poll(f->state, 0, f->ready), 0);
	feed(f, 0, "x", 1);
	while (recv(f->fd[0][1], junk, sizeof junk, MSG_DONTWAIT) > 0)
		;
	gather(f, 2);
	assert_int_equal(f->wait[0].res, 1);
	assert_int_equal(f->wait[1].res, 1);
}

/* A long send that goes on now and then, and one who waits to receive meanwhile, on
 * the same socket: neither is forgotten for the other. */
static void one_way_and_then_the_other(void **state)
{
	enum { BYTES = 1 << 20 };
	static char out[BYTES], junk[BYTES];
	struct fixture *f = *state;
	uint64_t until = clock_ns() + PATIENCE_NS;
	int n = 0;

	f->wait[0] = (struct wait){ .op = op_send(f->fd[0][0], out, BYTES) };
	for (int i = 0; i < 2; i++) {
		f->wait[1] = (struct wait){ .op = op_recv(f->fd[0][0], f->buf[1], 1, OP_WAITFIRST) };
		assert_int_equal(f->engine->start(f->state, &f->wait[1]), 0);
		if (!i)
			assert_int_equal(f->engine->start(f->state, &f->wait[0]), 0);
		else	/* some of it goes, not all */
			assert_true(recv(f->fd[0][1], junk, BYTES, MSG_DONTWAIT) > 0);
		assert_int_equal(f->engine->poll(f->state, clock_ns() + NS_PER_MS, f->ready), 0);
		feed(f, 0, "x", 1);
		assert_int_equal(report(f, &f->wait[1]), 1);
	}
	while (!n && clock_ns() < until) {
		recv(f->fd[0][1], junk, BYTES, MSG_DONTWAIT);
		n = f->engine->poll(f->state, clock_ns() + NS_PER_MS, f->ready);
	}
	assert_int_equal(n, 1);
	assert_int_equal(f->wait[0].res, BYTES);
}

/* Both can be served by the one event that there is. */
static void two_at_one_descriptor(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 2; i++) {
		f->wait[i] = (struct wait){ .op = op_recv(f->fd[0][0], f->buf[i], 1, OP_WAITFIRST) };
		assert_int_equal(f->engine->start(f->state, &f->wait[i]), 0);
	}
	assert_int_equal(f->engine->poll(f->state, 0, f->ready), 0);
	feed(f, 0, "aa", 2);
	gather(f, 2);
	assert_int_equal(f->wait[0].res + f->wait[1].res, 2);
}

/* Nothing can be waited for at what is no descriptor. */
static void a_bad_descriptor_is_an_error(void **state)
{
	struct fixture *f = *state;

	f->wait[0] = (struct wait){ .op = op_recv(-1, f->buf[0], 1, OP_WAITFIRST) };
	assert_int_equal(complete(f, &f->wait[0]), -EBADF);
}

/* Whoever is closed in the middle writes to nobody's buffer afterwards. */
static void close_gives_up(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(start_recv(f, 0, 4, OP_ALL), 0);
	assert_int_equal(start_recv(f, 1, 4, OP_ALL | OP_WAITFIRST), 0);
	assert_int_equal(f->engine->poll(f->state, 0, f->ready), 0);
	f->engine->close(f->state);
	f->state = NULL;
	feed(f, 0, "late", 4);
	feed(f, 1, "late", 4);
	assert_int_equal(f->buf[0][0], 0);
	assert_int_equal(f->buf[1][0], 0);
	/* the bytes are still where they were */
	assert_int_equal(recv(f->fd[0][0], f->buf[0], 4, MSG_DONTWAIT), 4);
}

/* Whatever it was opened with, and whatever was under way. */
static void nothing_stays_open(void **state)
{
	struct fixture *f = *state;
	unsigned before;

	f->engine->close(f->state);
	before = open_fds();
	f->state = f->engine->open(PAIRS, f->config->option, &f->calls);
	assert_non_null(f->state);
	assert_int_equal(start_recv(f, 0, 1, OP_WAITFIRST), 0);
	assert_int_equal(f->engine->poll(f->state, 0, f->ready), 0);
	f->engine->close(f->state);
	f->state = NULL;
	assert_int_equal(open_fds(), before);
}

/* A file that may be 10 bytes long takes 6 of 12 behind the fourth, and says why
 * it takes no more. */
static void a_short_write_goes_on_behind_itself(void **state)
{
	struct fixture *f = *state;
	struct rlimit limit, ten;
	int fd = memfd_create("short", MFD_CLOEXEC);
	char in[12];

	signal(SIGXFSZ, SIG_IGN);
	memcpy(f->buf[0], "0123456789ab", 12);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	ten = (struct rlimit){ 10, limit.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &ten), 0);
	f->wait[0] = (struct wait){ .op = op_pwrite(fd, f->buf[0], 12, 4), .seat = PAIRS };
	assert_int_equal(complete(f, &f->wait[0]), -EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(pread(fd, in, sizeof in, 4), 6);
	assert_memory_equal(in, "012345", 6);
	close(fd);
}

/* Written, forced to disk and read again, in memory of a seat's own. */
static void files(void **state)
{
	struct fixture *f = *state;
	struct iovec seat[PAIRS];
	char name[] = "/tmp/samework-test-XXXXXX";
	int fd = mkstemp(name);

	assert_true(fd >= 0);
	unlink(name);
	for (int i = 0; i < PAIRS; i++)
		seat[i] = (struct iovec){ f->buf[i], sizeof f->buf[i] };
	if (f->engine->memory)
		assert_int_equal(f->engine->memory(f->state, seat, PAIRS), 0);
	memcpy(f->buf[7], "written!", 8);
	f->wait[7] = (struct wait){ .op = op_pwrite(fd, f->buf[7], 8, 3), .seat = 7 };
	assert_int_equal(complete(f, &f->wait[7]), 8);
	f->wait[7] = (struct wait){ .op = op_sync(fd), .seat = 7 };
	assert_int_equal(complete(f, &f->wait[7]), 0);
	/* asked of the kernel, who knows that a socket has no disk */
	f->wait[7] = (struct wait){ .op = op_sync(f->fd[0][0]), .seat = 7 };
	assert_int_equal(complete(f, &f->wait[7]), -EINVAL);
	f->wait[8] = (struct wait){ .op = op_pread(fd, f->buf[8], 16, 4), .seat = 8 };
	assert_int_equal(complete(f, &f->wait[8]), 7);	/* up to its end */
	assert_memory_equal(f->buf[8], "ritten!", 7);
	/* one that cannot be waited for is always ready */
	f->wait[9] = (struct wait){ .op = op_read(fd, f->buf[9], 4, OP_ALL | OP_WAITFIRST), .seat = 9 };
	assert_int_equal(complete(f, &f->wait[9]), 4);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		loop_test(ready_at_once),
		loop_test(each_once),
		loop_test(parts_make_a_whole),
		loop_test(a_part_will_do),
		loop_test(eof_in_the_middle),
		loop_test(a_lost_peer_is_an_error),
		loop_test(a_short_send_goes_on),
		loop_test(waits_until_told),
		loop_test(a_look_sees_what_has_come),
		loop_test(no_stale_event),
		loop_test(a_stale_event_is_let_lie),
		loop_test(a_hang_up_behind_the_last),
		loop_test(the_others_are_still_waited_for),
		loop_test(interrupted_goes_on),
		loop_test(pipes),
		loop_test(a_pipe_that_ends),
		loop_test(both_ways_at_once),
		loop_test(one_way_and_then_the_other),
		loop_test(two_at_one_descriptor),
		loop_test(a_bad_descriptor_is_an_error),
		loop_test(close_gives_up),
		loop_test(nothing_stays_open),
		loop_test(a_short_write_goes_on_behind_itself),
		loop_test(files),
	};

	return run_on_each_engine(tests);
}

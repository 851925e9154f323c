/*
 * Connections that come and go under every loop engine: made and taken without
 * blocking the loop, refused, reset, too many, and one number for one
 * descriptor after another.
 */
#include "engines/loops.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>

static struct sockaddr_in where;

/* A socket that listens on loopback, at `where`, and is as the engine wants it. */
static int listener(const struct fixture *f)
{
	int nonblock = f->engine->nonblock ? SOCK_NONBLOCK : 0;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | nonblock, 0);
	socklen_t n = sizeof where;

	where = (struct sockaddr_in){ .sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	assert_int_equal(bind(fd, (struct sockaddr *)&where, sizeof where), 0);
	assert_int_equal(listen(fd, 16), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&where, &n), 0);
	return fd;
}

/* Connect to it, outside of any engine. */
static int dial(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&where, sizeof where), 0);
	return fd;
}

/* close() with a reset, which leaves nothing in TIME_WAIT. */
static void drop(int fd)
{
	const struct linger now = { 1, 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	close(fd);
}

static struct wait accepting(int fd, unsigned flags)
{
	return (struct wait){ .op = { .kind = OP_ACCEPT, .fd = fd, .flags = flags } };
}

static struct wait connecting(int fd)
{
	return (struct wait){ .op = { .kind = OP_CONNECT, .fd = fd, .buf = &where,
				      .len = sizeof where } };
}

static void both_ends_in_one_loop(void **state)
{
	struct fixture *f = *state;
	int at = listener(f), fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), left = 2;
	uint64_t until = clock_ns() + PATIENCE_NS;

	f->wait[0] = accepting(at, 0);
	f->wait[1] = connecting(fd);
	assert_int_equal(f->engine->start(f->state, &f->wait[0]), 0);
	left -= f->engine->start(f->state, &f->wait[1]);
	while (left) {
		int n = f->engine->poll(f->state, until, f->ready);

		assert_in_range(n, 0, left);
		assert_true(clock_ns() < until);
		left -= n;
	}
	assert_int_equal(f->wait[1].res, 0);
	assert_true(f->wait[0].res > 0);
	assert_int_equal(fcntl((int)f->wait[0].res, F_GETFD), FD_CLOEXEC);
	f->wait[2] = (struct wait){ .op = op_send(fd, "hello", 5) };
	assert_int_equal(complete(f, &f->wait[2]), 5);
	f->wait[3] = (struct wait){ .op = op_recv((int)f->wait[0].res, f->buf[3], 5,
						  OP_ALL | OP_WAITFIRST) };
	assert_int_equal(complete(f, &f->wait[3]), 5);
	assert_memory_equal(f->buf[3], "hello", 5);
	drop(fd);
	drop((int)f->wait[0].res);
	close(at);
}

static void refused(void **state)
{
	struct fixture *f = *state;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	close(listener(f));	/* nobody is there now */
	f->wait[0] = connecting(fd);
	assert_int_equal(complete(f, &f->wait[0]), -ECONNREFUSED);
	close(fd);
}

static void reset_while_waiting(void **state)
{
	struct fixture *f = *state;
	int at = listener(f), peer = dial(), fd = accept(at, NULL, NULL);

	f->wait[0] = (struct wait){ .op = op_recv(fd, f->buf[0], 8, OP_ALL | OP_WAITFIRST) };
	assert_int_equal(f->engine->start(f->state, &f->wait[0]), 0);
	assert_int_equal(f->engine->poll(f->state, 0, f->ready), 0);
	drop(peer);
	assert_int_equal(report(f, &f->wait[0]), -ECONNRESET);
	close(fd);
	close(at);
}

/* Two who accept at one socket: each connection is one's only, in turn, and who
 * is left does not block the loop. */
static void two_accept(void **state)
{
	struct fixture *f = *state;
	int at = listener(f), peer[2];

	for (int i = 0; i < 2; i++) {
		f->wait[i] = accepting(at, i ? OP_WAITFIRST : 0);
		assert_int_equal(f->engine->start(f->state, &f->wait[i]), 0);
	}
	for (int i = 0; i < 2; i++) {
		uint64_t until = clock_ns() + PATIENCE_NS;
		int n = 0;

		peer[i] = dial();
		while (!n && clock_ns() < until)
			n = f->engine->poll(f->state, until, f->ready);
		assert_int_equal(n, 1);
		assert_true(f->ready[0]->res > 0);
		drop((int)f->ready[0]->res);
		assert_int_equal(f->engine->poll(f->state, 0, f->ready), 0);
	}
	assert_true(f->wait[0].res > 0 && f->wait[1].res > 0);
	drop(peer[0]);
	drop(peer[1]);
	close(at);
}

/* Whether it is one descriptor or two in turn that they come through. */
static void an_accept_is_one_call(void **state)
{
	struct fixture *f = *state;
	int at = listener(f), again = dup(at);

	for (int i = 0; i < 4; i++) {
		int peer = dial();
		uint64_t before = f->calls;

		f->wait[0] = accepting(i % 2 ? again : at, 0);
		assert_true(complete(f, &f->wait[0]) > 0);
		assert_int_equal(f->calls - before, 1);
		drop((int)f->wait[0].res);
		drop(peer);
	}
	close(again);
	close(at);
}

/* No descriptor is left: an error, once, and the connection can be had later. */
static void too_many_files(void **state)
{
	struct fixture *f = *state;
	int at = listener(f), peer = dial(), next;
	struct rlimit limit, none;

	next = dup(at);
	close(next);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = (struct rlimit){ (rlim_t)next, limit.rlim_max };
	/* what the engine needs for this socket it has now */
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	f->wait[0] = accepting(at, OP_WAITFIRST);
	assert_int_equal(complete(f, &f->wait[0]), -EMFILE);
	assert_int_equal(f->engine->poll(f->state, 0, f->ready), 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	f->wait[0] = accepting(at, 0);
	assert_true(complete(f, &f->wait[0]) > 0);
	drop((int)f->wait[0].res);
	drop(peer);
	close(at);
}

/* The number of a descriptor that is gone comes back for another. */
static void one_number_after_another(void **state)
{
	struct fixture *f = *state;
	int at = listener(f), first = -1;

	for (int i = 0; i < 4; i++) {
		int peer = dial(), fd;

		/* it is given out at once, and by the loop */
		f->wait[0] = accepting(at, i % 2 ? OP_WAITFIRST : 0);
		fd = (int)complete(f, &f->wait[0]);
		assert_true(fd > 0);
		first = i ? first : fd;
		assert_int_equal(fd, first);
		f->wait[1] = (struct wait){ .op = op_recv(fd, f->buf[1], 1, OP_WAITFIRST) };
		assert_int_equal(f->engine->start(f->state, &f->wait[1]), 0);
		assert_int_equal(f->engine->poll(f->state, 0, f->ready), 0);
		assert_int_equal(send(peer, "x", 1, 0), 1);
		assert_int_equal(report(f, &f->wait[1]), 1);
		drop(fd);
		drop(peer);
	}
	close(at);
}

/* The same where our side connects. */
static void one_number_for_each_connect(void **state)
{
	struct fixture *f = *state;
	int at = listener(f), first = -1;

	for (int i = 0; i < 3; i++) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), peer;

		first = i ? first : fd;
		assert_int_equal(fd, first);
		f->wait[0] = connecting(fd);
		assert_int_equal(complete(f, &f->wait[0]), 0);
		/* or who listens no more would hold the loop up */
		if (f->engine->nonblock)
			assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
		peer = accept(at, NULL, NULL);
		f->wait[1] = (struct wait){ .op = op_recv(fd, f->buf[1], 1, OP_WAITFIRST) };
		assert_int_equal(f->engine->start(f->state, &f->wait[1]), 0);
		assert_int_equal(f->engine->poll(f->state, 0, f->ready), 0);
		assert_int_equal(send(peer, "x", 1, 0), 1);
		assert_int_equal(report(f, &f->wait[1]), 1);
		drop(peer);
		drop(fd);
	}
	close(at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		loop_test(both_ends_in_one_loop),
		loop_test(refused),
		loop_test(reset_while_waiting),
		loop_test(two_accept),
		loop_test(an_accept_is_one_call),
		loop_test(too_many_files),
		loop_test(one_number_after_another),
		loop_test(one_number_for_each_connect),
	};

	return run_on_each_engine(tests);
}

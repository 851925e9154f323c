/*
 * What every loop engine owes a loop: it reports an operation once, when it has
 * finished, whole; it never reports one that has not; it waits no longer than
 * it was told.  One body over the table of engines.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "engines/engine.h"

enum { PAIRS = 64 };
#define PATIENCE_NS (5ull * NS_PER_SEC)	/* with an engine that forgets */

struct fixture {
	const struct engine *engine;
	void *state;
	uint64_t calls;
	int fd[PAIRS][2];
	char buf[PAIRS][16];
	struct wait wait[PAIRS], *ready[PAIRS];
};

static struct fixture fixture;
static const struct engine *current;

static int set_up(void **state)
{
	fixture = (struct fixture){ .engine = current };
	fixture.state = current->open(PAIRS, &fixture.calls);
	for (int i = 0; i < PAIRS; i++)
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, fixture.fd[i]) < 0)
			return -1;
	*state = &fixture;
	return fixture.state ? 0 : -1;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < PAIRS; i++) {
		close(f->fd[i][0]);
		close(f->fd[i][1]);
	}
	f->engine->close(f->state);
	return 0;
}

static int start_recv(struct fixture *f, int i, size_t len, unsigned flags)
{
	f->wait[i] = (struct wait){ .op = op_recv(f->fd[i][0], f->buf[i], len, flags) };
	return f->engine->start(f->state, &f->wait[i]);
}

static void feed(struct fixture *f, int i, const char *text, size_t n)
{
	assert_int_equal(write(f->fd[i][1], text, n), n);
}

static void ready_at_once(void **state)
{
	struct fixture *f = *state;

	feed(f, 0, "ab", 2);
	assert_int_equal(start_recv(f, 0, 2, OP_ALL), 1);
	assert_int_equal(f->wait[0].res, 2);
	assert_int_equal(f->engine->poll(f->state, 0, f->ready), 0);
}

static void each_once(void **state)
{
	struct fixture *f = *state;
	unsigned seen[PAIRS] = { 0 }, n = 0;

	for (int i = 0; i < PAIRS; i++)
		assert_int_equal(start_recv(f, i, 4, OP_ALL | OP_WAITFIRST), 0);
	for (int i = PAIRS - 1; i >= 0; i -= 2)
		feed(f, i, "wxyz", 4);
	for (int round = 0; round < 2; round++) {
		int k = f->engine->poll(f->state, 0, f->ready);

		assert_true(k >= 0);
		for (int i = 0; i < k; i++, n++) {
			assert_int_equal(f->ready[i]->res, 4);
			seen[f->ready[i] - f->wait]++;
		}
	}
	assert_int_equal(n, PAIRS / 2);
	for (int i = 0; i < PAIRS; i++)
		assert_int_equal(seen[i], i % 2);
}

static void parts_make_a_whole(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(start_recv(f, 3, 6, OP_ALL), 0);
	feed(f, 3, "abc", 3);
	assert_int_equal(f->engine->poll(f->state, 0, f->ready), 0);
	feed(f, 3, "def", 3);
	assert_int_equal(f->engine->poll(f->state, UINT64_MAX, f->ready), 1);
	assert_ptr_equal(f->ready[0], &f->wait[3]);
	assert_int_equal(f->ready[0]->res, 6);
	assert_memory_equal(f->buf[3], "abcdef", 6);
}

static void eof_in_the_middle(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(start_recv(f, 5, 6, OP_ALL), 0);
	feed(f, 5, "abc", 3);
	shutdown(f->fd[5][1], SHUT_WR);
	while (!f->engine->poll(f->state, UINT64_MAX, f->ready))
		;
	assert_int_equal(f->ready[0]->res, 3);
}

static void a_lost_peer_is_an_error(void **state)
{
	struct fixture *f = *state;

	shutdown(f->fd[6][1], SHUT_RDWR);
	f->wait[6] = (struct wait){ .op = op_send(f->fd[6][0], f->buf[6], 4) };
	assert_int_equal(f->engine->start(f->state, &f->wait[6]), 1);
	assert_int_equal(f->wait[6].res, -EPIPE);
}

static void waits_until_told(void **state)
{
	struct fixture *f = *state;
	uint64_t until = clock_ns() + 2000000;

	assert_int_equal(start_recv(f, 0, 1, 0), 0);
	assert_int_equal(f->engine->poll(f->state, until, f->ready), 0);
	assert_true(clock_ns() >= until);
}

/* A descriptor whose operation was reported is not looked at again. */
static void no_stale_event(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(start_recv(f, 1, 1, OP_WAITFIRST), 0);
	assert_int_equal(start_recv(f, 2, 1, OP_WAITFIRST), 0);
	feed(f, 1, "aa", 2);
	assert_int_equal(f->engine->poll(f->state, UINT64_MAX, f->ready), 1);
	assert_ptr_equal(f->ready[0], &f->wait[1]);
	assert_int_equal(f->engine->poll(f->state, 0, f->ready), 0);
	feed(f, 2, "b", 1);
	assert_int_equal(f->engine->poll(f->state, UINT64_MAX, f->ready), 1);
	assert_ptr_equal(f->ready[0], &f->wait[2]);
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
		assert_int_equal(f->engine->poll(f->state, clock_ns() + PATIENCE_NS, f->ready), 1);
		assert_ptr_equal(f->ready[0], &f->wait[i]);
	}
}

int main(void)
{
	static const struct engine *const engines[] = { &engine_poll };
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(ready_at_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(each_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(parts_make_a_whole, set_up, tear_down),
		cmocka_unit_test_setup_teardown(eof_in_the_middle, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_lost_peer_is_an_error, set_up, tear_down),
		cmocka_unit_test_setup_teardown(waits_until_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(no_stale_event, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_others_are_still_waited_for, set_up,
						tear_down),
	};
	int failed = 0;

	cmocka_set_message_output(CM_OUTPUT_TAP);
	for (size_t i = 0; i < sizeof engines / sizeof *engines; i++) {
		current = engines[i];
		failed += cmocka_run_group_tests_name(current->name, tests, NULL, NULL);
	}
	return failed;
}

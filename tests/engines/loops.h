/* loops.h - one body of tests over the table of loop engines. */
#ifndef TESTS_ENGINES_LOOPS_H
#define TESTS_ENGINES_LOOPS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "engines/engine.h"

enum { PAIRS = 64 };
#define PATIENCE_NS (5ull * NS_PER_SEC)	/* with an engine that forgets */

/* An engine, and how it is set up. */
static const struct config {
	const char *name;
	const struct engine *engine;
	uint64_t option[2];
} configs[] = {
	{ "poll", &engine_poll, { 0 } },
	{ "epoll", &engine_epoll, { EPOLL_LEVEL } },
	{ "epoll-rearm", &engine_epoll, { EPOLL_REARM } },
	{ "epoll-edge", &engine_epoll, { EPOLL_EDGE } },
	{ "epoll-speculative", &engine_epoll, { EPOLL_SPECULATIVE } },
	{ "epoll-toggle-out", &engine_epoll, { EPOLL_TOGGLE_OUT } },
	{ "uring-coop", &engine_uring, { URING_COOP, URING_PLAIN } },
	{ "uring-defer", &engine_uring, { URING_DEFER, URING_PLAIN } },
	{ "uring-none", &engine_uring, { URING_NONE, URING_PLAIN } },
	{ "uring-registered", &engine_uring, { URING_COOP, URING_REGISTERED } },
	{ "libuv", &engine_libuv, { 0 } },
};

struct fixture {
	const struct config *config;
	const struct engine *engine;
	void *state;
	uint64_t calls;
	int fd[PAIRS][2];
	char buf[PAIRS][16];
	struct wait wait[PAIRS], *ready[PAIRS];
};

static inline int set_up(void **state)
{
	static struct fixture fixture;
	struct fixture *f = &fixture;
	const struct config *c = *state;

	*f = (struct fixture){ .config = c, .engine = c->engine };
	f->state = f->engine->open(PAIRS, c->option, &f->calls);
	for (int i = 0; i < PAIRS; i++)
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, f->fd[i]) < 0)
			return -1;
	*state = f;
	return f->state ? 0 : -1;
}

static inline int tear_down(void **state)
{
	struct fixture *f = *state;

	if (f->state)
		f->engine->close(f->state);
	for (int i = 0; i < PAIRS; i++) {
		close(f->fd[i][0]);
		close(f->fd[i][1]);
	}
	return 0;
}

static inline int start_recv(struct fixture *f, int i, size_t len, unsigned flags)
{
	f->wait[i] = (struct wait){ .op = op_recv(f->fd[i][0], f->buf[i], len, flags) };
	return f->engine->start(f->state, &f->wait[i]);
}

/* Wait for @w, which nobody else may overtake: its result. */
static inline int64_t report(struct fixture *f, const struct wait *w)
{
	uint64_t until = clock_ns() + PATIENCE_NS;
	int n = 0;

	while (!n && clock_ns() < until)
		n = f->engine->poll(f->state, until, f->ready);
	assert_int_equal(n, 1);
	assert_ptr_equal(f->ready[0], w);
	return w->res;
}

/* Start @w and wait for it. */
static inline int64_t complete(struct fixture *f, struct wait *w)
{
	return f->engine->start(f->state, w) ? w->res : report(f, w);
}

static inline int64_t recv_now(struct fixture *f, int i, size_t len, unsigned flags)
{
	return start_recv(f, i, len, flags) ? f->wait[i].res : report(f, &f->wait[i]);
}

static inline void feed(struct fixture *f, int i, const char *text, size_t n)
{
	assert_int_equal(write(f->fd[i][1], text, n), n);
}

#define loop_test(body) cmocka_unit_test_setup_teardown(body, set_up, tear_down)

/* Why @c cannot be tested here, or NULL. */
static inline const char *config_missing(const struct config *c)
{
	uint64_t calls = 0;
	void *state;

	if (c->engine->missing)
		return c->engine->missing;
	state = c->engine->open(PAIRS, c->option, &calls);
	if (!state)		/* if nothing forbids it, every test shall fail */
		return engine_forbidden(errno) ? strerror(errno) : NULL;
	c->engine->close(state);
	return NULL;
}

/* In place of every test; cmocka would write a skipped one as "not ok". */
static inline void not_here(void **state)
{
	const struct config *c = *state;

	print_message("# SKIP %s: %s\n", c->name, config_missing(c));
}

/* Every test on every configuration, as one list. */
static inline int run_each(const struct CMUnitTest *tests, size_t n)
{
	static struct CMUnitTest all[1024];
	static char name[1024][80];
	size_t k = 0;

	for (size_t c = 0; c < sizeof configs / sizeof *configs; c++)
		for (size_t i = 0; i < n; i++, k++) {
			all[k] = tests[i];
			if (config_missing(&configs[c]))
				all[k] = (struct CMUnitTest){ .test_func = not_here };
			snprintf(name[k], sizeof name[k], "%s: %s", configs[c].name,
				 tests[i].name);
			all[k].name = name[k];
			all[k].initial_state = (void *)&configs[c];
		}
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return _cmocka_run_group_tests("loops", all, k, NULL, NULL);
}

#define run_on_each_engine(tests) run_each(tests, sizeof(tests) / sizeof *(tests))

#endif

/*
 * What a request costs in system calls under each style of loop: counted, so
 * that it is the same on every machine.  A round is PAIRS requests, all sent,
 * then all answered, then waited for at once.
 */
#include "engines/loops.h"

enum { ROUNDS = 10 };

/* Calls that each round makes for each request, for all of them together, and
 * once for each descriptor. */
static const struct {
	const char *name;
	unsigned each, round, once;
} costs[] = {
	{ "poll", 2, 1, 0 },
	{ "epoll", 2, 1, 1 },
	{ "epoll-rearm", 3, 1, 0 },	/* arm */
	{ "epoll-edge", 3, 1, 1 },	/* a try that fails */
	{ "epoll-speculative", 3, 1, 1 },
	{ "epoll-toggle-out", 4, 2, 0 },	/* ask for room, and no more */
	{ "uring-coop", 0, 2, 0 },
	{ "uring-defer", 0, 4, 0 },	/* work is done in parts */
	{ "uring-none", 0, 2, 0 },
	{ "uring-registered", 0, 2, 0 },
	{ "libuv", 2, 1, 1 },
};

/* Wait until @n operations have been reported. */
static void gather(struct fixture *f, int n)
{
	uint64_t until = clock_ns() + PATIENCE_NS;

	while (n > 0) {
		int k = f->engine->poll(f->state, until, f->ready);

		assert_in_range(k, 0, n);
		assert_true(clock_ns() < until);
		n -= k;
	}
}

static void play(struct fixture *f)
{
	struct wait out[PAIRS];
	int waiting = 0;

	for (int i = 0; i < PAIRS; i++) {
		out[i] = (struct wait){ .op = op_send(f->fd[i][0], f->buf[i], 4) };
		waiting += !f->engine->start(f->state, &out[i]);
	}
	gather(f, waiting);
	for (int i = 0; i < PAIRS; i++)
		assert_int_equal(start_recv(f, i, 4, OP_ALL | OP_WAITFIRST), 0);
	for (int i = 0; i < PAIRS; i++)
		feed(f, i, "pong", 4);
	gather(f, PAIRS);
}

static void as_many_as_by_hand(void **state)
{
	struct fixture *f = *state;
	size_t i = 0;
	uint64_t least, most;

	while (strcmp(costs[i].name, f->config->name))
		i++;
	for (int n = 0; n < ROUNDS; n++)
		play(f);
	most = (uint64_t)ROUNDS * (PAIRS * costs[i].each + costs[i].round) +
	       PAIRS * costs[i].once;
	/* edges for writing come when they please, completions together */
	least = costs[i].each ? most : 1;
	most += f->config->option[0] == EPOLL_EDGE ? 2 : 0;
	assert_in_range(f->calls, least, most);
}

/* Completions that are there already are taken without asking the kernel. */
static void none_for_what_is_there(void **state)
{
	struct fixture *f = *state;
	uint64_t before;
	int n;

	if (f->engine != &engine_uring)
		return;
	for (int i = 0; i < PAIRS; i++) {
		feed(f, i, "x", 1);
		assert_int_equal(start_recv(f, i, 1, 0), 0);
	}
	n = f->engine->poll(f->state, UINT64_MAX, f->ready);
	assert_int_equal(n, PAIRS);
	assert_int_equal(f->calls, 1);	/* all handed over, all back */
	before = f->calls;
	assert_int_equal(f->engine->poll(f->state, 0, f->ready), 0);
	assert_int_equal(f->calls, before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		loop_test(as_many_as_by_hand),
		loop_test(none_for_what_is_there),
	};

	return run_on_each_engine(tests);
}

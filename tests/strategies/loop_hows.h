/* loop_hows.h - one body of tests over the engines and file policies of a loop. */
#ifndef TESTS_LOOP_HOWS_H
#define TESTS_LOOP_HOWS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <unistd.h>

#include "base/mem.h"
#include "strategies/loop.h"

enum { PLACES_MAX = 10000, HANG_S = 60, OPTIONS = 5 };

/* An engine as a strategy uses it; its options, then files, pool and coalesce. */
static const struct how {
	const char *name;
	const struct engine *engine;
	uint64_t option[OPTIONS];
} hows[] = {
	{ "poll inline", &engine_poll, { POLICY_INLINE, 3 } },
	{ "poll nowait", &engine_poll, { POLICY_NOWAIT, 3 } },
	{ "poll pool", &engine_poll, { POLICY_POOL, 3 } },
	{ "poll coalesce", &engine_poll, { POLICY_INLINE, 3, 20000 } },
	{ "epoll inline", &engine_epoll, { EPOLL_LEVEL, POLICY_INLINE, 3 } },
	{ "epoll nowait", &engine_epoll, { EPOLL_LEVEL, POLICY_NOWAIT, 3 } },
	{ "epoll pool", &engine_epoll, { EPOLL_LEVEL, POLICY_POOL, 3 } },
	{ "epoll-edge pool", &engine_epoll, { EPOLL_EDGE, POLICY_POOL, 3 } },
	{ "epoll-rearm pool", &engine_epoll, { EPOLL_REARM, POLICY_POOL, 3 } },
	{ "epoll coalesce", &engine_epoll, { EPOLL_LEVEL, POLICY_INLINE, 3, 20000 } },
	{ "uring native", &engine_uring, { URING_COOP, URING_PLAIN, POLICY_NATIVE, 3 } },
	{ "uring registered", &engine_uring,
	  { URING_COOP, URING_REGISTERED, POLICY_NATIVE, 3 } },
	{ "uring defer", &engine_uring, { URING_DEFER, URING_PLAIN, POLICY_NATIVE, 3 } },
	{ "uring coalesce", &engine_uring, { URING_COOP, URING_PLAIN, POLICY_INLINE, 3, 20000 } },
	{ "uring inline", &engine_uring, { URING_COOP, URING_PLAIN, POLICY_INLINE, 3 } },
	{ "uring nowait", &engine_uring, { URING_COOP, URING_PLAIN, POLICY_NOWAIT, 3 } },
	{ "uring pool", &engine_uring, { URING_COOP, URING_PLAIN, POLICY_POOL, 3 } },
	{ "libuv inline", &engine_libuv, { POLICY_INLINE, 3 } },
	{ "libuv nowait", &engine_libuv, { POLICY_NOWAIT, 3 } },
	{ "libuv pool", &engine_libuv, { POLICY_POOL, 3 } },
};

static struct slot *slot;
static struct gate *gate;
static struct trouble *trouble;
static struct channel channel[PLACES_MAX];
static char engine[ENGINE_LEN];
static void *state_of_all;	/* of a workload that shares some; */
static const uint64_t *param;	/* and its parameters */

static inline int setup(void **state)
{
	(void)state;
	alarm(HANG_S);		/* what is forgotten fails, and does not hang */
	slot = shared_map(2 * sizeof *slot);
	gate = shared_map(sizeof *gate);
	trouble = shared_map(sizeof *trouble);
	return slot && gate && trouble ? 0 : -1;
}

static inline int teardown(void **state)
{
	(void)state;
	alarm(0);
	shared_unmap(slot, 2 * sizeof *slot);
	shared_unmap(gate, sizeof *gate);
	shared_unmap(trouble, sizeof *trouble);
	return 0;
}

/* Run @tasks of @w with @workers in flight.  0 or -1. */
static inline int run(const struct how *h, const struct workload *w, unsigned workers,
	       uint64_t tasks, uint64_t units)
{
	static int cpu[PLACES_MAX + 1];
	struct run r = { .workload = w, .tasks = tasks, .units = units, .workers = workers,
			 .channel = channel, .param = param };
	struct pass p = { .run = &r, .option = h->option, .cpu = cpu, .slot = slot,
			  .gate = gate, .trouble = trouble, .shared = state_of_all };
	int rc;

	for (unsigned i = 0; i <= workers; i++)
		cpu[i] = -1;
	rc = loop_run(&p, h->engine);
	memcpy(engine, p.engine, sizeof engine);
	if (!rc)		/* nothing is counted once it is over */
		assert_true(worker_sealed(&slot[0]));
	return rc;
}

/* Not in this build, or not on this kernel. */
static inline bool not_here(int rc)
{
	if (!rc || trouble->status != STATUS_SKIPPED)
		return false;
	print_message("# SKIP %s\n", trouble->reason);
	return true;
}

static inline enum file_policy policy(const struct how *h)
{
	return (enum file_policy)h->option[h->engine->options];
}

/* Every body under every how, as one list. */
static inline int run_each(const struct CMUnitTest *bodies, size_t n)
{
	static struct CMUnitTest test[256];
	static char name[256][80];
	size_t all = n * sizeof hows / sizeof *hows;

	for (size_t i = 0; i < all; i++) {
		const struct how *h = &hows[i / n];

		test[i] = bodies[i % n];
		snprintf(name[i], sizeof name[i], "%s: %s", h->name, test[i].name);
		test[i].name = name[i];
		test[i].initial_state = (void *)h;
	}
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return _cmocka_run_group_tests("loop", test, all, NULL, NULL);
}

#define loop_test(body) cmocka_unit_test_setup_teardown(body, setup, teardown)

#endif

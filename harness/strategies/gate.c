/* The gate: all streams of a pass, threads or processes alike, come in, and one
 * absolute start time is set when the last has come.  A bare barrier would let
 * the first one out start early (Hoefler and Belli, SC15, rule 10).
 *
 * One word to sleep on, and no condition variable: a process that is killed while
 * it waits for one makes those who signal it later wait for ever. */
#include <errno.h>
#include <limits.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/futex.h"
#include "strategies/strategy.h"

enum {
	WINDOW_NS = 1000000,		/* time to wake up in, whatever W is */
	WINDOW_PER_STREAM_NS = 50000,	/* the kernel wakes them one by one */
	SPIN_NS = 150000,		/* an idle core takes up to 40 us to wake */
	LOOK_MS = 200,			/* how often to look for one that died */
};

void gate_open(struct pass *p, unsigned streams)
{
	*p->gate = (struct gate){ .expected = streams };
}

void gate_close(struct pass *p)
{
	atomic_store(&p->gate->state, GATE_CLOSED);
	futex_wake(&p->gate->state, INT_MAX);
}

/* The last one is here: let all go, unless somebody closed. */
static void let_go(struct gate *g)
{
	uint32_t waiting = GATE_WAITING;

	g->full_ns = clock_ns();
	g->start_ns = g->full_ns + WINDOW_NS + g->expected * (uint64_t)WINDOW_PER_STREAM_NS;
	if (atomic_compare_exchange_strong(&g->state, &waiting, GATE_OPEN))
		futex_wake(&g->state, INT_MAX);
}

/* A child of ours is dead: a worker that will never come, or the server. */
static bool bereft(void)
{
	siginfo_t dead = { .si_pid = 0 };

	waitid(P_ALL, 0, &dead, WEXITED | WNOHANG | WNOWAIT);
	return dead.si_pid;
}

int gate_wait(struct pass *p)
{
	struct gate *g = p->gate;
	uint64_t start;

	if (atomic_fetch_add(&g->arrived, 1) + 1 == g->expected)
		let_go(g);
	while (atomic_load(&g->state) == GATE_WAITING)
		if (futex_wait_ms(&g->state, GATE_WAITING, LOOK_MS) < 0 &&
		    errno == ETIMEDOUT && bereft())
			return -1;	/* what happened is for who reaps it */
	if (atomic_load(&g->state) == GATE_CLOSED)
		return -1;
	start = g->start_ns;
	clock_sleep_until(p->spin ? start - SPIN_NS : start);
	while (clock_ns() < start)
		;
	return 0;
}

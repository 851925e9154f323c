/*
 * engine.h - how one operation is waited for.  Floor 2.
 *
 * Two shapes.  blocking_exec() lets the calling thread wait.  A loop engine
 * (poll here; epoll, io_uring) starts operations and reports those that have
 * finished, so that one thread holds many.  Both count the system calls that
 * they make, and make none that an author by hand would not.
 */
#ifndef ENGINES_ENGINE_H
#define ENGINES_ENGINE_H

#include "workloads/workload.h"

/* Execute @op and return its result: bytes, descriptor, 0, or -errno.  Adds the
 * system calls made to *@syscalls.  Retries on EINTR. */
int64_t blocking_exec(const struct op *op, uint64_t *syscalls);

/* An operation in progress, embedded in whoever waits for it. */
struct wait {
	struct op op;
	int64_t res;		/* set when it has finished */
	size_t moved;		/* bytes so far, for OP_ALL */
	unsigned place;		/* of this wait in the engine's own table */
};

/* One try at @w's op that must not block: true when it has finished.  What a
 * readiness engine does when a descriptor is ready. */
bool wait_try(struct wait *w, uint64_t *syscalls);

struct engine {
	const char *name, *summary;
	bool nonblock;		/* wants pipes opened O_NONBLOCK */

	/* State for at most @seats operations at a time, or NULL, errno set. */
	void *(*open)(unsigned seats, uint64_t *syscalls);

	/* Start @w->op, which is not OP_SLEEP: 1 when it has finished already,
	 * 0 when poll will report it. */
	int (*start)(void *state, struct wait *w);

	/* Wait until an operation finishes or clock_ns() reaches @until (0: do
	 * not wait, UINT64_MAX: for ever); put the finished ones into @ready,
	 * which has room for all seats.  Returns how many, or -errno. */
	int (*poll)(void *state, uint64_t until, struct wait **ready);

	void (*close)(void *state);
};

extern const struct engine engine_poll;

/* A binary heap of waits by op.at: the sleepers of one loop. */
struct timers {
	struct wait **wait;	/* [seats] */
	unsigned n;
};

int timers_init(struct timers *t, unsigned seats);	/* 0, or -1 with errno */
void timers_release(struct timers *t);
void timers_add(struct timers *t, struct wait *w);

/* The earliest deadline, or UINT64_MAX when nobody sleeps. */
uint64_t timers_next(const struct timers *t);

/* Take out one wait whose time is not after @now, or NULL. */
struct wait *timers_expire(struct timers *t, uint64_t now);

#endif

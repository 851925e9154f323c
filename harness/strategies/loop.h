/*
 * loop.h - what the strategies with an event loop are made of.  Floor 3.
 *
 * A loop keeps many tasks in flight on one thread.  Their parameters are those
 * of the engine, and behind them those of the loop: who executes operations on
 * files, for which no descriptor can be waited for; and how long it looks away.
 */
#ifndef STRATEGIES_LOOP_H
#define STRATEGIES_LOOP_H

#include "strategies/strategy.h"

enum file_policy {
	POLICY_INLINE,		/* the loop itself, and all tasks wait */
	POLICY_NOWAIT,		/* the loop if it need not wait, else the pool */
	POLICY_POOL,		/* a pool of threads */
	POLICY_NATIVE,		/* the engine, if it can; the pool waits for words */
};
#define POLICY_WORDS "inline|nowait|pool"
enum { POOL_MAX = 64 };

/* The parameters of a loop, from number @n of a table on. */
#define LOOP_PARAMS(n)							\
	[(n)] = { "files", POLICY_INLINE, 0, POLICY_POOL, POLICY_WORDS,	\
		  "who reads and writes files" },			\
	LOOP_REST((n) + 1)
#define LOOP_REST(n)							\
	[(n)] = { "pool", 4, 1, POOL_MAX, "", "threads of the pool for files" }, \
	[(n) + 1] = { "coalesce", 0, 0, 1000000, "ns",			\
		      "let answers come together for so long before each look" }

/* loops.c: one loop on @engine that keeps run->workers tasks in flight. */
int loop_run(struct pass *p, const struct engine *engine);

/* A loop per CPU of the workers, which share out places and tasks. */
int loops_run(struct pass *p, const struct engine *engine);

/* --- what they are made of --- */

struct seat {
	struct wait wait;	/* first: a wait is its seat */
	struct flight flight;
	bool fresh;		/* woken, and no unit finished since */
};

struct loop {
	struct pass *pass;
	struct slot *slot;
	const struct engine *engine;
	enum file_policy files;
	uint64_t coalesce_ns;
	void *state;
	struct offload *offload;	/* NULL: no pool */
	struct wait *bell;	/* of the pool */
	struct timers timers;
	struct seat *seat;	/* [seats] */
	struct iovec *memory;	/* [seats] their buffers */
	struct seat **ring;	/* [seats] runnable, from head */
	struct wait **ready;	/* [seats + 1]; the bell */
	unsigned seats, head, runnable, parked;
	unsigned place;		/* in flight, of the first seat */
	uint64_t next, end;	/* tasks not yet started */
};

/* loop.c: run all tasks of @l, which loops.c has filled in.  0 or -1. */
int loop_work(struct loop *l);

/* Wait for the bell of @l's pool from now on.  0, 1 when it has rung already,
 * or -1. */
int loop_listen(struct loop *l);

/* team.c: the pass as seen by few streams that serve many workers: one stream
 * for each CPU that the workers have.  Slots and gate are the same. */
struct team {
	struct pass pass;
	struct run run;		/* workers: the streams */
	int *cpu;
};

int team_init(struct team *t, struct pass *p);	/* 0, or -1 with trouble set */
void team_release(struct team *t);

/*
 * offload.c: threads that execute operations for a loop.  The loop hears of
 * results by an operation of its own, to be started on its engine.
 */
struct offload;

/* @n threads for at most @seats operations; they have the CPUs of the workers.
 * NULL with trouble set, and what those that were made used counted into @s. */
struct offload *offload_new(struct pass *p, struct slot *s, unsigned n, unsigned seats,
			    const struct engine *e);

/* One try that does not wait: true when @w has finished.  Else it wants the
 * pool. */
bool offload_nowait(struct wait *w, uint64_t *syscalls);
void offload_push(struct offload *o, struct wait *w);

/* What to start on the engine, again each time it has been reported. */
struct wait *offload_bell(struct offload *o);

/* Take what has finished: how many, into @ready, which has room for all. */
int offload_take(struct offload *o, struct wait **ready);

/* Wait for the threads, and count what they used into @s. */
void offload_stop(struct offload *o, struct slot *s);

/* Only when the engine no longer waits for the bell.  NULL is fine. */
void offload_free(struct offload *o);

#endif

/*
 * strategy.h - HOW the tasks of a run are executed.  Floor 3, on engines.
 *
 * A strategy is one function that executes every task of a run exactly once,
 * with at most run->workers tasks in flight.  That is the matched axis: W
 * threads, W processes and one loop holding W tasks are all "W workers".
 */
#ifndef STRATEGIES_STRATEGY_H
#define STRATEGIES_STRATEGY_H

#include <pthread.h>

#include "base/clock.h"
#include "base/hist.h"
#include "engines/engine.h"
#include "placement/placement.h"
#include "workloads/workload.h"

/* Locks that a guard tells apart; a power of two.  A workload may name more
 * shards: they wrap around. */
enum { SHARDS = 1024 };

/* What one stream of execution did.  Only that stream writes it; in memory
 * shared with the parent. */
struct slot {
	_Alignas(128) uint64_t begin_ns, end_ns;	/* 0: never began, ended */
	uint64_t tasks, units;	/* finished */
	uint64_t checksum;	/* sum of the tasks' results */
	uint64_t ops;		/* digest of the op stream, order-free */
	uint64_t switches;	/* times the strategy gave way to another task */
	uint64_t syscalls;	/* made by the engine */
	uint64_t counter[COUNTERS];	/* as strategy->counters names them; their sum
					 * over all slots counts, UINT64_MAX: not known */
	uint64_t user_ns, sys_ns;	/* CPU time between begin and end */
	uint64_t helpers_ns;	/* of it: of a loop's threads for files, its own or
				 * the kernel's */
	uint64_t voluntary, involuntary;	/* context switches, likewise */
	uint64_t migrations, run_delay_ns;	/* if `kernel` */
	bool kernel;		/* the two above are known */
	bool moved;		/* pinned, but seen on another CPU */
	struct hist latency;	/* ns per OP_UNIT */
	uint64_t seal;		/* worker_end(): a hash of all before it */
};

/* Everybody waits here until all are ready, then starts at one absolute time. */
struct gate {
	unsigned expected;
	atomic_uint arrived;
	_Atomic uint32_t state;
	uint64_t full_ns;	/* when the last one arrived */
	uint64_t start_ns;	/* 0: not yet */
};

enum { GATE_WAITING, GATE_OPEN, GATE_CLOSED };	/* closed: somebody will never come */

enum { ENGINE_LEN = 32 };

/* How many threads or processes a strategy runs at once. */
enum streams {
	STREAMS_WORKERS,	/* one per worker, but at most max_workers */
	STREAMS_ONE,		/* one, whatever W is: a loop */
	STREAMS_CPUS,		/* one per CPU that the workers have */
};

/* One timed execution of a run. */
struct pass {
	const struct run *run;
	const struct strategy *strategy;
	const uint64_t *option;	/* one value per entry of strategy->params */
	const struct topology *topology;
	const int *cpu;		/* [run->workers + 1], OS index or -1; the last
				 * is -1, for a stream that only hands out work */
	bool spin;		/* a CPU for every stream: spin the last stretch
				 * to the start */
	unsigned streams;	/* at most; see strategy_streams() */
	struct slot *slot;	/* [streams + 1], zeroed, MAP_SHARED */
	struct gate *gate;	/* MAP_SHARED */
	void *shared;		/* the state tasks see: run->shared */
	struct hist *extra;	/* of strategy->extra, MAP_SHARED, zeroed */
	char engine[ENGINE_LEN];	/* set when only the run can tell: the
				 * version, the flags; else "" */
	struct trouble *trouble;
};

struct strategy {
	const char *name, *summary;
	unsigned max_workers;		/* 0: any number */
	const struct param *params;	/* NULL: none */
	const char *engine;		/* "blocking", "poll", ... */
	enum streams streams;
	bool nonblock;			/* as its engine says */
	bool private_state;		/* needs workload->merge */
	bool opaque;			/* tasks run where flight_step() does not see
					 * them: ops, system calls and switches are
					 * not known, results and state are */
	const char *const *counters;	/* names of slot->counter, NULL-ended */
	const char *extra;		/* what pass->extra holds, "hold"; ns */

	/* Execute every task once.  0, or -1 with p->trouble set. */
	int (*run)(struct pass *p);
};

/* The table built from the files in this folder, ended by NULL. */
extern const struct strategy *const strategies[];
const struct strategy *strategy_find(const char *name);

/* streams.c: how many streams @s has with @workers on @cpus (0: not known). */
unsigned strategy_streams(const struct strategy *s, unsigned workers, unsigned cpus);

/* --- what strategies are made of --- */

/* gate.c: say how many will come. */
void gate_open(struct pass *p, unsigned streams);

/* Come in, and wait for the start.  -1 when it will never come: the gate was
 * closed, or a child of the caller's died meanwhile. */
int gate_wait(struct pass *p);

/* Tell those who wait that somebody will never come. */
void gate_close(struct pass *p);

/* worker.c: stream @w of the pass begins: pin it, meet the others, stamp.
 * -1 with trouble set and the gate closed, or when gate_wait() says it. */
int worker_begin(struct pass *p, unsigned w);
void worker_end(struct pass *p, unsigned w);

/* The first of these, alone.  What a process is bound to outlives an exec. */
int worker_bind(struct pass *p, unsigned w);

/* For a stream that stamped and counted elsewhere: end the filling of @s. */
void worker_seal(struct slot *s);

/* True when nobody has written to @s since worker_end sealed it. */
bool worker_sealed(const struct slot *s);

/* Stream @w's fixed share of the tasks is [lo, hi). */
struct span {
	uint64_t lo, hi;
};
struct span worker_span(const struct run *r, unsigned w);

/* A task in flight. */
struct flight {
	struct task task;
	struct slot *slot;
	const struct gate *gate;	/* says when the pass began; may be NULL */
	uint64_t ops;		/* digest of its op stream so far */
};

/* Take place @place (0 <= place < workers), counting into @slot.  0, or -1 with
 * trouble set.  Allocates and touches local memory: call before the gate. */
int flight_init(struct flight *f, struct pass *p, unsigned place,
		struct slot *slot, const struct guard *g, struct breaker *b);
void flight_release(struct flight *f);
void flight_start(struct flight *f, uint64_t index);

/* The next op: units are counted and timed and the op stream digested here, so
 * that no strategy can forget it. */
struct op flight_step(struct flight *f);

/* After OP_DONE. */
void flight_finish(struct flight *f);

/* After OP_FAIL: record it.  Always returns -1. */
int flight_fail(struct flight *f, struct pass *p);

/* Stream @w's whole share, one task after another, every wait blocking: what
 * threads, OpenMP and processes have in common.  0 or -1. */
int worker_loop(struct pass *p, unsigned w, const struct guard *g);

/* Run @body(p, w, ctx) on one thread, or in one process, per worker and wait
 * for all.  0 when all returned 0. */
typedef int worker_body(struct pass *p, unsigned w, void *ctx);
int threads_run(struct pass *p, worker_body *body, void *ctx);
/* Likewise, but the caller is worker 0: with one worker there is no other thread. */
int threads_run_main(struct pass *p, worker_body *body, void *ctx);
int processes_run(struct pass *p, worker_body *body, void *ctx);

/* As processes_run in two halves, for a parent with work of its own. */
int processes_start(struct pass *p, worker_body *body, void *ctx, pid_t *pid);
int processes_join(struct pass *p, pid_t *pid);

/* shards.c: a guard of @n process-shared mutexes, 64 bytes apart; n is a power
 * of two.  0, or -1 with trouble set. */
int shards_init(struct guard *g, struct pass *p, unsigned n);
void shards_release(struct guard *g);

#endif

/*
 * workload.h - WHAT is computed.  Floor 1: a workload includes this file, and
 * nothing else of ours that is not in this folder.
 *
 * A workload is a numbered set of tasks.  Task i does the same work and yields
 * the same result whoever runs it.  It is written once, as a step function
 * that returns, as data, the operation it wants next; a strategy executes that
 * and calls step again with t->res filled in.  So a workload starts no thread,
 * takes no mutex, reads no clock and makes no blocking call: it says what it
 * needs, and the strategy alone decides who waits and what lock is held.
 *
 * Rules.  A random number is a pure function of (seed, task, unit), never of
 * the worker.  Buffers live in t->local, never on the stack: an operation may
 * outlive the step.  Tasks cost the same whatever their index.  A result
 * depends on all the work.  About 10 us of computing between operations.
 */
#ifndef WORKLOADS_WORKLOAD_H
#define WORKLOADS_WORKLOAD_H

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/bytes.h"
#include "base/rng.h"
#include "base/status.h"
#include "workloads/op.h"

/* How a strategy protects shared state: shards of it are numbered, and shard
 * @s is behind lock s & mask.  mask 0 is one lock for everything. */
struct guard {
	void (*lock)(void *self, unsigned index);
	void (*unlock)(void *self, unsigned index);
	void *self;
	unsigned mask;		/* a power of two less one */
};

/* Set by a strategy that wants a computing step back, e.g. CPython's eval
 * breaker.  All false and zero: never. */
struct breaker {
	atomic_bool asked;
	bool counts;		/* asked is always set, but the step is wanted
				 * back only when the ticks have run out: those
				 * who never count pay for one load, as before */
	int ticks;		/* left; written by whoever holds the lock */
};

/* A place in flight has its own descriptors, opened by setup: task after task
 * that takes the place uses them.  -1 when not open. */
struct channel {
	int in, out;		/* equal for a socket or a file */
};

struct task {
	const struct workload *workload;
	const uint64_t *param;	/* one value per entry of workload->params */
	uint64_t index;		/* which task, 0 <= index < tasks in the run */
	uint64_t tasks;		/* how many there are in the run */
	uint64_t units;		/* how many units it has to finish, >= 1 */
	uint64_t seed;		/* of the run; same for every strategy */
	uint64_t start_ns;	/* clock_ns() at which the pass began, the same
				 * for all: what is to happen when counts from it */
	void *shared;		/* shared_bytes, one per run, seen by all */
	void *local;		/* local_bytes, its own, zeroed at its start */
	const struct channel *channel;	/* of its place in flight */
	const struct guard *guard;	/* NULL: nothing to protect from */
	struct breaker *breaker;	/* never NULL */
	uint64_t unit_ns;	/* clock_ns() when the current unit began; a
				 * workload that knows better may set it */
	int64_t res;		/* of the op last asked for: bytes, fd, -errno */
	uint64_t result;	/* out: added up over all tasks */
	int pc;			/* where TASK_AWAIT resumes */
};

/*
 * A step is written as straight-line code between TASK_BEGIN and TASK_END;
 * TASK_AWAIT(t, op) returns op and resumes behind itself (after Duff, and
 * Dunkels' protothreads).  C locals do not survive it: keep state in t->local.
 * No TASK_AWAIT inside a switch, nor two on one line.
 */
#define TASK_BEGIN(t) switch ((t)->pc) { case 0:
#define TASK_AWAIT(t, ...) do {						\
		(t)->pc = __LINE__;					\
		return (__VA_ARGS__);					\
	case __LINE__:;							\
	} while (0)
#define TASK_END(t) } (t)->pc = -1; return op_done()

/* As TASK_AWAIT, and fail the task when the operation failed or moved fewer
 * than @n bytes. */
#define TASK_AWAIT_ALL(t, n, ...) do {					\
		TASK_AWAIT(t, __VA_ARGS__);				\
		if ((t)->res >= 0 && (t)->res != (int64_t)(n))		\
			(t)->res = -EIO;				\
		if ((t)->res < 0)					\
			return op_fail();				\
	} while (0)

static inline void task_lock(struct task *t, unsigned shard)
{
	if (t->guard)
		t->guard->lock(t->guard->self, shard & t->guard->mask);
}

static inline void task_unlock(struct task *t, unsigned shard)
{
	if (t->guard)
		t->guard->unlock(t->guard->self, shard & t->guard->mask);
}

/* Two shards at once, in the order of their locks, so that two tasks that want
 * the same two cannot deadlock; one lock is taken once. */
static inline void task_lock_pair(struct task *t, unsigned a, unsigned b)
{
	if (t->guard) {
		unsigned x = a & t->guard->mask, y = b & t->guard->mask;

		t->guard->lock(t->guard->self, x < y ? x : y);
		if (x != y)
			t->guard->lock(t->guard->self, x < y ? y : x);
	}
}

static inline void task_unlock_pair(struct task *t, unsigned a, unsigned b)
{
	if (t->guard) {
		unsigned x = a & t->guard->mask, y = b & t->guard->mask;

		t->guard->unlock(t->guard->self, x);
		if (x != y)
			t->guard->unlock(t->guard->self, y);
	}
}

/* True when the strategy wants the step back: return op_yield() then.  One
 * relaxed load, because only promptness is asked for, not order, and a branch
 * that is not taken when nobody asks. */
static inline bool task_tick(const struct task *t)
{
	struct breaker *b = t->breaker;

	if (__builtin_expect(!atomic_load_explicit(&b->asked, memory_order_relaxed), true))
		return false;
	return !b->counts || --b->ticks < 0;
}

/* The @i-th random number of unit @unit of this task, i < 2^16. */
static inline uint64_t task_random(const struct task *t, uint64_t unit, unsigned i)
{
	return rng_at(t->seed ^ rng_mix(t->index), unit << 16 | i);
}

enum { SERVER_LEN = 32 };

/* What one trial runs, as setup and teardown see it. */
struct run {
	const struct workload *workload;
	const uint64_t *param;
	uint64_t tasks, units;		/* units: of each task */
	uint64_t seed;
	unsigned workers;		/* tasks in flight, >= 1 */
	bool nonblock;			/* pipes, and sockets that listen, must be
					 * opened O_NONBLOCK */
	int server_cpu;			/* OS index for the server, or -1 */
	pid_t server;			/* the server, or 0 */
	int server_control;		/* closing it tells the embedded server to
					 * go; -1: TERM does, it is a real one */
	char server_name[SERVER_LEN];	/* that one and its version, or "" */
	struct channel *channel;	/* [workers], closed by the harness */
	void *shared;			/* shared_bytes, MAP_SHARED */
	struct trouble *trouble;
};

/* Record why a run cannot go on.  Always returns -1. */
int run_fail(struct run *r, enum status s, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* See that @n descriptors may be open at a time: the soft limit is raised when
 * the hard one allows.  0, or -1 having recorded what is needed. */
int run_descriptors(struct run *r, uint64_t n);

/* Keep idle cores from sleeping until this process ends (Linux PM QoS; the right to
 * write /dev/cpu_dma_latency).  0, or -1 having recorded why not: skipped. */
int run_awake(struct run *r);

/* Open a new, already unlinked file per worker, or one for all workers, of
 * @bytes (whole and in the page cache), into r->channel.  The folder is
 * TMPDIR or /tmp; @open_flags is 0 or O_APPEND.  0, or -1 having recorded why. */
enum files { FILES_PER_WORKER, FILES_ONE };
int run_files(struct run *r, enum files how, size_t bytes, int open_flags);

/* Where what is read from the files of run_files comes from: the page cache; the
 * disk, because they are dropped from it; the disk, past it (O_DIRECT).  Drops
 * them, and looks (mincore) whether they are gone.  0, or -1 having recorded why
 * the file system of TMPDIR cannot do that. */
enum cache { CACHE_HOT, CACHE_COLD, CACHE_DIRECT };
#define CACHE_WORDS "hot|cold|direct"
int run_uncache(struct run *r, enum cache how);

/* Byte @i of a file made by run_files: a function of its offset alone. */
static inline unsigned char file_byte(uint64_t i)
{
	return (unsigned char)(rng_mix(i >> 3) >> (i & 7) * 8);
}

enum bound { BOUND_CPU, BOUND_IO, BOUND_MEMORY, BOUND_MIXED };

struct param {
	const char *name;	/* NULL ends the table */
	uint64_t value;		/* default */
	uint64_t min, max;	/* inclusive */
	const char *unit;	/* "ns", "bytes", "" for a count; or the words
				 * that 0, 1, ... stand for, "inline|pool" */
	const char *help;	/* one line */
};

/* Numbers that a strategy, or a workload, counts beside what all have: each may
 * name this many. */
enum { COUNTERS = 8 };

struct workload {
	const char *name;
	const char *summary;		/* one line */
	const char *unit;		/* "request", "number", ... */
	enum bound bound;
	const char *in_flight;		/* of an I/O-bound one: the parameter that
					 * says how many units each worker has under
					 * way all the time; NULL: 1; "": not known,
					 * time passes between one and the next */
	const char *waits;		/* the parameter that says for how long a unit
					 * is waited for, ns; NULL: not known */
	const struct param *params;	/* NULL: none */
	size_t shared_bytes, local_bytes;
	unsigned needs;			/* 1 << op_kind, or'ed: those that wait */

	/* Once per trial, untimed: files, server, connections.  Optional.
	 * 0, or -1 after run_fail(). */
	int (*setup)(struct run *r);

	/* What setup leaves in this process, beside the run, for the steps to
	 * read: a worker that is a program of its own gets a copy.  Optional. */
	void *kept;
	size_t kept_bytes;

	/* Fill the shared state before each pass; it comes zeroed.  Optional. */
	void (*init)(void *shared, const uint64_t *param);

	/* Advance one task.  Never returns holding a shard. */
	struct op (*step)(struct task *t);

	/* What the tasks left in the shared state, as one number that does not
	 * depend on their order.  Optional. */
	uint64_t (*digest)(const void *shared, const uint64_t *param);

	/* Fold a private copy of the state, which began as init left it, into
	 * another.  NULL with shared_bytes > 0: cannot run under `pool`. */
	void (*merge)(void *into, const void *from, const uint64_t *param);

	/* What else the tasks left there, as the numbers named in counters
	 * (NULL-ended): "lost", "hits".  Optional. */
	const char *const *counters;
	void (*count)(const void *shared, const uint64_t *param, uint64_t out[COUNTERS]);

	/* NULL, or why it cannot run on this machine.  Optional. */
	const char *(*supported)(const uint64_t *param);
};

/* The table built from the files in this folder, ended by NULL. */
extern const struct workload *const workloads[];
const struct workload *workload_find(const char *name);

/* How many entries a table of parameters has; 0 for NULL. */
static inline size_t params_count(const struct param *p)
{
	size_t n = 0;

	while (p && p[n].name)
		n++;
	return n;
}

const char *bound_name(enum bound b);

#endif

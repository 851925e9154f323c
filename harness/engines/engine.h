/*
 * engine.h - how one operation is waited for.  Floor 2.
 *
 * Two shapes.  blocking_exec() lets the calling thread wait.  A loop engine
 * (poll, epoll, uring, libuv) starts operations and reports those that have
 * finished, so that one thread holds many.  Both count the system calls that
 * they make, and make none that an author by hand would not.
 */
#ifndef ENGINES_ENGINE_H
#define ENGINES_ENGINE_H

#include <sys/uio.h>

#include "workloads/workload.h"

/* Execute @op and return its result: bytes, descriptor, 0, or -errno.  Adds the
 * system calls made to *@syscalls.  Retries on EINTR. */
int64_t blocking_exec(const struct op *op, uint64_t *syscalls);

/* True of an operation whose result is a number of bytes: it may be a part. */
static inline bool op_moves_bytes(enum op_kind kind)
{
	return kind == OP_RECV || kind == OP_SEND || kind == OP_READ ||
	       kind == OP_WRITE || kind == OP_PREAD || kind == OP_PWRITE;
}

/* An operation in progress, embedded in whoever waits for it. */
struct wait {
	struct op op;
	int64_t res;		/* set when it has finished */
	size_t moved;		/* bytes so far, for OP_ALL; of OP_CONNECT 1
				 * while the kernel is at it */
	unsigned seat;		/* whose: what engine->memory numbered */
	unsigned place;		/* the engine's: of this wait in its table */
	struct wait *next;	/* the engine's: the next at its descriptor */
};

/* What the tries of one readiness engine share. */
struct tries {
	uint64_t *syscalls;
	bool exhaust;		/* a short transfer is tried again: who hears of
				 * an edge only once must have seen EAGAIN */
};

/* One try at @w's op that must not block: true when it has finished.  What a
 * readiness engine does when a descriptor is ready.  A socket that connects
 * becomes O_NONBLOCK; what cannot be asked not to wait call by call, a pipe or a
 * socket that listens, was opened so. */
bool wait_try(struct wait *w, struct tries *t);

/* True when @op waits for room to write, not for something to read. */
bool wait_out(const struct op *op);

/* True when there is no point in a try before the descriptor is ready. */
bool wait_first(const struct op *op);

/* Who waits at one descriptor for one direction, in order of arrival: a ring,
 * of which the last is known.  NULL: nobody. */
static inline void waits_push(struct wait **last, struct wait *w)
{
	w->next = *last ? (*last)->next : w;
	if (*last)
		(*last)->next = w;
	*last = w;
}

static inline struct wait *waits_first(struct wait *last)
{
	return last ? last->next : NULL;
}

static inline void waits_pop(struct wait **last)
{
	struct wait *first = (*last)->next;

	(*last)->next = first->next;
	if (first == *last)
		*last = NULL;
}

/* Try them in turn until one must wait on; put who has finished into @ready.
 * Returns how many. */
int waits_drain(struct wait **last, struct tries *t, struct wait **ready);

/*
 * An engine for loops.  A descriptor may be closed while no operation on it is
 * in progress; its number comes back through OP_ACCEPT or OP_CONNECT.
 */
struct engine {
	const char *name;
	const char *missing;	/* why it is not in this build, or NULL */
	bool nonblock;		/* wants pipes, and sockets that listen, opened
				 * O_NONBLOCK */
	unsigned options;	/* numbers that open is given */

	/* State for at most @seats operations at a time, or NULL, errno set;
	 * see engine_forbidden(). */
	void *(*open)(unsigned seats, const uint64_t *option, uint64_t *syscalls);

	/* Where seat i keeps its buffers, for all i < @n, once and before the
	 * first start; 0 or -errno.  Optional. */
	int (*memory)(void *state, const struct iovec *seat, unsigned n);

	/* What is really at work, "uring-coop"; NULL: name. */
	const char *(*mode)(const void *state);

	/* Start @w->op, which is not OP_SLEEP: 1 when it has finished already,
	 * 0 when poll will report it. */
	int (*start)(void *state, struct wait *w);

	/* Wait until an operation finishes or clock_ns() reaches @until (0: do
	 * not wait, UINT64_MAX: for ever); put the finished ones into @ready,
	 * which has room for all seats.  Returns how many, perhaps 0 before
	 * @until when there is only a part, or -errno. */
	int (*poll)(void *state, uint64_t until, struct wait **ready);

	/* Give up what is in progress: afterwards nothing touches a buffer.
	 * Its system calls are not counted. */
	void (*close)(void *state);
};

/* True when @err, of open or memory, says that this kernel forbids the engine. */
static inline bool engine_forbidden(int err)
{
	return err == ENOSYS || err == EPERM || err == EACCES || err == EOPNOTSUPP;
}

extern const struct engine engine_poll, engine_epoll, engine_uring, engine_libuv;

/* engine_epoll's option: how a loop uses epoll.  What each costs is the point;
 * `level` is the one to use. */
enum { EPOLL_STYLE };
enum epoll_style {
	EPOLL_LEVEL,		/* registered once, wait first, EPOLLOUT only
				 * while a socket is full */
	EPOLL_REARM,		/* one-shot, armed again for every wait */
	EPOLL_EDGE,		/* registered once for edges: try, then wait */
	EPOLL_SPECULATIVE,	/* level, but always try before waiting */
	EPOLL_TOGGLE_OUT,	/* ask for EPOLLOUT before every send, as wrk */
};
#define EPOLL_STYLES "level|rearm|edge|speculative|toggle-out"

/* engine_uring's options. */
enum { URING_FLAGS, URING_BUFFERS };
enum uring_flags {
	URING_COOP,		/* SINGLE_ISSUER, COOP_TASKRUN */
	URING_DEFER,		/* SINGLE_ISSUER, DEFER_TASKRUN */
	URING_NONE,		/* what a ring does by default */
};
#define URING_FLAG_WORDS "coop|defer|none"
enum uring_buffers {
	URING_PLAIN,
	URING_REGISTERED,	/* mapped once, for OP_READ, OP_PREAD and so on */
};
#define URING_BUFFER_WORDS "plain|registered"

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

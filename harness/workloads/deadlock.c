/*
 * deadlock - tasks that can end up waiting for one another for ever, each kind in
 * the way it is known from: "a deadlock needs more than one lock", say the notes.
 *
 *	relock	a lock is taken by who holds it: one lock, one thread
 *	abba	two locks, taken in opposite orders
 *	user	likewise, but the locks are the program's own, as threading.Lock is:
 *		who waits for one has let go of the strategy's
 *	join	a task waits, with the lock, for the one before it, which needs it
 *	pipes	more is written to another process than pipes hold, before its
 *		answers are read: no lock at all, also in one thread
 *	fork	a process is made while another thread has the lock, and wants
 *		it: in its copy of the lock that thread will never release it.
 *		Locks that processes share, as of `fine`, are no copies
 *
 * A strategy without locks has nothing to deadlock on but pipes and the program's
 * own locks; `none` takes each lock once, in order.  Where it does end, the results
 * are the same.  Two rules of workloads are broken, on purpose: see below.
 */
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "workloads/events.h"
#include "workloads/serve.h"

enum kind { NONE, RELOCK, ABBA, JOIN, PIPES, FORK, USER };
enum { KIND };
static const struct param params[] = {
	[KIND] = { "kind", NONE, NONE, USER, "none|relock|abba|join|pipes|fork|user",
		   "how to deadlock" },
	{ .name = NULL }
};

enum {
	WORK = 3000,		/* rounds under the lock: some 10 us */
	PATIENCE = 200000,	/* looks whether the other lock is taken: longer
				 * than it takes to wake who waits for it */
	FORK_PATIENCE = 20 * PATIENCE,	/* likewise, than to make a process */
	BYTES = 4096,
	REQUESTS = 256,		/* a MiB: a pipe holds 64 KiB */
	PAUSE_NS = 2000000,	/* with one own lock: the other task takes its first */
};

struct shared {
	_Alignas(128) uint64_t value[2];	/* behind locks 0 and 1 */
	_Alignas(128) atomic_uint sides;	/* handed out */
	_Alignas(128) atomic_uint taken[2];	/* abba: by how many as their first;
						 * fork: who has it, who forked */
};

struct local {
	uint64_t unit, sum, i, token;
	unsigned char buf[BYTES];
};

/* `join`: of each task, it has finished.  `user`: the two locks, 1 while free. */
static int *event;

static int deadlock_setup(struct run *r)
{
	const struct service s = { .how = TRANSPORT_PIPE, .bytes = BYTES, .window = 1 };

	switch ((enum kind)r->param[KIND]) {
	case JOIN:
		return events_open(r, &event, r->tasks, 0, 0);
	case USER:
		return events_open(r, &event, 2, 1, EFD_SEMAPHORE);
	case PIPES:
		return run_serve(r, &s);
	default:
		return 0;
	}
}

static void deadlock_work(struct local *l, uint64_t *value)
{
	for (unsigned i = 0; i < WORK; i++)
		l->sum = rng_mix(l->sum + i);
	++*value;
	__asm__ volatile("" : "+m"(*value));
}

/* relaxed here and below: it is only looked at */
static void deadlock_say(struct shared *s, unsigned side, bool on)
{
	atomic_fetch_add_explicit(&s->taken[side], on ? 1 : -1u, memory_order_relaxed);
}

/* For a while, until somebody has said so of @side. */
static void deadlock_meet(struct shared *s, unsigned side, unsigned looks)
{
	while (!atomic_load_explicit(&s->taken[side], memory_order_relaxed) && looks--)
		;
}

/* Which of two parts to play: those who come play them in turn. */
static unsigned deadlock_side(struct shared *s)
{
	return atomic_fetch_add_explicit(&s->sides, 1, memory_order_relaxed) % 2;
}

/* Both locks, whichever comes first to us; one where both shards are behind it. */
static void deadlock_abba(struct task *t, struct local *l)
{
	struct shared *s = t->shared;
	unsigned a = deadlock_side(s);
	bool one = t->guard && !t->guard->mask;

	task_lock(t, a);
	deadlock_say(s, a, true);
	if (!one) {
		deadlock_meet(s, !a, PATIENCE);
		task_lock(t, !a);
	}
	deadlock_work(l, &s->value[0]);
	s->value[1]++;
	if (!one)
		task_unlock(t, !a);
	deadlock_say(s, a, false);
	task_unlock(t, a);
}

static void deadlock_hold(struct task *t)
{
	struct shared *s = t->shared;

	task_lock(t, 0);
	deadlock_say(s, 0, true);
	deadlock_meet(s, 1, FORK_PATIENCE);
	deadlock_say(s, 0, false);
	task_unlock(t, 0);
}

/* The rule that a step does not block is broken here, as by those who call
 * subprocess.run() in a thread. */
static void deadlock_fork(struct task *t)
{
	struct shared *s = t->shared;
	pid_t pid;

	deadlock_meet(s, 0, PATIENCE);
	pid = fork();
	if (!pid) {
		task_lock(t, 0);
		task_unlock(t, 0);
		_exit(0);
	}
	deadlock_say(s, 1, true);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	deadlock_say(s, 1, false);
}

static void deadlock_unit(struct task *t, struct local *l)
{
	struct shared *s = t->shared;
	bool twice = t->param[KIND] == RELOCK;

	if (t->param[KIND] == ABBA) {
		deadlock_abba(t, l);
		return;
	}
	if (t->param[KIND] == FORK)
		(deadlock_side(s) ? deadlock_fork : deadlock_hold)(t);
	task_lock(t, 0);
	if (twice)
		task_lock(t, 0);
	deadlock_work(l, &s->value[0]);
	if (twice)
		task_unlock(t, 0);
	task_unlock(t, 0);
	task_lock(t, 1);
	s->value[1]++;
	task_unlock(t, 1);
}

/* The rule that no step returns with a shard is broken here, on purpose: whoever
 * waits for a thread with a lock in hand does just that. */
static struct op deadlock_join_step(struct task *t)
{
	struct local *l = t->local;

	TASK_BEGIN(t);
	if (t->index) {
		task_lock(t, 0);
		TASK_AWAIT_ALL(t, sizeof l->token, event_take(event[t->index - 1], &l->token));
		task_unlock(t, 0);
	}
	for (; l->unit < t->units; l->unit++) {
		deadlock_unit(t, l);
		TASK_AWAIT(t, op_units(1));
	}
	l->token = 1;
	TASK_AWAIT_ALL(t, sizeof l->token, event_give(event[t->index], &l->token));
	t->result = rng_mix(l->sum + t->index);
	TASK_END(t);
}

/* As `abba`; an own lock is taken by reading its 1, and given back by writing it. */
static struct op deadlock_user_step(struct task *t)
{
	struct local *l = t->local;
	struct shared *s = t->shared;

	TASK_BEGIN(t);
	for (; l->unit < t->units; l->unit++) {
		l->i = deadlock_side(s);
		TASK_AWAIT_ALL(t, sizeof l->token, event_take(event[l->i], &l->token));
		TASK_AWAIT(t, op_sleep_until(t->unit_ns + PAUSE_NS));
		TASK_AWAIT_ALL(t, sizeof l->token, event_take(event[!l->i], &l->token));
		deadlock_work(l, &s->value[0]);
		s->value[1]++;
		TASK_AWAIT_ALL(t, sizeof l->token, event_give(event[!l->i], &l->token));
		TASK_AWAIT_ALL(t, sizeof l->token, event_give(event[l->i], &l->token));
		TASK_AWAIT(t, op_units(1));
	}
	t->result = rng_mix(l->sum + t->index);
	TASK_END(t);
}

static struct op deadlock_pipes_step(struct task *t)
{
	struct local *l = t->local;

	TASK_BEGIN(t);
	for (; l->unit < t->units; l->unit++) {
		for (l->i = 0; l->i < REQUESTS; l->i++)
			TASK_AWAIT_ALL(t, BYTES, op_write(t->channel->out, l->buf, BYTES));
		for (l->i = 0; l->i < REQUESTS; l->i++)
			TASK_AWAIT_ALL(t, BYTES, op_read(t->channel->in, l->buf, BYTES,
							 OP_ALL));
		TASK_AWAIT(t, op_units(1));
	}
	t->result = rng_mix(t->index);
	TASK_END(t);
}

static struct op deadlock_locks_step(struct task *t)
{
	struct local *l = t->local;

	TASK_BEGIN(t);
	for (; l->unit < t->units; l->unit++) {
		deadlock_unit(t, l);
		TASK_AWAIT(t, op_units(1));
	}
	t->result = rng_mix(l->sum + t->index);
	TASK_END(t);
}

static struct op deadlock_step(struct task *t)
{
	switch ((enum kind)t->param[KIND]) {
	case JOIN:
		return deadlock_join_step(t);
	case PIPES:
		return deadlock_pipes_step(t);
	case USER:
		return deadlock_user_step(t);
	default:
		return deadlock_locks_step(t);
	}
}

static uint64_t deadlock_digest(const void *shared, const uint64_t *param)
{
	const struct shared *s = shared;

	(void)param;
	return s->value[0] * rng_mix(0) + s->value[1] * rng_mix(1);
}

const struct workload workload_deadlock = {
	.name = "deadlock",
	.summary = "tasks that may wait for one another for ever",
	.unit = "batch",
	.bound = BOUND_CPU,
	.params = params,
	.shared_bytes = sizeof(struct shared),
	.local_bytes = sizeof(struct local),
	.needs = 1 << OP_READ | 1 << OP_WRITE | 1 << OP_SLEEP,
	.setup = deadlock_setup,
	.step = deadlock_step,
	.digest = deadlock_digest,
};

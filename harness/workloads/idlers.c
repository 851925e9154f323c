/*
 * idlers - one connection that asks, among many on which nothing happens: what a
 * call pays for each descriptor that it is handed, ready or not.  Task 0 makes all
 * the round trips and is all the units; the others wait for an answer to nothing
 * they asked.  In the end task 0 asks on their behalf, on their connections, so
 * each is woken by the one answer that it takes: nothing is left for the next pass.
 *
 * Who was waiting by then depends on the strategy, so those operations are not
 * part of the stream that must be the same everywhere.
 */
#include <errno.h>
#include <string.h>

#include "workloads/serve.h"

enum { BYTES };
enum { BYTES_MAX = 4096, IDLERS_MAX = 16384 };	/* as many as there can be workers */
static const struct param params[] = {
	[BYTES] = { "bytes", 64, 1, BYTES_MAX, "bytes", "request, and answer" },
	{ .name = NULL }
};

/* Behind shard 0.  When it is over nobody is added. */
struct shared {
	bool over;
	unsigned idlers;
	int fd[IDLERS_MAX];	/* of those who wait */
};

struct local {
	uint64_t unit, sum;
	unsigned woken;
	unsigned char out[BYTES_MAX], in[BYTES_MAX];
};

static int idlers_setup(struct run *r)
{
	return run_serve(r, &(struct service){ .bytes = r->param[BYTES], .window = 1 });
}

/* True when the task is to wait. */
static bool idlers_join(struct task *t)
{
	struct shared *s = t->shared;
	bool waits;

	task_lock(t, 0);
	waits = !s->over;
	if (waits)
		s->fd[s->idlers++] = t->channel->in;
	task_unlock(t, 0);
	return waits;
}

static void idlers_end(struct task *t)
{
	struct shared *s = t->shared;

	task_lock(t, 0);
	s->over = true;
	task_unlock(t, 0);
}

static void idlers_ask(const struct task *t, struct local *l)
{
	uint64_t r = task_random(t, l->unit, 0);

	bytes_fill(l->out, t->param[BYTES], r);
	l->sum += r;
}

/* False when what came is not what task 0 sent. */
static bool idlers_check(struct task *t, const struct local *l)
{
	if (!memcmp(l->in, l->out, t->param[BYTES]))
		return true;
	t->res = -EBADMSG;
	return false;
}

static struct op idlers_step(struct task *t)
{
	struct local *l = t->local;
	struct shared *s = t->shared;
	size_t n = t->param[BYTES];

	TASK_BEGIN(t);
	for (; t->index == 0 && l->unit < t->units; l->unit++) {
		idlers_ask(t, l);
		TASK_AWAIT_ALL(t, n, op_send(t->channel->out, l->out, n));
		TASK_AWAIT_ALL(t, n, op_recv(t->channel->in, l->in, n,
					     OP_ALL | OP_WAITFIRST));
		if (!idlers_check(t, l))
			return op_fail();
		TASK_AWAIT(t, op_units(1));
	}
	bytes_fill(l->out, n, t->seed);
	if (t->index == 0)
		idlers_end(t);
	for (; t->index == 0 && l->woken < s->idlers; l->woken++)
		TASK_AWAIT_ALL(t, n, op_by_chance(op_send(s->fd[l->woken], l->out, n)));
	if (t->index > 0 && idlers_join(t)) {
		TASK_AWAIT_ALL(t, n, op_by_chance(op_recv(t->channel->in, l->in, n,
							  OP_ALL | OP_WAITFIRST)));
		if (!idlers_check(t, l))
			return op_fail();
	}
	t->result = l->sum + task_random(t, 0, 1);
	TASK_END(t);
}

/* All were told. */
static uint64_t idlers_digest(const void *shared, const uint64_t *param)
{
	(void)param;
	return ((const struct shared *)shared)->over;
}

const struct workload workload_idlers = {
	.name = "idlers",
	.summary = "one connection that asks among idle ones",
	.unit = "request",
	.bound = BOUND_IO,
	.in_flight = "",
	.params = params,
	.shared_bytes = sizeof(struct shared),
	.local_bytes = sizeof(struct local),
	.needs = 1 << OP_SEND | 1 << OP_RECV,
	.setup = idlers_setup,
	.step = idlers_step,
	.digest = idlers_digest,
};

/*
 * relay - we are the server.  A place in flight is a connection that a client
 * in another process made to us; a task receives its requests, asks a backend,
 * perhaps computes, and replies.  Strategies are compared as what they are when
 * they serve: a thread or a process per connection, or loops.
 *
 * The client asks again when it has our reply, right or not: it hangs up on a
 * wrong one.  Latency is from its sending to our having replied, so that a
 * request which waited in the socket until somebody had time is late.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "workloads/burn.h"
#include "workloads/serve.h"

enum { BACKEND, DELAY, BYTES, WORK, ACCEPT };
enum { BYTES_MAX = 4096, BYTES_MIN = sizeof(struct question) };
static const struct param params[] = {
	[BACKEND] = { "backend", 1, 0, 1, "", "1: ask another server; 0: reply at once" },
	[DELAY] = { "delay", 0, 0, 10000000000, "ns", "until the backend answers" },
	[BYTES] = { "bytes", 64, BYTES_MIN, BYTES_MAX, "bytes", "request, and reply" },
	[WORK] = { "work", 0, 0, 1000000, "ticks", "compute before replying; 6 ns each" },
	[ACCEPT] = { "accept", 0, 0, 1, "",
		     "0: connections stay; 1: a task accepts one, and hangs up at its end" },
	{ .name = NULL }
};

struct local {
	int fd;			/* of the client */
	uint64_t unit, tick;
	uint64_t sum, x;
	struct question asked;
	unsigned char in[BYTES_MAX], out[BYTES_MAX];
};

static int relay_setup(struct run *r)
{
	return run_serve(r, &(struct service){
		.bytes = r->param[BYTES],
		.window = 1,
		.delay_ns = r->param[DELAY],
		.clients = true,
		.backend = r->param[BACKEND],
		.accept = r->param[ACCEPT],
	});
}

/* The last to use it hangs up. */
static void relay_leave(const struct task *t, const struct local *l)
{
	if (t->param[ACCEPT] && l->fd >= 0)
		close(l->fd);
}

/* As t->res is: not all of @n bytes moved, when it is none of an error. */
static bool relay_moved(struct task *t, size_t n)
{
	if (t->res >= 0 && t->res != (int64_t)n)
		t->res = -EIO;
	return t->res >= 0;
}

/* True when a whole question is in. */
static bool relay_asked(struct task *t, struct local *l)
{
	size_t head = sizeof l->asked;	/* the pattern goes on behind it, as if from 0 */

	memcpy(&l->asked, l->in, head);
	/* one that waited since before the pass is not late for that */
	t->unit_ns = l->asked.sent_ns > t->start_ns ? l->asked.sent_ns : t->start_ns;
	if (bytes_filled(l->in + head, t->param[BYTES] - head, l->asked.nonce))
		return true;
	t->res = -EBADMSG;
	return false;
}

static bool relay_answered(struct task *t, const struct local *l)
{
	if (!memcmp(l->in, l->out, t->param[BYTES]))
		return true;
	t->res = -EBADMSG;
	return false;
}

static void relay_tick(struct local *l)
{
	l->x = burn_tick(l->x ^ l->tick);
}

/* What the client asked depends on the order of tasks on its connection, and is
 * checked; what is summed up does not. */
static void relay_reply(const struct task *t, struct local *l)
{
	l->asked.nonce = rng_mix(l->asked.nonce);
	memcpy(l->in, &l->asked, sizeof l->asked);
	l->sum += task_random(t, l->unit, 0) + l->x;
}

static struct op relay_step(struct task *t)
{
	struct local *l = t->local;
	size_t n = t->param[BYTES];

	TASK_BEGIN(t);
	l->fd = t->channel->in;
	if (t->param[ACCEPT]) {
		TASK_AWAIT(t, (struct op){ .kind = OP_ACCEPT, .fd = t->channel->in });
		l->fd = (int)t->res;
	}
	for (; l->unit < t->units && l->fd >= 0; l->unit++) {
		TASK_AWAIT(t, op_recv(l->fd, l->in, n, OP_ALL));
		if (!relay_moved(t, n) || !relay_asked(t, l))
			goto fail;
		if (t->param[BACKEND]) {
			TASK_AWAIT(t, op_send(t->channel->out, l->in, n));
			if (!relay_moved(t, n))
				goto fail;
			TASK_AWAIT(t, op_recv(t->channel->out, l->out, n,
					      OP_ALL | OP_WAITFIRST));
			if (!relay_moved(t, n) || !relay_answered(t, l))
				goto fail;
		}
		for (l->tick = 0; l->tick < t->param[WORK]; l->tick++) {
			relay_tick(l);
			if (task_tick(t))
				TASK_AWAIT(t, op_yield());
		}
		relay_reply(t, l);
		TASK_AWAIT(t, op_send(l->fd, l->in, n));
		if (!relay_moved(t, n))
			goto fail;
		TASK_AWAIT(t, op_units(1));
	}
	if (l->fd < 0)
		goto fail;
	relay_leave(t, l);
	t->result = l->sum;
	TASK_END(t);
fail:
	relay_leave(t, l);
	return op_fail();
}

const struct workload workload_relay = {
	.name = "relay",
	.summary = "serve clients by asking a backend",
	.unit = "request",
	.bound = BOUND_IO,
	.in_flight = "",
	.params = params,
	.local_bytes = sizeof(struct local),
	.needs = 1 << OP_SEND | 1 << OP_RECV,	/* and OP_ACCEPT, if so asked */
	.setup = relay_setup,
	.step = relay_step,
};

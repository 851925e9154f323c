/*
 * echo - send a request over TCP and wait for its answer, which comes at once
 * and is what was sent.
 */
#include <errno.h>
#include <string.h>

#include "workloads/workload.h"

enum { BYTES };
enum { BYTES_MAX = 16384 };
static const struct param params[] = {
	[BYTES] = { "bytes", 64, 1, BYTES_MAX, "bytes", "request, and answer" },
	{ .name = NULL }
};

struct local {
	uint64_t unit, sum;
	unsigned char out[BYTES_MAX], in[BYTES_MAX];
};

static int echo_setup(struct run *r)
{
	return run_serve(r, TRANSPORT_TCP, r->param[BYTES], 0);
}

static void echo_ask(const struct task *t, struct local *l)
{
	uint64_t r = task_random(t, l->unit, 0);

	for (uint64_t i = 0; i < t->param[BYTES]; i++)
		l->out[i] = (unsigned char)(r >> (i & 7) * 8);
	l->sum += r;
}

static struct op echo_step(struct task *t)
{
	struct local *l = t->local;
	size_t n = t->param[BYTES];

	TASK_BEGIN(t);
	for (; l->unit < t->units; l->unit++) {
		echo_ask(t, l);
		TASK_AWAIT_ALL(t, n, op_send(t->channel->out, l->out, n));
		TASK_AWAIT_ALL(t, n, op_recv(t->channel->in, l->in, n,
					     OP_ALL | OP_WAITFIRST));
		if (memcmp(l->in, l->out, n)) {
			t->res = -EBADMSG;
			return op_fail();
		}
		TASK_AWAIT(t, op_units(1));
	}
	t->result = l->sum;
	TASK_END(t);
}

const struct workload workload_echo = {
	.name = "echo",
	.summary = "request and answer over TCP",
	.unit = "request",
	.bound = BOUND_IO,
	.params = params,
	.local_bytes = sizeof(struct local),
	.needs = 1 << OP_SEND | 1 << OP_RECV,
	.setup = echo_setup,
	.step = echo_step,
};

/*
 * pipe - ping-pong with another process over two pipes: the cheapest wait for
 * somebody else that there is.
 */
#include <errno.h>
#include <string.h>

#include "workloads/serve.h"

enum { BYTES };
enum { BYTES_MAX = 4096 };
static const struct param params[] = {
	[BYTES] = { "bytes", 64, 1, BYTES_MAX, "bytes", "there, and back again" },
	{ .name = NULL }
};

struct local {
	uint64_t unit, sum;
	unsigned char out[BYTES_MAX], in[BYTES_MAX];
};

static int pipe_setup(struct run *r)
{
	return run_serve(r, &(struct service){
		.how = TRANSPORT_PIPE, .bytes = r->param[BYTES], .window = 1,
	});
}

static void pipe_ask(const struct task *t, struct local *l)
{
	uint64_t r = task_random(t, l->unit, 0);

	bytes_fill(l->out, t->param[BYTES], r);
	l->sum += r;
}

static struct op pipe_step(struct task *t)
{
	struct local *l = t->local;
	size_t n = t->param[BYTES];

	TASK_BEGIN(t);
	for (; l->unit < t->units; l->unit++) {
		pipe_ask(t, l);
		TASK_AWAIT_ALL(t, n, op_write(t->channel->out, l->out, n));
		TASK_AWAIT_ALL(t, n, op_read(t->channel->in, l->in, n,
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

const struct workload workload_pipe = {
	.name = "pipe",
	.summary = "ping-pong over a pair of pipes",
	.unit = "round-trip",
	.bound = BOUND_IO,
	.params = params,
	.local_bytes = sizeof(struct local),
	.needs = 1 << OP_READ | 1 << OP_WRITE,
	.setup = pipe_setup,
	.step = pipe_step,
};

/*
 * echo - send a request and wait for its answer, which comes at once and is what
 * was sent.  With a window, a connection has several requests under way: for
 * each answer that comes, the next request goes.
 */
#include <errno.h>
#include <string.h>

#include "workloads/serve.h"

enum { BYTES, WINDOW, TRANSPORT, NODELAY };
enum { BYTES_MAX = 16384, WINDOW_MAX = 64 };
static const struct param params[] = {
	[BYTES] = { "bytes", 64, 1, BYTES_MAX, "bytes", "request, and answer" },
	[WINDOW] = { "window", 1, 1, WINDOW_MAX, "",
		     "requests under way on a connection; latency is of each" },
	[TRANSPORT] = { "transport", TRANSPORT_TCP, 0, TRANSPORT_UNIX, "tcp|unix",
			"kind of socket" },
	[NODELAY] = { "nodelay", 1, 0, 1, "", "0: TCP may hold back what is small" },
	{ .name = NULL }
};

struct local {
	uint64_t asked, unit;	/* sent, and answered */
	uint64_t sum;
	uint64_t sent_ns[WINDOW_MAX];	/* of those under way */
	unsigned char out[BYTES_MAX], in[BYTES_MAX];
};

static int echo_setup(struct run *r)
{
	return run_serve(r, &(struct service){
		.how = (enum transport)r->param[TRANSPORT],
		.bytes = r->param[BYTES],
		.window = (unsigned)r->param[WINDOW],
		.nagle = !r->param[NODELAY],
	});
}

static uint64_t echo_fill(const struct task *t, struct local *l, uint64_t unit)
{
	uint64_t r = task_random(t, unit, 0);

	bytes_fill(l->out, t->param[BYTES], r);
	return r;
}

static void echo_ask(const struct task *t, struct local *l)
{
	l->sum += echo_fill(t, l, l->asked);
	/* the clock as it was when the last unit ended: now */
	l->sent_ns[l->asked++ % WINDOW_MAX] = t->unit_ns;
}

/* True when the answer is the one to the oldest request under way. */
static bool echo_check(struct task *t, struct local *l)
{
	size_t n = t->param[BYTES];

	if (t->param[WINDOW] > 1)	/* out holds another request */
		echo_fill(t, l, l->unit);
	if (memcmp(l->in, l->out, n))
		return false;
	t->unit_ns = l->sent_ns[l->unit++ % WINDOW_MAX];
	return true;
}

static struct op echo_step(struct task *t)
{
	struct local *l = t->local;
	size_t n = t->param[BYTES];
	uint64_t window = t->param[WINDOW];

	TASK_BEGIN(t);
	while (l->unit < t->units) {
		while (l->asked < t->units && l->asked < l->unit + window) {
			echo_ask(t, l);
			TASK_AWAIT_ALL(t, n, op_send(t->channel->out, l->out, n));
		}
		TASK_AWAIT_ALL(t, n, op_recv(t->channel->in, l->in, n,
					     window > 1 ? OP_ALL : OP_ALL | OP_WAITFIRST));
		if (!echo_check(t, l)) {
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
	.summary = "request and answer over a socket",
	.unit = "request",
	.bound = BOUND_IO,
	.in_flight = "window",
	.params = params,
	.local_bytes = sizeof(struct local),
	.needs = 1 << OP_SEND | 1 << OP_RECV,
	.setup = echo_setup,
	.step = echo_step,
};

/* delay - a request that is answered only after a while, as by a far server,
 * and perhaps some computing with the answer: the download of every tutorial
 * on concurrency, without the network. */
#include <errno.h>
#include <string.h>

#include "workloads/workload.h"

enum { DELAY, BYTES, WORK };
enum { BYTES_MAX = 4096 };
static const struct param params[] = {
	[DELAY] = { "delay", 1000000, 0, 10000000000, "ns", "request to answer" },
	[BYTES] = { "bytes", 64, 1, BYTES_MAX, "bytes", "request, and answer" },
	[WORK] = { "work", 0, 0, 1000000, "ticks", "then compute; about 6 ns each" },
	{ .name = NULL }
};

struct local {
	uint64_t unit, tick;
	uint64_t x;		/* what the answers and the ticks make */
	unsigned char out[BYTES_MAX], in[BYTES_MAX];
};

static int delay_setup(struct run *r)
{
	return run_serve(r, TRANSPORT_TCP, r->param[BYTES], r->param[DELAY]);
}

static void delay_ask(const struct task *t, struct local *l)
{
	uint64_t r = task_random(t, l->unit, 0);

	for (uint64_t i = 0; i < t->param[BYTES]; i++)
		l->out[i] = (unsigned char)(r >> (i & 7) * 8);
	l->x += r;
}

static void delay_tick(struct local *l)
{
	uint64_t x = l->x ^ l->tick;

	for (unsigned i = 0; i < 6; i++) {	/* as countdown's */
		x += 0x9e3779b97f4a7c15u;
		x ^= x >> 29;
	}
	l->x = x;
}

static struct op delay_step(struct task *t)
{
	struct local *l = t->local;
	size_t n = t->param[BYTES];

	TASK_BEGIN(t);
	for (; l->unit < t->units; l->unit++) {
		delay_ask(t, l);
		TASK_AWAIT_ALL(t, n, op_send(t->channel->out, l->out, n));
		TASK_AWAIT_ALL(t, n, op_recv(t->channel->in, l->in, n,
					     OP_ALL | OP_WAITFIRST));
		if (memcmp(l->in, l->out, n)) {
			t->res = -EBADMSG;
			return op_fail();
		}
		for (l->tick = 0; l->tick < t->param[WORK]; l->tick++) {
			delay_tick(l);
			if (task_tick(t))
				TASK_AWAIT(t, op_yield());
		}
		TASK_AWAIT(t, op_units(1));
	}
	t->result = l->x;
	TASK_END(t);
}

const struct workload workload_delay = {
	.name = "delay",
	.summary = "requests to a server that answers late",
	.unit = "request",
	.bound = BOUND_IO,
	.params = params,
	.local_bytes = sizeof(struct local),
	.needs = 1 << OP_SEND | 1 << OP_RECV,
	.setup = delay_setup,
	.step = delay_step,
};

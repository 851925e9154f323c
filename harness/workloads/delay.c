/*
 * delay - a request that is answered only after a while, as by a far server,
 * and perhaps some computing with the answer: the download of every tutorial
 * on concurrency, without the network.
 */
#include <errno.h>
#include <string.h>

#include "workloads/burn.h"
#include "workloads/serve.h"

enum { DELAY, BYTES, WORK, LAW, TRANSPORT, RATE, ARRIVALS, STALL, EVERY };
enum { BYTES_MAX = 4096 };
static const struct param params[] = {
	[DELAY] = { "delay", 1000000, 0, 10000000000, "ns", "request to answer" },
	[BYTES] = { "bytes", 64, 1, BYTES_MAX, "bytes", "request, and answer" },
	[WORK] = { "work", 0, 0, 1000000, "ticks", "then compute; about 6 ns each" },
	[LAW] = { "law", LAW_FIXED, 0, LAW_TAIL, LAW_WORDS,
		  "how delays are distributed; tail: 1 % last 50 times as long" },
	[TRANSPORT] = { "transport", TRANSPORT_TCP, 0, TRANSPORT_UNIX, "tcp|unix",
			"kind of socket" },
	OPEN_LOOP_ROWS(RATE),
	[STALL] = { "stall", 0, 0, 10000000000, "ns", "now and then the server stops so long" },
	[EVERY] = { "every", 1000, 1, 1000000000, "", "requests between two stops" },
	{ .name = NULL }
};

struct local {
	uint64_t unit, tick;
	uint64_t due_ns;	/* when this unit is to start, after the pass */
	uint64_t x;		/* what the answers and the ticks make */
	unsigned char out[BYTES_MAX], in[BYTES_MAX];
};

/* A request that says its delay has room for it. */
static size_t delay_bytes(const uint64_t *param)
{
	size_t least = param[LAW] == LAW_FIXED ? 1 : sizeof(uint64_t);

	return param[BYTES] < least ? least : param[BYTES];
}

static int delay_setup(struct run *r)
{
	if (open_loop_setup(r, RATE) < 0)
		return -1;
	return run_serve(r, &(struct service){
		.how = (enum transport)r->param[TRANSPORT],
		.bytes = delay_bytes(r->param),
		.window = 1,
		.told = r->param[LAW] != LAW_FIXED,
		.delay_ns = r->param[DELAY],
		.stall_ns = r->param[STALL],
		.stall_every = r->param[STALL] ? r->param[EVERY] : 0,
	});
}

static void delay_ask(const struct task *t, struct local *l)
{
	uint64_t r = task_random(t, l->unit, 0), ns;
	enum law law = (enum law)t->param[LAW];

	bytes_fill(l->out, t->param[BYTES], r);
	if (law != LAW_FIXED) {
		ns = law_ns(law, t->param[DELAY], task_random(t, l->unit, 1));
		memcpy(l->out, &ns, sizeof ns);
	}
	l->x += r;
}

static void delay_tick(struct local *l)
{
	l->x = burn_tick(l->x ^ l->tick);
}

static struct op delay_step(struct task *t)
{
	struct local *l = t->local;
	size_t n = delay_bytes(t->param);

	TASK_BEGIN(t);
	for (; l->unit < t->units; l->unit++) {
		if (t->param[RATE])
			TASK_AWAIT_ALL(t, 0, open_loop_await(t, RATE, l->unit, &l->due_ns));
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
	.waits = "delay",
	.params = params,
	.local_bytes = sizeof(struct local),
	.needs = 1 << OP_SEND | 1 << OP_RECV,	/* and OP_SLEEP with a rate */
	.setup = delay_setup,
	.step = delay_step,
};

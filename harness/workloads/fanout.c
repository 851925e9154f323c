/*
 * fanout - ask many at once and wait for all of them, as asyncio.gather() does:
 * one unit is a bundle of requests, pipelined on the task's connection, and the
 * join.  Answers come in order; so the bundle takes as long as its slowest.
 */
#include <errno.h>
#include <string.h>

#include "workloads/serve.h"

enum { REQUESTS, DELAY, LAW, BYTES };
enum { BUNDLE_MAX = 16384, LEAST = sizeof(uint64_t) };
static const struct param params[] = {
	[REQUESTS] = { "requests", 16, 1, 256, "", "asked at once" },
	[DELAY] = { "delay", 1000000, 0, 10000000000, "ns", "request to answer" },
	[LAW] = { "law", LAW_FIXED, 0, LAW_TAIL, LAW_WORDS,
		  "how delays are distributed; tail: 1 % last 50 times as long" },
	[BYTES] = { "bytes", 64, LEAST, 1024, "bytes", "request, and answer" },
	{ .name = NULL }
};

struct local {
	uint64_t unit, sum;
	unsigned char out[BUNDLE_MAX], in[BUNDLE_MAX];
};

static const char *fanout_supported(const uint64_t *param)
{
	return param[REQUESTS] * param[BYTES] > BUNDLE_MAX ?
	       "a bundle of requests is at most 16384 bytes" : NULL;
}

static int fanout_setup(struct run *r)
{
	return run_serve(r, &(struct service){
		.bytes = r->param[BYTES],
		.window = (unsigned)r->param[REQUESTS],
		.told = r->param[LAW] != LAW_FIXED,
		.delay_ns = r->param[DELAY],
	});
}

/* Request @k of the bundle. */
static void fanout_fill(const struct task *t, struct local *l, uint64_t k)
{
	uint64_t r = task_random(t, l->unit, 2 * (unsigned)k), ns;
	unsigned char *out = l->out + k * t->param[BYTES];
	enum law law = (enum law)t->param[LAW];

	bytes_fill(out, t->param[BYTES], r);
	if (law != LAW_FIXED) {
		ns = law_ns(law, t->param[DELAY],
			    task_random(t, l->unit, 2 * (unsigned)k + 1));
		memcpy(out, &ns, sizeof ns);
	}
	l->sum += r;
}

static struct op fanout_step(struct task *t)
{
	struct local *l = t->local;
	size_t n = t->param[REQUESTS] * t->param[BYTES];

	TASK_BEGIN(t);
	for (; l->unit < t->units; l->unit++) {
		for (uint64_t k = 0; k < t->param[REQUESTS]; k++)
			fanout_fill(t, l, k);
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

const struct workload workload_fanout = {
	.name = "fanout",
	.summary = "many requests at once, and all their answers",
	.unit = "bundle",
	.bound = BOUND_IO,
	.waits = "delay",
	.params = params,
	.local_bytes = sizeof(struct local),
	.needs = 1 << OP_SEND | 1 << OP_RECV,
	.supported = fanout_supported,
	.setup = fanout_setup,
	.step = fanout_step,
};

/*
 * convoy - one task waits for a server again and again while all others compute:
 * what an interpreter lock does to a thread that wants little (bpo-7946).
 *
 * Task 0 is the client: it sends a request and receives the answer, so it drops
 * the lock twice per unit and must win it back twice.  Every other task is a hog
 * that counts ticks until the client has finished.  Hogs finish no unit: the
 * latencies are the client's alone, and what hogs asked for does not depend on
 * time; how much they got done is the counter hog_ticks.  Give it as many tasks
 * as workers.  The matched control, hogs that hold no lock, is this workload
 * under a strategy without an interpreter lock.
 *
 * Hogs run before the client only where they are stepped first; one that has
 * computed for long and seen no client fails: nobody was kept waiting.
 */
#include <errno.h>
#include <string.h>

#include "workloads/burn.h"
#include "workloads/serve.h"

enum { BYTES, COST };
enum {
	BYTES_MAX = 16384,
	BATCH_NS = 10000,		/* of ticks between two steps of a hog */
	PATIENCE_NS = 2000000000,	/* of ticks without a client; whom a lock without a
				 * forced switch keeps out for tenths of that */
};
static const struct param params[] = {
	[BYTES] = { "bytes", 64, 1, BYTES_MAX, "bytes", "request, and answer" },
	[COST] = { "cost", 6, 1, 100, "ns", "about so long per tick of a hog" },
	{ .name = NULL }
};

enum client { NOT_HERE, AT_WORK, FINISHED };

struct shared {
	_Alignas(128) atomic_int client;
	_Alignas(128) atomic_uint_fast64_t ticks;	/* of all hogs */
};

struct local {
	uint64_t unit, sum;
	uint64_t ticks, x;
	unsigned char out[BYTES_MAX], in[BYTES_MAX];
};

static int convoy_setup(struct run *r)
{
	const struct service s = { .how = TRANSPORT_TCP, .bytes = r->param[BYTES],
				   .window = 1 };

	return run_serve(r, &s);
}

/* relaxed: it is only a word to stop, no data hangs on it */
static enum client convoy_client(const struct shared *s)
{
	return (enum client)atomic_load_explicit(&s->client, memory_order_relaxed);
}

static void convoy_say(struct shared *s, enum client c)
{
	atomic_store_explicit(&s->client, c, memory_order_relaxed);
}

static void convoy_ask(const struct task *t, struct local *l)
{
	uint64_t r = task_random(t, l->unit, 0);

	bytes_fill(l->out, t->param[BYTES], r);
	l->sum += r;
}

static struct op convoy_client_step(struct task *t)
{
	struct local *l = t->local;
	size_t n = t->param[BYTES];

	TASK_BEGIN(t);
	convoy_say(t->shared, AT_WORK);
	for (; l->unit < t->units; l->unit++) {
		convoy_ask(t, l);
		TASK_AWAIT_ALL(t, n, op_send(t->channel->out, l->out, n));
		TASK_AWAIT_ALL(t, n, op_recv(t->channel->in, l->in, n,
					     OP_ALL | OP_WAITFIRST));
		if (memcmp(l->in, l->out, n)) {
			t->res = -EBADMSG;
			return op_fail();
		}
		TASK_AWAIT(t, op_units(1));
	}
	convoy_say(t->shared, FINISHED);
	t->result = l->sum;
	TASK_END(t);
}

/* Tick for some microseconds, or until the strategy wants the step back. */
static void convoy_hog(const struct task *t, struct local *l)
{
	uint64_t x = l->x, n = 0, cost = t->param[COST];

	while (n < BATCH_NS / cost) {
		x = burn(x ^ n++, cost);
		if (task_tick(t))
			break;
	}
	l->ticks += n;
	l->x = x;
}

static bool convoy_is_alone(const struct task *t, const struct local *l)
{
	return l->ticks >= PATIENCE_NS / t->param[COST] &&
	       convoy_client(t->shared) == NOT_HERE;
}

static struct op convoy_hog_step(struct task *t)
{
	struct shared *s = t->shared;
	struct local *l = t->local;

	TASK_BEGIN(t);
	l->x = task_random(t, 0, 0);
	while (convoy_client(s) != FINISHED) {
		if (convoy_is_alone(t, l)) {
			t->res = -ETIMEDOUT;
			return op_fail();
		}
		convoy_hog(t, l);
		TASK_AWAIT(t, op_yield());
	}
	atomic_fetch_add_explicit(&s->ticks, l->ticks, memory_order_relaxed);
	t->result = rng_mix(t->seed ^ t->index);
	TASK_END(t);
}

static struct op convoy_step(struct task *t)
{
	struct op op = t->index ? convoy_hog_step(t) : convoy_client_step(t);

	if (op.kind == OP_FAIL)
		convoy_say(t->shared, FINISHED);	/* let the hogs go */
	return op;
}

static const char *const counters[] = { "hog_ticks", NULL };

static void convoy_count(const void *shared, const uint64_t *param, uint64_t out[COUNTERS])
{
	const struct shared *s = shared;

	(void)param;
	out[0] = atomic_load(&s->ticks);
}

const struct workload workload_convoy = {
	.name = "convoy",
	.summary = "one task asks a server while all others compute",
	.unit = "request",
	.bound = BOUND_MIXED,
	.params = params,
	.shared_bytes = sizeof(struct shared),
	.local_bytes = sizeof(struct local),
	.needs = 1 << OP_SEND | 1 << OP_RECV,
	.setup = convoy_setup,
	.step = convoy_step,
	.counters = counters,
	.count = convoy_count,
};

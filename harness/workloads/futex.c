/*
 * futex - ping-pong with another process over two words in shared memory: no
 * copy, no queue, no descriptor; what is left is to wake somebody and to sleep,
 * the cheapest wake-up that there is.  A loop cannot wait for a word among its
 * descriptors: without a pool for files it stands still until the answer.
 *
 * A task maps the words when it begins, one system call of its own.
 */
#include <errno.h>

#include "workloads/serve.h"

enum { AWAKE };
static const struct param params[] = {
	[AWAKE] = { "awake", 0, 0, 1, "off|on", "keep idle cores from sleeping meanwhile" },
	{ .name = NULL }
};

struct local {
	uint64_t unit, sum;
	struct words *words;
	uint32_t question, before;	/* the answer to the one before */
};

static int futex_setup(struct run *r)
{
	const struct service s = { .how = TRANSPORT_MEMORY, .bytes = sizeof(uint32_t),
				   .window = 1 };

	if ((r->param[AWAKE] && run_awake(r) < 0) || run_serve(r, &s) < 0)
		return -1;
	return words_watch(r);
}

/* Ask what was not asked just before on this channel, whoever did: the lowest bit
 * is another one.  False when nobody is there to answer. */
static bool futex_ask(const struct task *t, struct local *l)
{
	struct words *w = l->words;
	uint32_t r = (uint32_t)task_random(t, l->unit, 0) & ~1u;

	l->question = r | (~atomic_load(&w->question) & 1);
	l->before = atomic_load(&w->answer);
	if (atomic_load(&w->lost))	/* after that: then the wait will end */
		return false;
	l->sum += r;
	atomic_store_explicit(&w->question, l->question, memory_order_release);
	return true;
}

static struct op futex_end(struct task *t, struct local *l, int64_t res)
{
	words_unmap(l->words);
	l->words = NULL;
	t->res = res;
	return op_fail();
}

static struct op futex_step(struct task *t)
{
	struct local *l = t->local;

	TASK_BEGIN(t);
	l->words = words_map(t->channel->in);
	if (!l->words)
		return futex_end(t, l, -errno);
	for (; l->unit < t->units; l->unit++) {
		if (!futex_ask(t, l))
			return futex_end(t, l, -EPIPE);
		TASK_AWAIT(t, op_wake(&l->words->question));
		TASK_AWAIT(t, op_wait(&l->words->answer, l->before));
		if (t->res < 0)
			return futex_end(t, l, t->res);
		if (atomic_load(&l->words->answer) != words_answer(l->question))
			return futex_end(t, l, -EBADMSG);
		TASK_AWAIT(t, op_units(1));
	}
	words_unmap(l->words);
	t->result = l->sum;
	TASK_END(t);
}

const struct workload workload_futex = {
	.name = "futex",
	.summary = "ping-pong over two words in shared memory",
	.unit = "round-trip",
	.bound = BOUND_IO,
	.params = params,
	.local_bytes = sizeof(struct local),
	.needs = 1 << OP_WAIT | 1 << OP_WAKE,
	.setup = futex_setup,
	.step = futex_step,
};

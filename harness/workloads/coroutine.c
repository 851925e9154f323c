/*
 * coroutine - fib(n) by recursion, where every call is a function's or a
 * coroutine's, as in Real Python's "Speed Up Your Python Program With Concurrency":
 *
 *	async def fib(n):
 *		return n if n < 2 else await fib(n - 1) + await fib(n - 2)
 *
 * As in asyncio, to await a coroutine does not go to the event loop: the caller is
 * suspended, the one it called begins, and what that returns resumes it.  Its frame
 * is an object of its own, not a part of the stack, and comes from a free list.
 * Nothing ever waits, so no loop hears of it, and what it costs is the calls' own.
 */
#include "workloads/workload.h"

enum { N_MAX = 25 };		/* 242,785 calls, which nothing interrupts */
enum form { PLAIN, COROUTINE };
enum { FORM, N };
static const struct param params[] = {
	[FORM] = { "form", PLAIN, PLAIN, COROUTINE, "plain|coroutine", "what a call is" },
	[N] = { "n", 15, 1, N_MAX, "", "of the number that a unit computes" },
	{ .name = NULL }
};

/* Where a frame goes on when it is resumed. */
enum at { BEGIN, FIRST, SECOND };

struct frame {
	struct frame *caller;	/* who awaits it; of a free one, the next */
	enum at at;
	uint64_t n, first;	/* its argument, and what fib(n - 1) was */
};

struct local {
	uint64_t unit, sum;
	uint64_t value;		/* what the last call returned */
	struct frame *free;
	unsigned made;		/* frames that were ever used */
	struct frame frame[N_MAX + 1];	/* as many as calls can be open */
};

/* Each call is made: the compiler may neither put one into another nor turn the
 * second into a loop. */
static __attribute__((noinline)) uint64_t coroutine_plain(uint64_t n)
{
	uint64_t first, second;

	if (n < 2)
		return n;
	first = coroutine_plain(n - 1);
	second = coroutine_plain(n - 2);
	__asm__ volatile("" : "+r"(second));
	return first + second;
}

static struct frame *coroutine_call(struct local *l, struct frame *caller, uint64_t n)
{
	struct frame *f = l->free;

	if (f)
		l->free = f->caller;
	else
		f = &l->frame[l->made++];
	*f = (struct frame){ .caller = caller, .at = BEGIN, .n = n };
	return f;
}

static struct frame *coroutine_return(struct local *l, struct frame *f)
{
	struct frame *caller = f->caller;

	f->caller = l->free;
	l->free = f;
	return caller;
}

/* Go on until the next call or the end: whose turn it is then. */
static __attribute__((noinline)) struct frame *coroutine_resume(struct local *l,
								 struct frame *f)
{
	switch (f->at) {
	case BEGIN:
		if (f->n < 2) {
			l->value = f->n;
			break;
		}
		f->at = FIRST;
		return coroutine_call(l, f, f->n - 1);
	case FIRST:
		f->first = l->value;
		f->at = SECOND;
		return coroutine_call(l, f, f->n - 2);
	case SECOND:
		l->value += f->first;
		break;
	}
	return coroutine_return(l, f);
}

static uint64_t coroutine_run(struct local *l, uint64_t n)
{
	for (struct frame *f = coroutine_call(l, NULL, n); f;)
		f = coroutine_resume(l, f);
	return l->value;
}

static struct op coroutine_step(struct task *t)
{
	struct local *l = t->local;
	uint64_t n = t->param[N];

	TASK_BEGIN(t);
	for (; l->unit < t->units; l->unit++) {
		l->sum += t->param[FORM] == PLAIN ? coroutine_plain(n) : coroutine_run(l, n);
		TASK_AWAIT(t, op_units(1));
	}
	t->result = rng_mix(l->sum ^ t->index);
	TASK_END(t);
}

const struct workload workload_coroutine = {
	.name = "coroutine",
	.summary = "Fibonacci numbers, each call a function's or a coroutine's",
	.unit = "number",
	.bound = BOUND_CPU,
	.params = params,
	.local_bytes = sizeof(struct local),
	.step = coroutine_step,
};

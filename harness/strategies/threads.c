/* A thread per worker, made for it or, for the first, already there. */
#include <stdlib.h>
#include <string.h>

#include "strategies/strategy.h"

/* Explicit, because the default of 8 MiB a thread is a limit on how many there
 * can be, and a matter of the user's ulimit. */
enum { STACK_BYTES = 512 * 1024 };

struct thread {
	pthread_t id;
	struct pass *pass;
	unsigned w;
	worker_body *body;
	void *ctx;
	int rc;
};

static void *start(void *arg)
{
	struct thread *t = arg;

	t->rc = t->body(t->pass, t->w, t->ctx);
	return NULL;
}

static int create(struct thread *t, unsigned n)
{
	pthread_attr_t attr;
	int err;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	err = pthread_create(&t->id, &attr, start, t);
	pthread_attr_destroy(&attr);
	if (!err)
		return 0;
	trouble_set(t->pass->trouble, STATUS_THREAD_FAIL, "pthread_create %u of %u: %s",
		    t->w + 1, n, strerror(err));
	gate_close(t->pass);
	return -1;
}

/* The workers from @first on get a thread each, those before are the caller. */
static int run(struct pass *p, worker_body *body, void *ctx, unsigned first)
{
	unsigned n = p->run->workers, made = first;
	struct thread *t = calloc(n, sizeof *t);
	int rc = 0;

	if (!t)
		return trouble_set(p->trouble, STATUS_ALLOC_FAIL, "%u threads", n);
	gate_open(p, n);
	for (; made < n; made++) {
		t[made] = (struct thread){ .pass = p, .w = made, .body = body, .ctx = ctx };
		rc = create(&t[made], n);
		if (rc)
			break;
	}
	for (unsigned w = 0; !rc && w < first; w++)
		rc = body(p, w, ctx);
	for (unsigned w = first; w < made; w++) {
		pthread_join(t[w].id, NULL);
		rc |= t[w].rc;
	}
	free(t);
	return rc ? -1 : 0;
}

int threads_run(struct pass *p, worker_body *body, void *ctx)
{
	return run(p, body, ctx, 0);
}

int threads_run_main(struct pass *p, worker_body *body, void *ctx)
{
	return run(p, body, ctx, 1);
}

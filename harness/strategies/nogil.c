/*
 * nogil: threads without a global lock, PEP 703: every object has a mutex of its
 * own, here every shard.  It differs from `fine` in the mutex alone (parking.h):
 * `fine` has pthread's, 40 bytes, which other processes may share and where who
 * waits may be overtaken for ever; this one is a byte of this process, spins
 * before it sleeps, and hands itself over to one that has waited for 1 ms.  What
 * free-threaded CPython pays beside (reference counts that two threads share,
 * the stops of its collector) depends on the objects of the workload.
 */
#include "strategies/parking.h"
#include "strategies/strategy.h"

/* An object's line: what CPython puts a mutex into is never shared by two. */
struct object {
	_Alignas(64) struct byte_mutex mutex;
};

static void object_lock(void *self, unsigned index)
{
	byte_mutex_lock(&((struct object *)self)[index].mutex);
}

static void object_unlock(void *self, unsigned index)
{
	byte_mutex_unlock(&((struct object *)self)[index].mutex);
}

static int nogil_worker(struct pass *p, unsigned w, void *guard)
{
	return worker_loop(p, w, guard);
}

static int nogil_run(struct pass *p)
{
	static struct object objects[SHARDS];	/* all free, also after a pass */
	struct guard g = { object_lock, object_unlock, objects, SHARDS - 1 };

	return threads_run(p, nogil_worker, &g);
}

const struct strategy strategy_nogil = {
	.name = "nogil",
	.summary = "threads, one PyMutex per shard of the shared state, PEP 703",
	.engine = "blocking",
	.run = nogil_run,
};

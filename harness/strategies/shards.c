/* A guard of mutexes that threads and processes can share. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "strategies/strategy.h"

struct shard {
	_Alignas(64) pthread_mutex_t mutex;	/* a cache line of its own */
};

static void shard_lock(void *self, unsigned index)
{
	pthread_mutex_lock(&((struct shard *)self)[index].mutex);
}

static void shard_unlock(void *self, unsigned index)
{
	pthread_mutex_unlock(&((struct shard *)self)[index].mutex);
}

int shards_init(struct guard *g, struct pass *p, unsigned n)
{
	struct shard *s = shared_map(n * sizeof *s);
	pthread_mutexattr_t attr;

	if (!s)
		return trouble_set(p->trouble, STATUS_ALLOC_FAIL, "%u locks: %s",
				   n, strerror(errno));
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	for (unsigned i = 0; i < n; i++)
		pthread_mutex_init(&s[i].mutex, &attr);
	pthread_mutexattr_destroy(&attr);
	*g = (struct guard){ shard_lock, shard_unlock, s, n - 1 };
	return 0;
}

void shards_release(struct guard *g)
{
	shared_unmap(g->self, (g->mask + 1) * sizeof(struct shard));
}

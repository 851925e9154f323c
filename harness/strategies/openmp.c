/* openmp: a parallel region with a team of W, and an omp lock per shard.  The
 * team is pinned by our placement, thread by thread; the supervisor has cleared
 * OMP_* from the environment, so that nothing else pins or resizes it. */
#include <omp.h>

#include "strategies/openmp.h"

struct shard {
	_Alignas(64) omp_lock_t lock;
};

static void shard_lock(void *self, unsigned index)
{
	omp_set_lock(&((struct shard *)self)[index].lock);
}

static void shard_unlock(void *self, unsigned index)
{
	omp_unset_lock(&((struct shard *)self)[index].lock);
}

static struct shard shards[SHARDS];

const struct guard *openmp_locks(void)
{
	static const struct guard g = { shard_lock, shard_unlock, shards, SHARDS - 1 };

	for (unsigned i = 0; i < SHARDS; i++)
		omp_init_lock(&shards[i].lock);
	return &g;
}

void openmp_locks_end(void)
{
	for (unsigned i = 0; i < SHARDS; i++)
		omp_destroy_lock(&shards[i].lock);
}

static int openmp_worker(struct pass *p, const struct guard *g)
{
	unsigned got = (unsigned)omp_get_num_threads(), want = p->run->workers;

	if (got != want) {
		trouble_set(p->trouble, STATUS_THREAD_FAIL, "an OpenMP team of %u, not %u",
			    got, want);
		gate_close(p);
		return -1;
	}
	return worker_loop(p, (unsigned)omp_get_thread_num(), g);
}

static int openmp_run(struct pass *p)
{
	const struct guard *g;
	int failed = 0, team = (int)p->run->workers;

	gate_open(p, p->run->workers);
	g = openmp_locks();
	omp_set_dynamic(0);
#pragma omp parallel num_threads(team) reduction(|:failed)
	failed = openmp_worker(p, g) < 0;
	openmp_locks_end();
	return failed ? -1 : 0;
}

const struct strategy strategy_openmp = {
	.name = "openmp",
	.summary = "an OpenMP parallel region, one omp lock per shard",
	.engine = "blocking",
	.run = openmp_run,
};

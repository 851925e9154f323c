/* The gate: all streams of a pass, threads or processes alike, come in, and one
 * absolute start time is set when the last has come.  A bare barrier would let
 * the first one out start early (Hoefler and Belli, SC15, rule 10). */
#include "base/clock.h"
#include "strategies/strategy.h"

enum {
	WINDOW_NS = 1000000,		/* time to wake up in, whatever W is */
	WINDOW_PER_STREAM_NS = 50000,	/* the kernel wakes them one by one */
	SPIN_NS = 150000,		/* an idle core takes up to 40 us to wake */
};

int gate_open(struct pass *p, unsigned streams)
{
	struct gate *g = p->gate;
	pthread_mutexattr_t mutex;
	pthread_condattr_t cond;

	*g = (struct gate){ .expected = streams };
	pthread_mutexattr_init(&mutex);
	pthread_condattr_init(&cond);
	if (pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED) ||
	    pthread_condattr_setpshared(&cond, PTHREAD_PROCESS_SHARED) ||
	    pthread_mutex_init(&g->mutex, &mutex) ||
	    pthread_cond_init(&g->moved, &cond))
		return trouble_set(p->trouble, STATUS_INTERNAL_ERROR, "no gate");
	pthread_mutexattr_destroy(&mutex);
	pthread_condattr_destroy(&cond);
	return 0;
}

void gate_close(struct pass *p)
{
	pthread_mutex_lock(&p->gate->mutex);
	p->gate->closed = true;
	pthread_cond_broadcast(&p->gate->moved);
	pthread_mutex_unlock(&p->gate->mutex);
}

int gate_wait(struct pass *p)
{
	struct gate *g = p->gate;
	uint64_t start;

	pthread_mutex_lock(&g->mutex);
	if (++g->arrived == g->expected) {
		g->full_ns = clock_ns();
		g->start_ns = g->full_ns + WINDOW_NS +
			      g->expected * (uint64_t)WINDOW_PER_STREAM_NS;
		pthread_cond_broadcast(&g->moved);
	}
	while (!g->start_ns && !g->closed)
		pthread_cond_wait(&g->moved, &g->mutex);
	start = g->closed ? 0 : g->start_ns;
	pthread_mutex_unlock(&g->mutex);
	if (!start)
		return -1;
	clock_sleep_until(p->spin ? start - SPIN_NS : start);
	while (clock_ns() < start)
		;
	return 0;
}

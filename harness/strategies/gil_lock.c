#include <errno.h>

#include "base/clock.h"
#include "strategies/gil_lock.h"

void gil_init(struct gil *g, const uint64_t *knob, struct hist *hold)
{
	pthread_condattr_t attr;

	*g = (struct gil){
		.interval_ns = knob[GIL_INTERVAL],
		.forced = knob[GIL_FORCE],
		.every_op = knob[GIL_POLL] == 0,
		.hold = knob[GIL_TRACE] ? hold : NULL,
	};
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_mutex_init(&g->mutex, NULL);
	pthread_mutex_init(&g->switch_mutex, NULL);
	pthread_cond_init(&g->freed, &attr);
	pthread_cond_init(&g->switched, &attr);
	pthread_condattr_destroy(&attr);
}

void gil_release(struct gil *g)
{
	pthread_cond_destroy(&g->switched);
	pthread_cond_destroy(&g->freed);
	pthread_mutex_destroy(&g->switch_mutex);
	pthread_mutex_destroy(&g->mutex);
}

static void request_drop(struct gil *g, bool on)
{
	atomic_store_explicit(&g->drop_request.asked, on, memory_order_relaxed);
}

static void await_release(struct gil *g, struct holder *me)
{
	while (g->held) {
		uint64_t before = g->switches;
		struct timespec until = clock_timespec(clock_ns() + g->interval_ns);

		if (pthread_cond_timedwait(&g->freed, &g->mutex, &until) != ETIMEDOUT)
			continue;
		me->count[GIL_TIMEOUTS]++;
		if (g->held && g->switches == before) {
			request_drop(g, true);
			me->count[GIL_DROP_REQUESTS]++;
		}
	}
}

/* It is ours; tell who was forced to drop it, should there be one.  CPython does
 * both each time, also when nobody else had it meanwhile. */
static void become_holder(struct gil *g, struct holder *me)
{
	pthread_mutex_lock(&g->switch_mutex);
	g->held = true;
	if (g->last_holder != me) {
		g->last_holder = me;
		g->switches++;
		me->switches++;
	}
	pthread_cond_signal(&g->switched);
	pthread_mutex_unlock(&g->switch_mutex);
}

void gil_take(struct gil *g, struct holder *me)
{
	pthread_mutex_lock(&g->mutex);
	await_release(g, me);
	become_holder(g, me);
	if (gil_drop_requested(g))
		request_drop(g, false);
	pthread_mutex_unlock(&g->mutex);
	me->count[GIL_TAKES]++;
	if (g->hold)
		g->taken_ns = clock_ns();
}

/* Wait until another has taken the lock, or see that one has.  CPython waits
 * once, not in a loop: a spurious wake-up ends its wait. */
static void await_switch(struct gil *g, struct holder *me)
{
	pthread_mutex_lock(&g->switch_mutex);
	if (g->last_holder == me) {
		request_drop(g, false);
		me->count[GIL_FORCED]++;
		while (g->last_holder == me)
			pthread_cond_wait(&g->switched, &g->switch_mutex);
	}
	pthread_mutex_unlock(&g->switch_mutex);
}

void gil_drop(struct gil *g, struct holder *me, bool last)
{
	if (g->hold)
		hist_add(g->hold, clock_ns() - g->taken_ns);
	pthread_mutex_lock(&g->mutex);
	g->held = false;
	pthread_cond_signal(&g->freed);
	pthread_mutex_unlock(&g->mutex);
	if (g->forced && gil_drop_requested(g) && !last)
		await_switch(g, me);
}

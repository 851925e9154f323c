#include <errno.h>

#include "strategies/tick_lock.h"

int tick_lock_init(struct tick_lock *l, uint64_t ticks)
{
	*l = (struct tick_lock){
		.interval = (int)ticks,
		.ticker = { .counts = true, .ticks = (int)ticks },
	};
	atomic_init(&l->ticker.asked, true);
	return sem_init(&l->free, 0, 1);
}

void tick_lock_release(struct tick_lock *l)
{
	sem_destroy(&l->free);
}

void tick_lock_take(struct tick_lock *l, struct holder *me)
{
	while (sem_wait(&l->free) < 0 && errno == EINTR)
		;
	me->count[TICK_TAKES]++;
	if (l->last_holder != me) {
		l->last_holder = me;
		me->switches++;
	}
}

void tick_lock_drop(struct tick_lock *l)
{
	sem_post(&l->free);
}

bool tick_lock_check(struct tick_lock *l, struct holder *me)
{
	if (l->ticker.ticks >= 0)
		return false;
	l->ticker.ticks = l->interval;
	me->count[TICK_CHECKS]++;
	return true;
}

#include <stdlib.h>

#include "engines/engine.h"

int timers_init(struct timers *t, unsigned seats)
{
	*t = (struct timers){ .wait = calloc(seats, sizeof *t->wait) };
	return t->wait ? 0 : -1;
}

void timers_release(struct timers *t)
{
	free(t->wait);
}

void timers_add(struct timers *t, struct wait *w)
{
	unsigned i = t->n++;

	while (i && t->wait[(i - 1) / 2]->op.at > w->op.at) {
		t->wait[i] = t->wait[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	t->wait[i] = w;
}

uint64_t timers_next(const struct timers *t)
{
	return t->n ? t->wait[0]->op.at : UINT64_MAX;
}

struct wait *timers_expire(struct timers *t, uint64_t now)
{
	struct wait *first, *last;
	unsigned i = 0, kid;

	if (timers_next(t) > now || !t->n)
		return NULL;
	first = t->wait[0];
	last = t->wait[--t->n];
	while ((kid = 2 * i + 1) < t->n) {
		if (kid + 1 < t->n && t->wait[kid + 1]->op.at < t->wait[kid]->op.at)
			kid++;
		if (t->wait[kid]->op.at >= last->op.at)
			break;
		t->wait[i] = t->wait[kid];
		i = kid;
	}
	t->wait[i] = last;
	return first;
}

/* due.c - those whose answer is not due yet: a binary heap, earliest first.  A
 * peer is in it once, with the first of its requests: the rest are in order. */
#include "workloads/server.h"

static bool earlier(const struct server *s, unsigned a, unsigned b)
{
	return peer_due_ns(s, s->queue[a]) < peer_due_ns(s, s->queue[b]);
}

static void swap(struct server *s, unsigned a, unsigned b)
{
	struct peer *p = s->queue[a];

	s->queue[a] = s->queue[b];
	s->queue[b] = p;
}

void due_add(struct server *s, struct peer *p)
{
	unsigned i = s->queued++;

	p->queued = true;
	s->queue[i] = p;
	for (; i && earlier(s, i, (i - 1) / 2); i = (i - 1) / 2)
		swap(s, i, (i - 1) / 2);
}

struct peer *due_take(struct server *s, uint64_t now)
{
	struct peer *first;
	unsigned i = 0, kid;

	if (!s->queued || peer_due_ns(s, s->queue[0]) > now)
		return NULL;
	first = s->queue[0];
	s->queue[0] = s->queue[--s->queued];
	while ((kid = 2 * i + 1) < s->queued) {
		kid += kid + 1 < s->queued && earlier(s, kid + 1, kid);
		if (!earlier(s, kid, i))
			break;
		swap(s, kid, i);
		i = kid;
	}
	first->queued = false;
	return first;
}

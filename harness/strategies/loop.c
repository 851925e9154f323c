/*
 * One loop that keeps W tasks in flight on an engine.  Tasks are stepped in
 * turn and never overlap, so no guard is needed; one that computes for long
 * makes all others wait.  A seat is runnable (in the ring), asleep (in the
 * timers), parked (in the engine) or empty: its op is in exactly one place, so
 * nothing can step a task twice.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "strategies/strategy.h"

struct seat {
	struct wait wait;	/* first: a wait is its seat */
	struct flight flight;
};

struct loop {
	struct pass *pass;
	const struct engine *engine;
	void *state;
	struct timers timers;
	struct seat *seat;	/* [seats] */
	struct seat **ring;	/* [seats] runnable, from head */
	struct wait **ready;	/* [seats] */
	unsigned seats, head, runnable, parked;
	uint64_t next;		/* the first task not yet started */
};

static void push(struct loop *l, struct seat *s)
{
	l->ring[(l->head + l->runnable++) % l->seats] = s;
}

static struct seat *pop(struct loop *l)
{
	struct seat *s = l->ring[l->head];

	l->head = (l->head + 1) % l->seats;
	l->runnable--;
	return s;
}

/* Give @s the next task, if there is one. */
static void seat_start(struct loop *l, struct seat *s)
{
	if (l->next == l->pass->run->tasks)
		return;
	flight_start(&s->flight, l->next++);
	push(l, s);
}

/* Step @s until it has to wait, gives way, or is finished.  0 or -1. */
static int seat_drive(struct loop *l, struct seat *s)
{
	for (;;) {
		struct op op = flight_step(&s->flight);

		switch (op.kind) {
		case OP_DONE:
			flight_finish(&s->flight);
			seat_start(l, s);
			return 0;
		case OP_FAIL:
			return flight_fail(&s->flight, l->pass);
		case OP_UNIT:
		case OP_YIELD:
			l->pass->slot[0].switches++;
			push(l, s);
			return 0;
		case OP_SLEEP:
			s->wait = (struct wait){ .op = op };
			timers_add(&l->timers, &s->wait);
			return 0;
		default:
			s->wait = (struct wait){ .op = op };
			if (!l->engine->start(l->state, &s->wait)) {
				l->parked++;
				return 0;
			}
			s->flight.task.res = s->wait.res;
		}
	}
}

static void wake(struct loop *l, struct wait *w, int64_t res)
{
	struct seat *s = (struct seat *)w;

	s->flight.task.res = res;
	push(l, s);
}

/* Wait until something is runnable, or only look when something is already. */
static int loop_wait(struct loop *l)
{
	uint64_t until = l->runnable ? 0 : timers_next(&l->timers);
	struct wait *w;
	int n = 0;

	if (l->parked)
		n = l->engine->poll(l->state, until, l->ready);
	else if (until) {
		++l->pass->slot[0].syscalls;
		clock_sleep_until(until);
	}
	if (n < 0)
		return trouble_set(l->pass->trouble, STATUS_IO_ERROR, "%s: %s",
				   l->engine->name, strerror(-n));
	l->parked -= (unsigned)n;
	for (int i = 0; i < n; i++)
		wake(l, l->ready[i], l->ready[i]->res);
	if (l->timers.n)
		for (uint64_t now = clock_ns(); (w = timers_expire(&l->timers, now));)
			wake(l, w, 0);
	return 0;
}

static int loop_work(struct loop *l)
{
	int rc = 0;

	for (unsigned i = 0; i < l->seats; i++)
		seat_start(l, &l->seat[i]);
	while (!rc && (l->runnable || l->parked || l->timers.n)) {
		for (unsigned n = l->runnable; !rc && n; n--)
			rc = seat_drive(l, pop(l));
		if (!rc && (l->parked || l->timers.n))
			rc = loop_wait(l);
	}
	return rc;
}

static int loop_init(struct loop *l)
{
	static struct breaker never;
	struct slot *slot = &l->pass->slot[0];
	int rc;

	l->seat = calloc(l->seats, sizeof *l->seat);
	l->ring = calloc(l->seats, sizeof *l->ring);
	l->ready = calloc(l->seats, sizeof *l->ready);
	l->state = l->engine->open(l->seats, &slot->syscalls);
	rc = timers_init(&l->timers, l->seats);
	if (rc || !l->seat || !l->ring || !l->ready || !l->state)
		return trouble_set(l->pass->trouble, STATUS_ALLOC_FAIL, "%u seats", l->seats);
	for (unsigned i = 0; !rc && i < l->seats; i++)
		rc = flight_init(&l->seat[i].flight, l->pass, i, slot, NULL, &never);
	return rc;
}

static void loop_release(struct loop *l)
{
	for (unsigned i = 0; l->seat && i < l->seats; i++)
		flight_release(&l->seat[i].flight);
	if (l->state)
		l->engine->close(l->state);
	timers_release(&l->timers);
	free(l->ready);
	free(l->ring);
	free(l->seat);
}

int loop_run(struct pass *p, const struct engine *engine)
{
	struct loop l = { .pass = p, .engine = engine, .seats = p->run->workers };
	int rc = gate_open(p, 1);

	if (!rc)
		rc = loop_init(&l);
	if (!rc)
		rc = worker_begin(p, 0);
	if (!rc) {
		rc = loop_work(&l);
		worker_end(p, 0);
	}
	loop_release(&l);
	return rc;
}

/*
 * One loop that keeps many tasks in flight on an engine.  Tasks are stepped in
 * turn and never overlap; one that computes for long makes all others wait.  A
 * seat is runnable (in the ring), asleep (in the timers), parked (in the engine
 * or in the pool for files) or empty: its op is in exactly one place, so nothing
 * can step a task twice.
 */
#include <string.h>

#include "base/clock.h"
#include "strategies/loop.h"

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
	if (l->next == l->end)
		return;
	flight_start(&s->flight, l->next++);
	push(l, s);
}

/* Begin @op of @s: true when it has finished already, else @s is parked. */
static bool seat_begin(struct loop *l, struct seat *s, const struct op *op)
{
	bool file = op->kind >= OP_PREAD && op->kind <= OP_SYNC;
	/* no engine has these */
	bool alien = op->kind == OP_COMPUTE || op->kind == OP_WAIT || op->kind == OP_WAKE;

	s->wait = (struct wait){ .op = *op, .seat = (unsigned)(s - l->seat) };
	if (!alien && (!file || l->files == POLICY_NATIVE)) {
		if (l->engine->start(l->state, &s->wait))
			return true;
	} else if (!l->offload || op->kind == OP_WAKE) {	/* which never waits */
		s->wait.res = blocking_exec(op, &l->slot->syscalls);
		return true;
	} else {
		if (l->files == POLICY_NOWAIT &&
		    offload_nowait(&s->wait, &l->slot->syscalls))
			return true;
		offload_push(l->offload, &s->wait);
	}
	l->parked++;
	return false;
}

/* True for who has just been woken, once: it will soon wait again, and to look
 * around between its answer and its next request would cost a system call. */
static bool seat_goes_on(struct seat *s)
{
	bool fresh = s->fresh;

	s->fresh = false;
	return fresh;
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
			if (seat_goes_on(s))
				break;
			/* fall through */
		case OP_YIELD:
			l->slot->switches++;
			push(l, s);
			return 0;
		case OP_SLEEP:
			s->wait = (struct wait){ .op = op };
			timers_add(&l->timers, &s->wait);
			return 0;
		default:
			if (!seat_begin(l, s, &op))
				return 0;
			s->flight.task.res = s->wait.res;
		}
	}
}

static void wake(struct loop *l, struct wait *w, int64_t res)
{
	struct seat *s = (struct seat *)w;

	s->flight.task.res = res;
	s->fresh = true;
	push(l, s);
}

static int loop_trouble(struct loop *l, int err)
{
	return trouble_set(l->pass->trouble, STATUS_IO_ERROR, "%s: %s", l->engine->name,
			   strerror(err));
}

int loop_listen(struct loop *l)
{
	l->bell = offload_bell(l->offload);
	if (!l->engine->start(l->state, l->bell))
		return 0;
	return l->bell->res < 0 ? loop_trouble(l, (int)-l->bell->res) : 1;
}

/* Wake whose files are done, until the bell is waited for again.  0 or -1. */
static int wake_offloaded(struct loop *l)
{
	int rang = 1;

	while (rang > 0) {
		int n = offload_take(l->offload, l->ready);

		for (int i = 0; i < n; i++)
			wake(l, l->ready[i], l->ready[i]->res);
		l->parked -= (unsigned)n;
		rang = loop_listen(l);
	}
	return rang;
}

/* Wake who is in ready[0 .. n).  0 or -1. */
static int wake_ready(struct loop *l, int n)
{
	bool rang = false;

	for (int i = 0; i < n; i++) {
		if (l->ready[i] == l->bell) {
			rang = true;
			continue;
		}
		l->parked--;
		wake(l, l->ready[i], l->ready[i]->res);
	}
	return rang ? wake_offloaded(l) : 0;
}

/* Look away until more has come together, as a network card holds its interrupts back:
 * answers are taken, and the next requests sent, in larger groups, and who answers is
 * looked over the shoulder less often.  Nobody sleeps beyond @until for it.  Busy: to
 * sleep takes longer than what is waited for. */
static void coalesce(const struct loop *l, uint64_t until)
{
	uint64_t end = clock_ns() + l->coalesce_ns;

	while (clock_ns() < (end < until ? end : until))
		;
}

/* Wait until something is runnable, or only look when something is already. */
static int loop_wait(struct loop *l)
{
	uint64_t until = l->runnable ? 0 : timers_next(&l->timers);
	struct wait *w;
	int n = 0;

	if (l->parked && l->coalesce_ns)
		coalesce(l, until);
	if (l->parked)
		n = l->engine->poll(l->state, until, l->ready);
	else if (until) {
		++l->slot->syscalls;
		clock_sleep_until(until);
	}
	if (n < 0)
		return loop_trouble(l, -n);
	if (wake_ready(l, n) < 0)
		return -1;
	if (l->timers.n)
		for (uint64_t now = clock_ns(); (w = timers_expire(&l->timers, now));)
			wake(l, w, 0);
	return 0;
}

int loop_work(struct loop *l)
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

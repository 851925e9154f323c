#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <unistd.h>

#include "base/clock.h"
#include "machine/wake.h"

enum { LASTS_NS = 10 * NS_PER_MS };

struct player {
	int cpu, in, out;
	uint64_t trip_ns;	/* out: of the one who serves */
};

static bool bind_to(int cpu)
{
	cpu_set_t set[8];

	CPU_ZERO_S(sizeof set, set);
	CPU_SET_S((size_t)cpu, sizeof set, set);
	return !sched_setaffinity(0, sizeof set, set);
}

static bool pass(const struct player *p, bool first)
{
	char byte = 0;

	if (first && write(p->out, &byte, 1) != 1)
		return false;
	return read(p->in, &byte, 1) == 1 && (first || write(p->out, &byte, 1) == 1);
}

/* Closing its end ends the other's game, too. */
static void *serve(void *arg)
{
	struct player *p = arg;
	uint64_t start, now, trips = 0;

	if (bind_to(p->cpu) && pass(p, true)) {
		start = now = clock_ns();
		for (; now - start < LASTS_NS && pass(p, true); trips++)
			now = clock_ns();
		p->trip_ns = trips ? (now - start) / trips : 0;
	}
	close(p->out);
	return NULL;
}

static void *answer(void *arg)
{
	struct player *p = arg;

	if (bind_to(p->cpu))
		while (pass(p, false))
			;
	close(p->out);
	return NULL;
}

static void play(struct player *a, struct player *b)
{
	pthread_t ta, tb;

	if (pthread_create(&ta, NULL, serve, a)) {
		close(a->out);
		close(b->out);
		return;
	}
	if (pthread_create(&tb, NULL, answer, b))
		close(b->out);
	else
		pthread_join(tb, NULL);
	pthread_join(ta, NULL);
}

uint64_t wake_round_trip_ns(int a, int b)
{
	int there[2], back[2];
	struct player pa, pb;

	if (pipe2(there, O_CLOEXEC) < 0)
		return 0;
	if (pipe2(back, O_CLOEXEC) < 0) {
		close(there[0]);
		close(there[1]);
		return 0;
	}
	pa = (struct player){ .cpu = a, .in = back[0], .out = there[1] };
	pb = (struct player){ .cpu = b, .in = there[0], .out = back[1] };
	play(&pa, &pb);
	close(there[0]);
	close(back[0]);
	return pa.trip_ns;
}

/* poll: the portable readiness engine.  Every wait in progress has an entry in
 * one pollfd array, kept dense; poll() scans them all, about 25 ns each. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "base/clock.h"
#include "engines/engine.h"

struct poll_state {
	struct pollfd *fd;	/* [seats], the first n are in use */
	struct wait **wait;	/* [seats], wait[i] waits for fd[i] */
	unsigned n;
	struct tries tries;
};

static void poll_close(void *state)
{
	struct poll_state *s = state;

	if (!s)
		return;
	free(s->fd);
	free(s->wait);
	free(s);
}

static void *poll_open(unsigned seats, const uint64_t *option, uint64_t *syscalls)
{
	struct poll_state *s = calloc(1, sizeof *s);

	(void)option;
	if (!s)
		return NULL;
	s->tries = (struct tries){ .syscalls = syscalls };
	s->fd = calloc(seats, sizeof *s->fd);
	s->wait = calloc(seats, sizeof *s->wait);
	if (s->fd && s->wait)
		return s;
	poll_close(s);
	return NULL;
}

static int poll_start(void *state, struct wait *w)
{
	struct poll_state *s = state;
	bool out = wait_out(&w->op);

	if (!wait_first(&w->op) && wait_try(w, &s->tries))
		return 1;
	w->place = s->n++;
	s->wait[w->place] = w;
	s->fd[w->place] = (struct pollfd){ w->op.fd, out ? POLLOUT : POLLIN, 0 };
	return 0;
}

static void forget(struct poll_state *s, unsigned place)
{
	unsigned last = --s->n;

	s->fd[place] = s->fd[last];
	s->wait[place] = s->wait[last];
	s->wait[place]->place = place;
}

/* poll() until something happens or @until: how many are ready, or -errno. */
static int sleep_in_poll(struct poll_state *s, uint64_t until)
{
	int n;

	do {
		uint64_t now = until && until != UINT64_MAX ? clock_ns() : 0;
		struct timespec ts = clock_timespec(until > now ? until - now : 0);

		++*s->tries.syscalls;
		n = ppoll(s->fd, s->n, until == UINT64_MAX ? NULL : &ts, NULL);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

static int poll_poll(void *state, uint64_t until, struct wait **ready)
{
	struct poll_state *s = state;
	int events = sleep_in_poll(s, until), done = 0;

	if (events < 0)
		return events;
	/* downwards: forget() moves only entries that were looked at */
	for (unsigned i = s->n; events && i-- > 0;) {
		if (!s->fd[i].revents)
			continue;
		events--;
		if (!wait_try(s->wait[i], &s->tries))
			continue;
		ready[done++] = s->wait[i];
		forget(s, i);
	}
	return done;
}

const struct engine engine_poll = {
	.name = "poll",
	.nonblock = true,
	.open = poll_open,
	.start = poll_start,
	.poll = poll_poll,
	.close = poll_close,
};

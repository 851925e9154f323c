/*
 * epoll: readiness by registration.  As a good server does it, a descriptor is
 * registered once, for reading, level-triggered, and stays so: a request costs
 * its send, its receive and a share of one epoll_wait.  EPOLLOUT is asked for
 * only while a socket is full.  The other styles are what loops are also seen
 * to do; each shows its price.
 *
 * What is ready while nobody waits for it is reported again and again.  That is
 * harmless, and cheaper than to unregister, as long as something else finishes;
 * only when a wait gave nothing but such stale events are they turned off.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/epoll.h"
#include "engines/engine.h"

enum { EVENTS_MAX = 4096 };

/* What the kernel was told of a descriptor, and who waits there. */
struct watch {
	bool known;		/* registered */
	uint32_t armed;		/* for these events */
	struct wait *in, *out;	/* see waits_push() */
};

struct epoll_state {
	int fd;
	bool coarse;		/* see epoll_until() */
	enum epoll_style style;
	struct tries tries;
	struct watch *watch;	/* [watches], by descriptor */
	int watches;
	struct epoll_event *event;	/* [room] */
	int room;
};

static void epoll_close(void *state)
{
	struct epoll_state *s = state;

	if (!s)
		return;
	if (s->fd >= 0)
		close(s->fd);
	free(s->watch);
	free(s->event);
	free(s);
}

/* Room for descriptor @fd.  0 or -1. */
static int grow(struct epoll_state *s, int fd)
{
	int n = fd < 64 ? 128 : 2 * fd;
	struct watch *more = realloc(s->watch, (size_t)n * sizeof *more);

	if (!more)
		return -1;
	memset(more + s->watches, 0, (size_t)(n - s->watches) * sizeof *more);
	s->watch = more;
	s->watches = n;
	return 0;
}

static void *epoll_open(unsigned seats, const uint64_t *option, uint64_t *syscalls)
{
	struct epoll_state *s = calloc(1, sizeof *s);

	if (!s)
		return NULL;
	s->style = (enum epoll_style)option[EPOLL_STYLE];
	s->tries = (struct tries){ syscalls, s->style == EPOLL_EDGE };
	s->room = seats < EVENTS_MAX ? (int)seats : EVENTS_MAX;
	s->event = calloc((size_t)s->room, sizeof *s->event);
	s->fd = epoll_create1(EPOLL_CLOEXEC);
	/* a descriptor or two a seat: enough not to grow while it is timed */
	if (s->event && s->fd >= 0 && !grow(s, (int)seats + 64))
		return s;
	epoll_close(s);
	return NULL;
}

static const char *epoll_mode(const void *state)
{
	static const char *const names[] = {
		[EPOLL_LEVEL] = "epoll",
		[EPOLL_REARM] = "epoll-rearm",
		[EPOLL_EDGE] = "epoll-edge",
		[EPOLL_SPECULATIVE] = "epoll-speculative",
		[EPOLL_TOGGLE_OUT] = "epoll-toggle-out",
	};

	return names[((const struct epoll_state *)state)->style];
}

/* Let @fd be registered for exactly @events, or not at all.  0 or -errno. */
static int arm(struct epoll_state *s, int fd, uint32_t events)
{
	struct watch *h = &s->watch[fd];
	struct epoll_event e = { .events = events, .data.fd = fd };
	int how = !events ? EPOLL_CTL_DEL : h->known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
	int rc;

	++*s->tries.syscalls;
	rc = epoll_ctl(s->fd, how, fd, &e);
	/* a connect that is tried again on the same socket */
	if (rc < 0 && errno == EEXIST) {
		++*s->tries.syscalls;
		rc = epoll_ctl(s->fd, EPOLL_CTL_MOD, fd, &e);
	}
	if (rc < 0 && events)
		return -errno;
	h->known = events != 0;
	h->armed = events;
	return 0;
}

/* Those who wait at @h, and nobody else. */
static uint32_t wanted(const struct watch *h)
{
	return (h->in ? EPOLLIN : 0u) | (h->out ? EPOLLOUT : 0u);
}

/* What @h has to be armed with when somebody waits there for @event too. */
static uint32_t arming(const struct epoll_state *s, const struct watch *h, uint32_t event)
{
	switch (s->style) {
	case EPOLL_REARM:
		return EPOLLONESHOT | wanted(h) | event;
	case EPOLL_EDGE:
		return EPOLLIN | EPOLLOUT | EPOLLET;
	case EPOLL_TOGGLE_OUT:
		return h->armed | event | EPOLLIN;
	default:
		return h->armed | event;
	}
}

/* Wait for @w.  0, or 1 when that is impossible or needless. */
static int park(struct epoll_state *s, struct wait *w)
{
	uint32_t event = wait_out(&w->op) ? EPOLLOUT : EPOLLIN, events;
	struct watch *h = &s->watch[w->op.fd];
	int rc = 0;

	events = arming(s, h, event);
	if (events != h->armed)
		rc = arm(s, w->op.fd, events);
	if (rc == -EPERM && wait_try(w, &s->tries))
		return 1;	/* a file: always ready */
	if (rc < 0) {
		w->res = rc;
		return 1;
	}
	waits_push(event == EPOLLOUT ? &h->out : &h->in, w);
	return 0;
}

/* Descriptor @fd is a new one: forget what its number meant before. */
static int renew(struct epoll_state *s, int fd)
{
	if (fd >= s->watches && grow(s, fd) < 0)
		return -ENOMEM;
	s->watch[fd] = (struct watch){ .known = false };
	return 0;
}

static bool tries_first(const struct epoll_state *s, const struct op *op)
{
	switch (s->style) {
	case EPOLL_EDGE:
	case EPOLL_SPECULATIVE:
		return true;
	case EPOLL_TOGGLE_OUT:
		return op->kind == OP_CONNECT || (!wait_out(op) && !wait_first(op));
	default:
		return !wait_first(op);
	}
}

/* What an accept brought is new too. */
static void finished(struct epoll_state *s, struct wait *w)
{
	if (w->op.kind == OP_ACCEPT && w->res >= 0 && renew(s, (int)w->res) < 0) {
		close((int)w->res);
		w->res = -ENOMEM;
	}
}

static int epoll_start(void *state, struct wait *w)
{
	struct epoll_state *s = state;
	int fd = w->op.fd;

	if (fd >= 0 && (fd >= s->watches || w->op.kind == OP_CONNECT) && renew(s, fd) < 0) {
		w->res = -ENOMEM;
		return 1;
	}
	if (fd < 0 || tries_first(s, &w->op) ? wait_try(w, &s->tries) : false) {
		finished(s, w);
		return 1;
	}
	return park(s, w);
}

/* Until something happens or @until: how many events, or -errno. */
static int sleep_in_epoll(struct epoll_state *s, uint64_t until)
{
	int n;

	do {
		++*s->tries.syscalls;
		n = epoll_until(s->fd, s->event, s->room, until, &s->coarse);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

/* Arm @fd again after an event as its style has it.  0 or -errno. */
static int settle(struct epoll_state *s, int fd)
{
	struct watch *h = &s->watch[fd];
	uint32_t want = wanted(h);

	if (s->style == EPOLL_EDGE)
		return 0;
	if (s->style == EPOLL_REARM)
		return want ? arm(s, fd, EPOLLONESHOT | want) : 0;
	if (h->armed & EPOLLOUT && !h->out)
		return arm(s, fd, h->armed & ~(uint32_t)EPOLLOUT);
	return 0;
}

/* Who waited for event @e; how many have finished, or -errno. */
static int serve(struct epoll_state *s, const struct epoll_event *e, struct wait **ready)
{
	const uint32_t lost = EPOLLHUP | EPOLLERR;
	int fd = e->data.fd, done = 0, rc;
	struct watch *h = &s->watch[fd];

	if (s->style == EPOLL_REARM)
		h->armed = 0;
	if (e->events & (EPOLLIN | lost))
		done = waits_drain(&h->in, &s->tries, ready);
	for (int i = 0; i < done; i++)
		finished(s, ready[i]);
	h = &s->watch[fd];	/* it may have moved */
	if (e->events & (EPOLLOUT | lost))
		done += waits_drain(&h->out, &s->tries, ready + done);
	rc = settle(s, fd);
	return rc < 0 ? rc : done;
}

/* Nothing but stale events, which would come again at once.  0 or -errno. */
static int calm(struct epoll_state *s, int n)
{
	int rc = 0;

	for (int i = 0; !rc && i < n; i++) {
		int fd = s->event[i].data.fd;
		uint32_t want = wanted(&s->watch[fd]);

		if (!want || want != s->watch[fd].armed)
			rc = arm(s, fd, want);
	}
	return rc;
}

static int epoll_poll(void *state, uint64_t until, struct wait **ready)
{
	struct epoll_state *s = state;
	int n = sleep_in_epoll(s, until), done = 0, rc = 0;

	for (int i = 0; rc >= 0 && i < n; i++) {
		rc = serve(s, &s->event[i], ready + done);
		done += rc > 0 ? rc : 0;
	}
	if (n > 0 && !done && until && rc >= 0 &&
	    s->style != EPOLL_EDGE && s->style != EPOLL_REARM)
		rc = calm(s, n);
	return n < 0 ? n : rc < 0 ? rc : done;
}

const struct engine engine_epoll = {
	.name = "epoll",
	.nonblock = true,
	.options = 1,
	.open = epoll_open,
	.mode = epoll_mode,
	.start = epoll_start,
	.poll = epoll_poll,
	.close = epoll_close,
};

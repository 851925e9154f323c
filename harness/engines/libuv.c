/*
 * libuv: the loop under Node and uvloop, as the peer that users know.  Through
 * uv_poll, because a step asks for an operation on a descriptor with a buffer
 * of its own, now: uv's streams read by themselves into memory that they are
 * given, which is another stream of operations and could not be compared.
 *
 * A handle stays started for reading, as uv's streams are, until something is
 * ready that nobody waits for.  libuv's own timers count in ms; what is asked
 * for in between is rounded up.  System calls are counted as seen from here: a
 * turn of the loop is one, a handle that starts or stops another.
 */
#ifndef HAVE_LIBUV
#include "engines/engine.h"

const struct engine engine_libuv = {
	.name = "libuv",
	.missing = "built without libuv (package libuv1-dev)",
};
#else
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/clock.h"
#include "engines/engine.h"

/* A descriptor, as libuv knows it and as we do. */
struct handle {
	uv_poll_t poll;		/* first: a poll is its handle */
	struct uv_state *state;
	int armed;		/* UV_READABLE, UV_WRITABLE */
	struct wait *in, *out;	/* see waits_push() */
};

struct uv_state {
	uv_loop_t loop;
	uv_timer_t timer;
	char mode[24];
	struct tries tries;
	struct handle **handle;	/* [handles], by descriptor, NULL: none yet */
	int handles;
	struct wait **ready;	/* of the call of poll that runs */
	int done, rc;
	bool woken;		/* by a descriptor, not by the timer */
};

static void free_handle(uv_handle_t *h)
{
	free(h);
}

static void uv_close_state(void *state)
{
	struct uv_state *s = state;

	for (int i = 0; i < s->handles; i++)
		if (s->handle[i])
			uv_close((uv_handle_t *)s->handle[i], free_handle);
	uv_close((uv_handle_t *)&s->timer, NULL);
	uv_run(&s->loop, UV_RUN_DEFAULT);
	uv_loop_close(&s->loop);
	free(s->handle);
	free(s);
}

static void *uv_open_state(unsigned seats, const uint64_t *option, uint64_t *syscalls)
{
	struct uv_state *s = calloc(1, sizeof *s);
	int rc;

	(void)option;
	if (!s)
		return NULL;
	s->handles = (int)seats + 64;
	s->handle = calloc((size_t)s->handles, sizeof *s->handle);
	rc = s->handle ? uv_loop_init(&s->loop) : UV_ENOMEM;
	if (rc < 0) {
		free(s->handle);
		free(s);
		errno = -rc;
		return NULL;
	}
	uv_timer_init(&s->loop, &s->timer);
	s->tries = (struct tries){ .syscalls = syscalls };
	snprintf(s->mode, sizeof s->mode, "libuv-%s", uv_version_string());
	return s;
}

static const char *uv_mode(const void *state)
{
	return ((const struct uv_state *)state)->mode;
}

static void on_ready(uv_poll_t *poll, int status, int events);

/* Let @h be watched for exactly @events.  0 or -errno. */
static int arm(struct handle *h, int events)
{
	h->armed = events;
	++*h->state->tries.syscalls;
	return events ? uv_poll_start(&h->poll, events, on_ready) : uv_poll_stop(&h->poll);
}

static int wanted(const struct handle *h)
{
	return (h->in ? UV_READABLE : 0) | (h->out ? UV_WRITABLE : 0);
}

/* libuv reports one descriptor at a time, and every error as a status. */
static void on_ready(uv_poll_t *poll, int status, int events)
{
	struct handle *h = (struct handle *)poll;
	struct uv_state *s = h->state;
	int before = s->done, want;

	s->woken = true;
	if (status < 0) {	/* libuv has stopped the handle */
		events = UV_READABLE | UV_WRITABLE;
		h->armed = 0;
	}
	if (events & UV_READABLE)
		s->done += waits_drain(&h->in, &s->tries, s->ready + s->done);
	if (events & UV_WRITABLE)
		s->done += waits_drain(&h->out, &s->tries, s->ready + s->done);
	want = wanted(h);
	/* stay as it is for the next, unless this came to nothing.  To start
	 * what nobody waits for would be to leave a change behind that libuv
	 * makes later, and that it aborts on when the descriptor is closed. */
	if (s->done > before && h->armed == UV_READABLE)
		return;
	if (want != h->armed && arm(h, want) < 0)
		s->rc = -EIO;
}

/* Room for descriptor @fd.  0 or -1. */
static int grow(struct uv_state *s, int fd)
{
	struct handle **more = realloc(s->handle, 2 * (size_t)fd * sizeof *more);

	if (!more)
		return -1;
	memset(more + s->handles, 0, (2 * (size_t)fd - (size_t)s->handles) * sizeof *more);
	s->handle = more;
	s->handles = 2 * fd;
	return 0;
}

/* The handle of @fd, made when there is none.  0 or -errno. */
static int find(struct uv_state *s, int fd, struct handle **out)
{
	struct handle *h;
	int rc;

	if (fd >= s->handles && grow(s, fd) < 0)
		return -ENOMEM;
	*out = s->handle[fd];
	if (*out)
		return 0;
	h = calloc(1, sizeof *h);
	if (!h)
		return -ENOMEM;
	h->state = s;
	rc = uv_poll_init(&s->loop, &h->poll, fd);
	if (rc < 0) {
		free(h);
		return rc;
	}
	*out = s->handle[fd] = h;
	return 0;
}

/* Descriptor @fd is a new one: let go of what its number meant before. */
static void renew(struct uv_state *s, int fd)
{
	if (fd < 0 || fd >= s->handles || !s->handle[fd])
		return;
	uv_close((uv_handle_t *)s->handle[fd], free_handle);
	s->handle[fd] = NULL;
}

static int park(struct uv_state *s, struct wait *w)
{
	int event = wait_out(&w->op) ? UV_WRITABLE : UV_READABLE;
	struct handle *h;
	int rc = find(s, w->op.fd, &h);

	if (!rc && (h->armed | event) != h->armed)
		rc = arm(h, h->armed | event);
	if (rc == UV_EPERM && wait_try(w, &s->tries))
		return 1;	/* a file: always ready */
	if (rc < 0) {
		w->res = rc;
		return 1;
	}
	waits_push(event == UV_WRITABLE ? &h->out : &h->in, w);
	return 0;
}

static int uv_start(void *state, struct wait *w)
{
	struct uv_state *s = state;

	if (w->op.kind == OP_CONNECT)
		renew(s, w->op.fd);
	if (wait_first(&w->op) || !wait_try(w, &s->tries))
		return park(s, w);
	if (w->op.kind == OP_ACCEPT)
		renew(s, (int)w->res);
	return 1;
}

/* Timers come before descriptors in a turn: one that is due already must not
 * leave the turn to wait without it. */
static void on_time(uv_timer_t *timer)
{
	uv_stop(timer->loop);
}

/* One turn of the loop, until something happens or @until. */
static void turn(struct uv_state *s, uint64_t until)
{
	uint64_t now = clock_ns();

	++*s->tries.syscalls;
	if (until && until != UINT64_MAX) {
		uv_update_time(&s->loop);
		uv_timer_start(&s->timer, on_time, until <= now ? 0 :
			       (until - now + NS_PER_MS - 1) / NS_PER_MS, 0);
	}
	uv_run(&s->loop, until ? UV_RUN_ONCE : UV_RUN_NOWAIT);
	uv_timer_stop(&s->timer);
}

static int uv_poll_state(void *state, uint64_t until, struct wait **ready)
{
	struct uv_state *s = state;

	s->ready = ready;
	s->done = s->rc = 0;
	s->woken = false;
	do {			/* the timer may be early by what it rounds */
		turn(s, until);
	} while (!s->woken && clock_ns() < until);
	for (int i = 0; i < s->done; i++)
		if (ready[i]->op.kind == OP_ACCEPT)
			renew(s, (int)ready[i]->res);
	return s->rc < 0 ? s->rc : s->done;
}

const struct engine engine_libuv = {
	.name = "libuv",
	.nonblock = true,
	.open = uv_open_state,
	.mode = uv_mode,
	.start = uv_start,
	.poll = uv_poll_state,
	.close = uv_close_state,
};
#endif

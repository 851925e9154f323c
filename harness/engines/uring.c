/*
 * uring: the kernel executes the operation itself.  What is started is only
 * written into a queue; one call hands over all of it and waits, and none is
 * made while there are completions to look at.  Flags after Jens Axboe's advice
 * (liburing wiki, "io_uring and networking in 2023"): one issuer, and no
 * interrupting of a thread that will come by itself; a kernel that does not
 * know them gets none.  Files are native: nothing blocks the loop.
 */
#ifndef HAVE_LIBURING
#include "engines/engine.h"

const struct engine engine_uring = {
	.name = "uring",
	.missing = "built without liburing (package liburing-dev)",
};
#else
#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "engines/uring.h"

enum { ENTRIES_MAX = 4096 };	/* written before they are handed over */
#define GIVE_UP_NS ((uint64_t)NS_PER_SEC)	/* on operations that do not end */

/* What `none` lacks, and what a kernel before 6.1 refuses: in order of merit. */
static const struct {
	const char *mode;
	unsigned flags;
} modes[] = {
	[URING_COOP] = { "uring-coop", IORING_SETUP_SINGLE_ISSUER |
			 IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG },
	[URING_DEFER] = { "uring-defer", IORING_SETUP_SINGLE_ISSUER |
			  IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_TASKRUN_FLAG },
	[URING_NONE] = { "uring-none", 0 },
};

/* 0 or -errno. */
static int set_up(struct uring_state *s, unsigned seats, enum uring_flags how)
{
	struct io_uring_params p = { .flags = modes[how].flags };

	/* no completion may ever be without a place: one for each seat */
	p.flags |= IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP;
	p.cq_entries = 2 * seats + 16;
	s->mode = modes[how].mode;
	return io_uring_queue_init_params(seats < ENTRIES_MAX ? seats + 8 : ENTRIES_MAX,
					  &s->ring, &p);
}

/* OP_SOCKET is as old as IORING_RECVSEND_POLL_FIRST, which cannot be asked for. */
static bool can_poll_first(struct io_uring *ring)
{
	struct io_uring_probe *probe = io_uring_get_probe_ring(ring);
	bool yes = probe && io_uring_opcode_supported(probe, IORING_OP_SOCKET);

	io_uring_free_probe(probe);
	return yes;
}

static void *uring_open(unsigned seats, const uint64_t *option, uint64_t *syscalls)
{
	struct uring_state *s = calloc(1, sizeof *s);
	int rc;

	if (!s)
		return NULL;
	s->syscalls = syscalls;
	s->fixed = option[URING_BUFFERS] == URING_REGISTERED;
	rc = set_up(s, seats, (enum uring_flags)option[URING_FLAGS]);
	if (rc == -EINVAL)
		rc = set_up(s, seats, URING_NONE);
	if (rc < 0) {
		free(s);
		errno = -rc;
		return NULL;
	}
	io_uring_register_ring_fd(&s->ring);	/* saves a look-up a call, if it can */
	s->poll_first = can_poll_first(&s->ring);
	return s;
}

static const char *uring_mode(const void *state)
{
	return ((const struct uring_state *)state)->mode;
}

static int uring_memory(void *state, const struct iovec *seat, unsigned n)
{
	struct uring_state *s = state;

	s->seat = seat;
	s->seats = n;
	return s->fixed ? io_uring_register_buffers(&s->ring, seat, n) : 0;
}

/* Hand over what is written, wait for nothing. */
static int submit(struct uring_state *s)
{
	++*s->syscalls;
	return io_uring_submit(&s->ring);
}

static struct io_uring_sqe *entry(struct uring_state *s)
{
	struct io_uring_sqe *e = io_uring_get_sqe(&s->ring);

	if (e || submit(s) < 0)
		return e;
	return io_uring_get_sqe(&s->ring);
}

static int uring_start(void *state, struct wait *w)
{
	struct uring_state *s = state;
	struct io_uring_sqe *e = entry(s);

	if (!e) {
		w->res = -EBUSY;
		return 1;
	}
	uring_prepare(s, e, w);
	io_uring_sqe_set_data(e, w);
	s->begun++;
	return 0;
}

/* @w came back with @res: true when it has finished, else it goes on. */
static bool finished(struct uring_state *s, struct wait *w, int res)
{
	s->begun--;
	if (res == -EINTR || res == -EAGAIN)
		return uring_start(s, w);
	w->res = res;
	if (res < 0 || !op_moves_bytes(w->op.kind))
		return true;
	w->moved += (size_t)res;
	w->res = (int64_t)w->moved;
	if (!res || !(w->op.flags & OP_ALL) || w->moved == w->op.len)
		return true;
	return uring_start(s, w);
}

/* Completions that are there; no system call. */
static int reap(struct uring_state *s, struct wait **ready)
{
	struct io_uring_cqe *c;
	unsigned head, seen = 0;
	int done = 0;

	io_uring_for_each_cqe(&s->ring, head, c) {
		struct wait *w = io_uring_cqe_get_data(c);

		seen++;
		if (w && finished(s, w, c->res))
			ready[done++] = w;
	}
	io_uring_cq_advance(&s->ring, seen);
	return done;
}

/* Hand over what is written and let the kernel report, but do not wait. */
static int look(struct uring_state *s)
{
	bool late = IO_URING_READ_ONCE(*s->ring.sq.kflags) &
		    (IORING_SQ_TASKRUN | IORING_SQ_CQ_OVERFLOW);

	if (!late && !io_uring_sq_ready(&s->ring))
		return 0;
	++*s->syscalls;
	return io_uring_submit_and_get_events(&s->ring);
}

static int sleep_in_uring(struct uring_state *s, uint64_t until)
{
	struct __kernel_timespec ts;
	struct io_uring_cqe *c;
	uint64_t now;

	if (!until)
		return look(s);
	++*s->syscalls;
	if (until == UINT64_MAX)
		return io_uring_submit_and_wait(&s->ring, 1);
	now = clock_ns();
	now = until > now ? until - now : 0;
	ts = (struct __kernel_timespec){ (int64_t)(now / NS_PER_SEC), (long long)(now % NS_PER_SEC) };
	return io_uring_submit_and_wait_timeout(&s->ring, &c, 1, &ts, NULL);
}

static int uring_poll(void *state, uint64_t until, struct wait **ready)
{
	struct uring_state *s = state;
	int rc = 0;

	if (!io_uring_cq_ready(&s->ring))
		rc = sleep_in_uring(s, until);
	if (rc < 0 && rc != -ETIME && rc != -EINTR && rc != -EAGAIN && rc != -EBUSY)
		return rc;
	return reap(s, ready);
}

/* An operation that is under way would write into memory that is gone. */
static void cancel_all(struct uring_state *s)
{
	uint64_t until = clock_ns() + GIVE_UP_NS;
	struct io_uring_sqe *e = entry(s);
	struct io_uring_cqe *c;

	if (!e)
		return;
	io_uring_prep_cancel64(e, 0, IORING_ASYNC_CANCEL_ANY | IORING_ASYNC_CANCEL_ALL);
	io_uring_sqe_set_data(e, NULL);
	while (s->begun && clock_ns() < until) {
		sleep_in_uring(s, until);
		while (!io_uring_peek_cqe(&s->ring, &c)) {
			s->begun -= io_uring_cqe_get_data(c) != NULL;
			io_uring_cqe_seen(&s->ring, c);
		}
	}
}

static void uring_close(void *state)
{
	struct uring_state *s = state;
	uint64_t uncounted = 0;	/* what is counted is sealed by now */

	s->syscalls = &uncounted;
	if (s->begun)
		cancel_all(s);
	io_uring_queue_exit(&s->ring);
	free(s);
}

const struct engine engine_uring = {
	.name = "uring",
	.options = 2,
	.open = uring_open,
	.memory = uring_memory,
	.mode = uring_mode,
	.start = uring_start,
	.poll = uring_poll,
	.close = uring_close,
};
#endif

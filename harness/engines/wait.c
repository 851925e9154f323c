/* One try at an operation that must not block: the part that all readiness
 * engines share.  Sockets stay blocking and are asked not to wait call by call,
 * so a descriptor is the same in every strategy; pipes are O_NONBLOCK, opened
 * so on the engine's request, and so are sockets that listen.  connect() cannot be
 * asked: its socket is made O_NONBLOCK here.  Files cannot be waited for: they are
 * executed in place, and the loop stands still meanwhile. */
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engines/engine.h"

static ssize_t call(const struct wait *w)
{
	const struct op *op = &w->op;
	char *buf = (char *)op->buf + w->moved;
	size_t len = op->len - w->moved;

	switch (op->kind) {
	case OP_RECV:
		return recv(op->fd, buf, len, MSG_DONTWAIT);
	case OP_SEND:
		return send(op->fd, buf, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	case OP_READ:
		return read(op->fd, buf, len);
	default:
		return write(op->fd, buf, len);
	}
}

bool wait_out(const struct op *op)
{
	return op->kind == OP_SEND || op->kind == OP_WRITE || op->kind == OP_CONNECT;
}

bool wait_first(const struct op *op)
{
	bool reads = op->kind == OP_RECV || op->kind == OP_READ || op->kind == OP_ACCEPT;

	/* nothing ever happens at a negative descriptor */
	return reads && op->flags & OP_WAITFIRST && op->fd >= 0;
}

static bool finish(struct wait *w, int64_t res)
{
	w->res = res;
	return true;
}

static bool try_connect(struct wait *w, struct tries *t)
{
	socklen_t n = sizeof(int);
	int err = 0;

	if (w->moved) {
		++*t->syscalls;
		if (getsockopt(w->op.fd, SOL_SOCKET, SO_ERROR, &err, &n) < 0)
			err = errno;
		return finish(w, -err);
	}
	*t->syscalls += 2;
	fcntl(w->op.fd, F_SETFL, O_NONBLOCK);	/* it has no other flags */
	if (!connect(w->op.fd, w->op.buf, (socklen_t)w->op.len))
		return finish(w, 0);
	w->moved = errno == EINPROGRESS || errno == EINTR;
	/* EAGAIN: the backlog of a Unix socket is full */
	return w->moved || errno == EAGAIN ? false : finish(w, -errno);
}

static bool try_accept(struct wait *w, struct tries *t)
{
	int fd;

	do {
		++*t->syscalls;
		fd = accept4(w->op.fd, NULL, NULL, SOCK_CLOEXEC);
	} while (fd < 0 && errno == EINTR);
	return fd < 0 && errno == EAGAIN ? false : finish(w, fd < 0 ? -errno : fd);
}

static bool try_bytes(struct wait *w, struct tries *t)
{
	for (;;) {
		size_t asked = w->op.len - w->moved;
		ssize_t n = call(w);

		++*t->syscalls;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return false;
		if (n < 0)
			return finish(w, -errno);
		w->moved += (size_t)n;
		if (!n || !(w->op.flags & OP_ALL) || w->moved == w->op.len)
			return finish(w, (int64_t)w->moved);
		/* all there was: who hears of a level need not ask again */
		if ((size_t)n < asked && !t->exhaust)
			return false;
	}
}

bool wait_try(struct wait *w, struct tries *t)
{
	switch (w->op.kind) {
	case OP_RECV:
	case OP_SEND:
	case OP_READ:
	case OP_WRITE:
		return try_bytes(w, t);
	case OP_CONNECT:
		return try_connect(w, t);
	case OP_ACCEPT:
		return try_accept(w, t);
	default:
		return finish(w, blocking_exec(&w->op, t->syscalls));
	}
}

int waits_drain(struct wait **last, struct tries *t, struct wait **ready)
{
	struct wait *w;
	int done = 0;

	while ((w = waits_first(*last)) && wait_try(w, t)) {
		waits_pop(last);
		ready[done++] = w;
	}
	return done;
}

/* One try at an operation that must not block: the part that all readiness
 * engines share.  Sockets stay blocking and are asked not to wait call by call,
 * so a descriptor is the same in every strategy; pipes are O_NONBLOCK, opened
 * so on the engine's request.  Files cannot be waited for: they are executed
 * in place, and the loop stands still meanwhile (file policy `inline`). */
#include <errno.h>
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

bool wait_try(struct wait *w, uint64_t *syscalls)
{
	ssize_t n;

	switch (w->op.kind) {
	case OP_RECV:
	case OP_SEND:
	case OP_READ:
	case OP_WRITE:
		break;
	default:
		w->res = blocking_exec(&w->op, syscalls);
		return true;
	}
	for (;;) {
		++*syscalls;
		n = call(w);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return false;
		if (n < 0) {
			w->res = -errno;
			return true;
		}
		w->moved += (size_t)n;
		w->res = (int64_t)w->moved;
		if (!n || !(w->op.flags & OP_ALL) || w->moved == w->op.len)
			return true;
	}
}

/* An operation as io_uring is asked for it. */
#include "engines/engine.h"

#ifdef HAVE_LIBURING
#include "engines/uring.h"

enum { LEN_MAX = 1 << 30 };	/* bytes asked for at once */

/* True when all of @w's buffer is memory registered for its seat. */
static bool is_fixed(const struct uring_state *s, const struct wait *w)
{
	const char *at = w->op.buf, *from;

	if (!s->fixed || w->seat >= s->seats)
		return false;
	from = s->seat[w->seat].iov_base;
	return at >= from && at + w->op.len <= from + s->seat[w->seat].iov_len;
}

static void prepare_read(const struct uring_state *s, struct io_uring_sqe *e, const struct wait *w,
			 uint64_t at, unsigned len)
{
	char *buf = (char *)w->op.buf + w->moved;

	if (is_fixed(s, w))
		io_uring_prep_read_fixed(e, w->op.fd, buf, len, at, (int)w->seat);
	else
		io_uring_prep_read(e, w->op.fd, buf, len, at);
}

static void prepare_write(const struct uring_state *s, struct io_uring_sqe *e, const struct wait *w,
			  uint64_t at, unsigned len)
{
	char *buf = (char *)w->op.buf + w->moved;

	if (is_fixed(s, w))
		io_uring_prep_write_fixed(e, w->op.fd, buf, len, at, (int)w->seat);
	else
		io_uring_prep_write(e, w->op.fd, buf, len, at);
}

static void prepare_recv(const struct uring_state *s, struct io_uring_sqe *e, const struct wait *w,
			 unsigned len)
{
	/* the kernel puts parts together itself, as it does for who blocks */
	int all = w->op.flags & OP_ALL ? MSG_WAITALL : 0;

	io_uring_prep_recv(e, w->op.fd, (char *)w->op.buf + w->moved, len, all);
	if (s->poll_first && w->op.flags & OP_WAITFIRST)
		e->ioprio |= IORING_RECVSEND_POLL_FIRST;
}

void uring_prepare(const struct uring_state *s, struct io_uring_sqe *e, const struct wait *w)
{
	const struct op *op = &w->op;
	size_t left = op->len - w->moved;
	unsigned len = left < LEN_MAX ? (unsigned)left : LEN_MAX;

	switch (op->kind) {
	case OP_RECV:
		prepare_recv(s, e, w, len);
		break;
	case OP_SEND:
		io_uring_prep_send(e, op->fd, (char *)op->buf + w->moved, len,
				   MSG_NOSIGNAL | MSG_WAITALL);
		break;
	case OP_READ:
	case OP_PREAD:
		prepare_read(s, e, w, op->kind == OP_READ ? -1ull : op->at + w->moved, len);
		break;
	case OP_WRITE:
	case OP_PWRITE:
		prepare_write(s, e, w, op->kind == OP_WRITE ? -1ull : op->at + w->moved, len);
		break;
	case OP_CONNECT:
		io_uring_prep_connect(e, op->fd, op->buf, (socklen_t)op->len);
		break;
	case OP_ACCEPT:
		io_uring_prep_accept(e, op->fd, NULL, NULL, SOCK_CLOEXEC);
		break;
	default:
		io_uring_prep_fsync(e, op->fd, IORING_FSYNC_DATASYNC);
	}
}
#endif

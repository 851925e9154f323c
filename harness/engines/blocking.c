/* blocking: the calling thread waits in the kernel, as an author by hand would
 * have it wait.  One system call an operation unless the transfer is partial. */
#include <errno.h>
#include <limits.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/futex.h"
#include "engines/engine.h"

/* One system call that may block: bytes, descriptor, 0, or -1 with errno. */
static ssize_t call(const struct op *op, size_t done)
{
	char *buf = op->buf ? (char *)op->buf + done : NULL;
	size_t len = op->len - done;
	/* the kernel completes a receive itself: no second call for a part */
	int whole = op->flags & OP_ALL ? MSG_WAITALL : 0;

	switch (op->kind) {
	case OP_RECV:
		return recv(op->fd, buf, len, whole);
	case OP_SEND:
		return send(op->fd, buf, len, MSG_NOSIGNAL);
	case OP_READ:
		return read(op->fd, buf, len);
	case OP_WRITE:
		return write(op->fd, buf, len);
	case OP_PREAD:
		return pread(op->fd, buf, len, (off_t)(op->at + done));
	case OP_PWRITE:
		return pwrite(op->fd, buf, len, (off_t)(op->at + done));
	case OP_SYNC:
		return fdatasync(op->fd);
	case OP_CONNECT:
		return connect(op->fd, op->buf, (socklen_t)op->len);
	case OP_ACCEPT:
		return accept4(op->fd, NULL, NULL, SOCK_CLOEXEC);
	case OP_WAKE:
		return futex_wake(op->buf, op->flags & OP_ALL ? INT_MAX : 1);
	default:
		errno = EINVAL;
		return -1;
	}
}

/* Until the word has changed.  Who was woken looks again: for a signal, or for
 * somebody who waited there before, it has not.  The kernel looks first, because
 * it alone can tell whether there is a word. */
static int64_t wait_word(const struct op *op, uint64_t *syscalls)
{
	_Atomic uint32_t *word = op->buf;
	uint32_t old = (uint32_t)op->at;

	do {
		++*syscalls;
		if (futex_wait(word, old) < 0 && errno != EAGAIN && errno != EINTR)
			return -errno;
	} while (atomic_load_explicit(word, memory_order_acquire) == old);
	return 0;
}

int64_t blocking_exec(const struct op *op, uint64_t *syscalls)
{
	size_t done = 0;
	ssize_t n;

	if (op->kind == OP_COMPUTE) {
		op->compute(op->buf);
		return 0;
	}
	if (op->kind == OP_SLEEP) {
		++*syscalls;
		clock_sleep_until(op->at);
		return 0;
	}
	if (op->kind == OP_WAIT)
		return wait_word(op, syscalls);
	for (;;) {
		++*syscalls;
		n = call(op, done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!op_moves_bytes(op->kind))
			return n;
		done += (size_t)n;
		if (!n || !(op->flags & OP_ALL) || done == op->len)
			return (int64_t)done;
	}
}

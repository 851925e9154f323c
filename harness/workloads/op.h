/*
 * op.h - an operation as data: what a step asks for, and an engine executes.
 * Floor 1; workloads get it through workload.h.
 */
#ifndef WORKLOADS_OP_H
#define WORKLOADS_OP_H

#include <stddef.h>
#include <stdint.h>

enum op_kind {
	OP_DONE,	/* the task is finished, t->result is set */
	OP_FAIL,	/* the task gave up; t->res is -errno */
	OP_UNIT,	/* len units are finished: count them, time them, and
			 * perhaps turn to another task */
	OP_YIELD,	/* still computing; here a global lock may change hands */
	OP_RECV,	/* sockets: poll() can wait for these */
	OP_SEND,
	OP_READ,	/* pipes: likewise */
	OP_WRITE,
	OP_CONNECT,	/* buf, len: a struct sockaddr */
	OP_ACCEPT,	/* res: the new descriptor */
	OP_PREAD,	/* files: poll() cannot; at is the offset */
	OP_PWRITE,
	OP_SYNC,	/* fdatasync */
	OP_COMPUTE,	/* compute(buf), which needs no lock, as CPython's bz2:
			 * executed in place, or by a loop's pool */
	OP_WAIT,	/* until the 32-bit word at buf is not at: futex(2),
			 * which poll() does not know; a loop without a pool
			 * stands still meanwhile, and all its tasks with it */
	OP_WAKE,	/* one who waits for the word at buf */
	OP_SLEEP,	/* until the absolute time at, on clock_ns() */
	OP_KINDS
};

enum {
	OP_ALL = 1,		/* until len bytes or EOF have moved; the engine
				 * keeps count of a partial transfer.  OP_WAKE:
				 * not one, but all */
	OP_WAITFIRST = 2,	/* the peer cannot have answered yet: do not
				 * try before waiting */
	OP_CHANCE = 4,		/* whether it is asked for depends on who was
				 * first: not part of the digest of the ops */
};

struct op {
	enum op_kind kind;
	unsigned flags;
	int fd;
	void *buf;
	size_t len;		/* bytes; units for OP_UNIT */
	union {
		uint64_t at;	/* ns for OP_SLEEP; the word's old value for
				 * OP_WAIT; else a file offset in bytes */
		void (*compute)(void *buf);
	};
};

static inline struct op op_done(void)
{
	return (struct op){ .kind = OP_DONE };
}
static inline struct op op_units(size_t n)
{
	return (struct op){ .kind = OP_UNIT, .len = n };
}
static inline struct op op_yield(void)
{
	return (struct op){ .kind = OP_YIELD };
}
static inline struct op op_fail(void)
{
	return (struct op){ .kind = OP_FAIL };
}
static inline struct op op_recv(int fd, void *buf, size_t len, unsigned flags)
{
	return (struct op){ OP_RECV, flags, fd, buf, len, .at = 0 };
}
static inline struct op op_send(int fd, void *buf, size_t len)
{
	return (struct op){ OP_SEND, OP_ALL, fd, buf, len, .at = 0 };
}
static inline struct op op_read(int fd, void *buf, size_t len, unsigned flags)
{
	return (struct op){ OP_READ, flags, fd, buf, len, .at = 0 };
}
static inline struct op op_write(int fd, void *buf, size_t len)
{
	return (struct op){ OP_WRITE, OP_ALL, fd, buf, len, .at = 0 };
}
static inline struct op op_pread(int fd, void *buf, size_t len, uint64_t offset)
{
	return (struct op){ OP_PREAD, OP_ALL, fd, buf, len, .at = offset };
}
static inline struct op op_pwrite(int fd, void *buf, size_t len, uint64_t offset)
{
	return (struct op){ OP_PWRITE, OP_ALL, fd, buf, len, .at = offset };
}
static inline struct op op_sync(int fd)
{
	return (struct op){ .kind = OP_SYNC, .fd = fd };
}
static inline struct op op_compute(void (*compute)(void *), void *buf)
{
	return (struct op){ .kind = OP_COMPUTE, .buf = buf, .compute = compute };
}
static inline struct op op_wait(_Atomic uint32_t *word, uint32_t old)
{
	return (struct op){ .kind = OP_WAIT, .buf = word, .at = old };
}
static inline struct op op_wake(_Atomic uint32_t *word)
{
	return (struct op){ .kind = OP_WAKE, .buf = word };
}
static inline struct op op_wake_all(_Atomic uint32_t *word)
{
	return (struct op){ .kind = OP_WAKE, .flags = OP_ALL, .buf = word };
}
static inline struct op op_by_chance(struct op op)
{
	op.flags |= OP_CHANCE;
	return op;
}
static inline struct op op_sleep_until(uint64_t at)
{
	return (struct op){ .kind = OP_SLEEP, .at = at };
}

#endif

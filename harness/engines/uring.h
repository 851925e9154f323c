/* uring.h - what the two files of engine_uring share.  Floor 2. */
#ifndef ENGINES_URING_H
#define ENGINES_URING_H

#include <liburing.h>

#include "engines/engine.h"

struct uring_state {
	struct io_uring ring;
	const char *mode;
	bool poll_first;	/* this kernel can wait before it tries */
	bool fixed;		/* the seats' memory is registered */
	unsigned begun;		/* operations that the kernel has */
	uint64_t *syscalls;
	const struct iovec *seat;	/* see engine->memory */
	unsigned seats;
};

/* Write into @e what is left of @w's operation. */
void uring_prepare(const struct uring_state *s, struct io_uring_sqe *e, const struct wait *w);

#endif

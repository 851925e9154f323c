/*
 * bare: what the hand would write for this one purpose and no other: a loop of
 * pread() for fread, of pwrite() and fdatasync() for append, of write() and read()
 * for pipe, of futex() for futex, against the same file and the same server.  No
 * step, no op, no latency, no check: what is left is the machine's and the server's.
 */
#include <unistd.h>

#include "base/futex.h"
#include "tool.h"
#include "workloads/serve.h"

enum { BYTES_MAX = 16384, RECORDS_BYTES = 1 << 20 };	/* as append's file */
static unsigned char buf[BYTES_MAX];

/* The reads of one pass; how long they took, or 0 when one failed. */
static uint64_t loop_pread(const struct pass *p)
{
	uint64_t n = tool_units(p), bytes = tool_param(p, "bytes"), begin = clock_ns();
	uint64_t blocks = tool_param(p, "size") / bytes;
	int fd = p->run->channel[0].in;

	for (uint64_t i = 0; i < n; i++)
		if (pread(fd, buf, bytes, (off_t)(rng_at(p->run->seed, i) % blocks * bytes)) !=
		    (ssize_t)bytes)
			return 0;
	return clock_ns() - begin;
}

/* The records of one pass, each forced to disk. */
static uint64_t loop_append(const struct pass *p)
{
	uint64_t n = tool_units(p), bytes = tool_param(p, "bytes"), begin = clock_ns();
	int fd = p->run->channel[0].out;

	for (uint64_t i = 0; i < n; i++)
		if (pwrite(fd, buf, bytes, (off_t)(i % (RECORDS_BYTES / bytes) * bytes)) !=
		    (ssize_t)bytes || fdatasync(fd) < 0)
			return 0;
	return clock_ns() - begin;
}

/* To and fro with the workload's own server, over its pipes. */
static uint64_t loop_pipe(const struct pass *p)
{
	uint64_t n = tool_units(p), begin = clock_ns();
	size_t bytes = tool_param(p, "bytes");
	int out = p->run->channel[0].out, in = p->run->channel[0].in;

	for (uint64_t i = 0; i < n; i++)
		if (write(out, buf, bytes) != (ssize_t)bytes ||
		    read(in, buf, bytes) != (ssize_t)bytes)
			return 0;
	return clock_ns() - begin;
}

/* Likewise, over its words. */
static uint64_t loop_futex(const struct pass *p)
{
	struct words *w = words_map(p->run->channel[0].in);
	uint64_t n = tool_units(p), begin = clock_ns(), ns;

	if (!w)
		return 0;
	for (uint64_t i = 0; i < n; i++) {
		uint32_t before = atomic_load_explicit(&w->answer, memory_order_relaxed);

		atomic_fetch_add_explicit(&w->question, 1, memory_order_release);
		futex_wake(&w->question, 1);
		while (atomic_load_explicit(&w->answer, memory_order_acquire) == before)
			futex_wait(&w->answer, before);
	}
	ns = clock_ns() - begin;
	words_unmap(w);
	return ns;
}

static int bare_run(struct pass *p)
{
	unsigned needs = p->run->workload->needs;
	uint64_t ns;

	if (tool_begin(p) < 0)
		return -1;
	ns = needs & 1 << OP_PREAD ? loop_pread(p) :
	     needs & 1 << OP_SYNC ? loop_append(p) :
	     needs & 1 << OP_WAIT ? loop_futex(p) : loop_pipe(p);
	return tool_end(p, (double)ns, 0);
}

const struct strategy strategy_bare = {
	.name = "bare",
	.summary = "a loop written for fread, append, pipe or futex alone",
	.max_workers = 1,
	.engine = "blocking",
	.streams = STREAMS_ONE,
	.run = bare_run,
};

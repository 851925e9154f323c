/*
 * bare: what the hand would write for this one purpose and no other: a loop of
 * pread() for fread, a loop of write() and read() with another process for pipe, of
 * futex() for futex.
 * No step, no op, no latency, no check: what is left is the machine's.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/futex.h"
#include "base/mem.h"
#include "tool.h"

enum { BYTES_MAX = 16384 };
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

static bool answer_all(int in, int out, size_t bytes)
{
	while (read(in, buf, bytes) == (ssize_t)bytes)
		if (write(out, buf, bytes) != (ssize_t)bytes)
			return false;
	return true;
}

/* The other side is where the server would be. */
static void become_other(const struct pass *p)
{
	cpu_set_t set;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	CPU_ZERO(&set);
	if (p->run->server_cpu >= 0) {
		CPU_SET((unsigned)p->run->server_cpu, &set);
		sched_setaffinity(0, sizeof set, &set);
	}
}

static uint64_t play(const struct pass *p, int out, int in)
{
	uint64_t n = tool_units(p), begin;
	size_t bytes = tool_param(p, "bytes");

	/* the first one waits until the other side is there */
	if (write(out, buf, bytes) != (ssize_t)bytes || read(in, buf, bytes) != (ssize_t)bytes)
		return 0;
	begin = clock_ns();
	for (uint64_t i = 0; i < n; i++)
		if (write(out, buf, bytes) != (ssize_t)bytes ||
		    read(in, buf, bytes) != (ssize_t)bytes)
			return 0;
	return clock_ns() - begin;
}

static uint64_t loop_pipe(const struct pass *p)
{
	int there[2], back[2];
	uint64_t ns = 0;
	pid_t pid;

	if (pipe2(there, O_CLOEXEC) < 0 || pipe2(back, O_CLOEXEC) < 0)
		return 0;
	pid = fork();
	if (!pid) {
		become_other(p);
		close(there[1]);
		close(back[0]);
		_exit(!answer_all(there[0], back[1], tool_param(p, "bytes")));
	}
	close(there[0]);
	close(back[1]);
	if (pid > 0)
		ns = play(p, there[1], back[0]);
	close(there[1]);
	close(back[0]);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	return ns;
}

/* Two words that change in turn, each on a line of its own. */
struct pair_of_words {
	_Alignas(128) _Atomic uint32_t there;
	_Alignas(128) _Atomic uint32_t back;
};

/* Set @to, and wake who waits for it. */
static void say(_Atomic uint32_t *to, uint32_t value)
{
	atomic_store_explicit(to, value, memory_order_release);
	futex_wake(to, 1);
}

static void hear(_Atomic uint32_t *from, uint32_t value)
{
	while (atomic_load_explicit(from, memory_order_acquire) != value)
		futex_wait(from, value - 1);
}

static uint64_t loop_futex(const struct pass *p)
{
	struct pair_of_words *w = shared_map(sizeof *w);
	uint32_t n = (uint32_t)tool_units(p);
	uint64_t begin = 0;
	pid_t pid = w ? fork() : -1;

	if (!pid) {
		become_other(p);
		for (uint32_t i = 1; i <= n + 1; i++) {
			hear(&w->there, i);
			say(&w->back, i);
		}
		_exit(0);
	}
	for (uint32_t i = 1; pid > 0 && i <= n + 1; i++) {
		say(&w->there, i);
		hear(&w->back, i);
		if (i == 1)	/* which waits until the other side is there */
			begin = clock_ns();
	}
	begin = pid > 0 ? clock_ns() - begin : 0;
	if (pid > 0)
		waitpid(pid, NULL, 0);
	shared_unmap(w, sizeof *w);
	return begin;
}

static int bare_run(struct pass *p)
{
	unsigned needs = p->run->workload->needs;
	uint64_t ns;

	if (tool_begin(p) < 0)
		return -1;
	ns = needs & 1 << OP_PREAD ? loop_pread(p) :
	     needs & 1 << OP_WAIT ? loop_futex(p) : loop_pipe(p);
	return tool_end(p, (double)ns);
}

const struct strategy strategy_bare = {
	.name = "bare",
	.summary = "a loop written for fread, pipe or futex alone",
	.max_workers = 1,
	.engine = "blocking",
	.streams = STREAMS_ONE,
	.run = bare_run,
};

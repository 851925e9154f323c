/*
 * pool: what Python's multiprocessing.Pool does.  Every worker process has a
 * private copy of the state; task numbers go out and results come back over
 * pipes, in chunks; the copies are folded together at the end.  Both pipes are
 * shared by all workers: records are shorter than PIPE_BUF, so that each is
 * read and written whole.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "strategies/strategy.h"

enum { CHUNK };
static const struct param params[] = {
	[CHUNK] = { "chunk", 0, 0, 1000000, "",
		    "tasks handed out at a time; 0: a quarter of a share, as Pool.map" },
	{ .name = NULL }
};

enum {
	AHEAD = 4,		/* chunks handed out per worker before results */
	LOOK_MS = 200,		/* how often to look for a worker that died */
};

struct chunk {
	uint64_t first, count;
	uint64_t checksum, ops;	/* on the way back */
};

struct pool {
	struct pass *pass;
	int out[2], back[2];	/* chunks, results; [0] is read */
	char *states;		/* [workers] copies of the state, MAP_SHARED;
				 * each is touched by one worker, then folded */
	size_t state_bytes;
	pid_t *pid;		/* [workers] */
};

static int put(int fd, const struct chunk *c, struct slot *s)
{
	ssize_t n;

	do {
		s->syscalls++;
		n = write(fd, c, sizeof *c);
	} while (n < 0 && errno == EINTR);
	return n == sizeof *c ? 0 : -1;
}

/* 1 with a chunk, 0 at the end, -1 on error. */
static int get(int fd, struct chunk *c, struct slot *s)
{
	ssize_t n;

	do {
		s->syscalls++;
		n = read(fd, c, sizeof *c);
	} while (n < 0 && errno == EINTR);
	return n == sizeof *c ? 1 : n ? -1 : 0;
}

/* Every task of @c; its results go back in the chunk, not through memory. */
static int run_chunk(struct pass *p, struct flight *f, struct chunk *c)
{
	struct op op;

	for (uint64_t i = c->first; i < c->first + c->count; i++) {
		flight_start(f, i);
		while ((op = flight_step(f)).kind != OP_DONE) {
			if (op.kind == OP_FAIL)
				return flight_fail(f, p);
			if (op.kind != OP_UNIT && op.kind != OP_YIELD)
				f->task.res = blocking_exec(&op, &f->slot->syscalls);
		}
		flight_finish(f);
	}
	c->checksum = f->slot->checksum;
	c->ops = f->slot->ops;
	f->slot->checksum = f->slot->ops = 0;
	return 0;
}

static int serve(struct pool *k, struct flight *f)
{
	struct pass *p = k->pass;
	struct chunk c;
	int rc;

	while ((rc = get(k->out[0], &c, f->slot)) > 0)
		if (run_chunk(p, f, &c) < 0 || put(k->back[1], &c, f->slot) < 0)
			return -1;
	return rc;
}

static int pool_worker(struct pass *p, unsigned w, void *ctx)
{
	static struct breaker never;
	struct pool *k = ctx;
	struct flight f;
	int rc;

	close(k->out[1]);	/* or the end of the chunks would never come */
	close(k->back[0]);
	p->shared = memcpy(k->states + w * k->state_bytes, p->run->shared, k->state_bytes);
	if (flight_init(&f, p, w, &p->slot[w], NULL, &never) < 0) {
		gate_close(p);
		return -1;
	}
	rc = worker_begin(p, w);
	if (!rc) {
		rc = serve(k, &f);
		worker_end(p, w);
	}
	flight_release(&f);
	return rc;
}

/* Wait for a result, or for a worker to die, which would leave us waiting. */
static int await_result(struct pool *k, struct slot *s)
{
	struct pollfd fd = { .fd = k->back[0], .events = POLLIN };
	siginfo_t dead;
	int n;

	for (;;) {
		s->syscalls++;
		n = poll(&fd, 1, LOOK_MS);
		if (n > 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return -1;
		dead.si_pid = 0;
		waitid(P_ALL, 0, &dead, WEXITED | WNOHANG | WNOWAIT);
		if (dead.si_pid)
			return -1;
	}
}

/* Hand out all tasks and collect all results. */
static int dispatch(struct pool *k, uint64_t chunk, struct slot *s)
{
	const struct run *r = k->pass->run;
	uint64_t next = 0, done = 0, ahead = 0;
	struct chunk c;

	while (done < r->tasks) {
		for (; next < r->tasks && ahead < (uint64_t)AHEAD * r->workers; ahead++) {
			c = (struct chunk){ .first = next, .count = chunk };
			if (c.count > r->tasks - next)
				c.count = r->tasks - next;
			next += c.count;
			if (put(k->out[1], &c, s) < 0)
				return -1;
		}
		if (await_result(k, s) < 0 || get(k->back[0], &c, s) <= 0)
			return -1;
		done += c.count;
		ahead--;
		s->checksum += c.checksum;
		s->ops += c.ops;
	}
	return 0;
}

static uint64_t chunk_of(const struct pass *p)
{
	uint64_t parts = 4 * (uint64_t)p->run->workers;

	return p->option[CHUNK] ? p->option[CHUNK] : (p->run->tasks + parts - 1) / parts;
}

static void fold(struct pool *k)
{
	const struct run *r = k->pass->run;

	for (unsigned w = 0; k->state_bytes && w < r->workers; w++)
		r->workload->merge(r->shared, k->states + w * k->state_bytes, r->param);
}

/* The parent's part, as one more stream of the pass. */
static int lead(struct pool *k)
{
	struct pass *p = k->pass;
	unsigned w = p->run->workers;
	int rc = processes_start(p, pool_worker, k, k->pid);

	if (rc)
		return rc;
	close(k->out[0]);
	close(k->back[1]);
	k->out[0] = k->back[1] = -1;
	rc = worker_begin(p, w);
	if (!rc)
		rc = dispatch(k, chunk_of(p), &p->slot[w]);
	close(k->out[1]);
	k->out[1] = -1;
	if (processes_join(p, k->pid) < 0)
		return -1;
	if (rc)
		return trouble_set(p->trouble, STATUS_IO_ERROR, "the pool's pipes broke");
	fold(k);
	worker_end(p, w);
	return 0;
}

static int pool_init(struct pool *k)
{
	const struct run *r = k->pass->run;

	k->state_bytes = r->workload->shared_bytes;
	if (pipe2(k->out, O_CLOEXEC) < 0 || pipe2(k->back, O_CLOEXEC) < 0)
		return trouble_set(k->pass->trouble, status_of_errno(errno), "pipe: %s",
				   strerror(errno));
	k->states = shared_map(k->state_bytes * r->workers);
	k->pid = calloc(r->workers, sizeof *k->pid);
	if (!k->states || !k->pid)
		return trouble_set(k->pass->trouble, STATUS_ALLOC_FAIL, "%u copies of the state",
				   r->workers);
	return 0;
}

static void pool_release(struct pool *k)
{
	for (int i = 0; i < 2; i++) {
		if (k->out[i] >= 0)
			close(k->out[i]);
		if (k->back[i] >= 0)
			close(k->back[i]);
	}
	shared_unmap(k->states, k->state_bytes * k->pass->run->workers);
	free(k->pid);
}

static int pool_run(struct pass *p)
{
	struct pool k = { .pass = p, .out = { -1, -1 }, .back = { -1, -1 } };
	int rc = pool_init(&k);

	if (!rc)
		rc = gate_open(p, p->run->workers + 1);
	if (!rc)
		rc = lead(&k);
	pool_release(&k);
	return rc;
}

const struct strategy strategy_pool = {
	.name = "pool",
	.summary = "processes with private state, tasks and results over pipes",
	.params = params,
	.engine = "blocking",
	.private_state = true,
	.run = pool_run,
};

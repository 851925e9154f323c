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
#include "strategies/pool.h"

enum { CHUNK };
const struct param pool_params[] = {
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

int pool_work(struct pool *k, unsigned w)
{
	static struct breaker never;
	struct pass *p = k->pass;
	struct flight f;
	int rc;

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

static int forked_worker(struct pass *p, unsigned w, void *ctx)
{
	struct pool *k = ctx;

	(void)p;
	close(k->out[1]);	/* or the end of the chunks would never come */
	close(k->back[0]);
	return pool_work(k, w);
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

int pool_lead(struct pool *k)
{
	struct pass *p = k->pass;
	unsigned w = p->run->workers;
	int rc = processes_start(p, k->body, k, k->pid);

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

int pool_init(struct pool *k)
{
	const struct run *r = k->pass->run;

	k->out[0] = k->out[1] = k->back[0] = k->back[1] = -1;
	k->state_bytes = r->workload->shared_bytes;
	k->pid = calloc(r->workers, sizeof *k->pid);
	if (!k->pid)
		return trouble_set(k->pass->trouble, STATUS_ALLOC_FAIL, "%u processes",
				   r->workers);
	if (pipe2(k->out, O_CLOEXEC) < 0 || pipe2(k->back, O_CLOEXEC) < 0)
		return trouble_set(k->pass->trouble, status_of_errno(errno), "pipe: %s",
				   strerror(errno));
	gate_open(k->pass, r->workers + 1);
	return 0;
}

void pool_release(struct pool *k)
{
	for (int i = 0; i < 2; i++) {
		if (k->out[i] >= 0)
			close(k->out[i]);
		if (k->back[i] >= 0)
			close(k->back[i]);
	}
	free(k->pid);
}

static int pool_run(struct pass *p)
{
	size_t bytes = p->run->workload->shared_bytes * p->run->workers;
	struct pool k = { .pass = p, .body = forked_worker, .states = shared_map(bytes) };
	int rc;

	if (!k.states)
		return trouble_set(p->trouble, STATUS_ALLOC_FAIL, "%u copies of the state",
				   p->run->workers);
	rc = pool_init(&k);
	if (!rc)
		rc = pool_lead(&k);
	pool_release(&k);
	shared_unmap(k.states, bytes);
	return rc;
}

const struct strategy strategy_pool = {
	.name = "pool",
	.summary = "processes with private state, tasks and results over pipes",
	.params = pool_params,
	.engine = "blocking",
	.private_state = true,
	.run = pool_run,
};

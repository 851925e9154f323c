/*
 * pool-exec: what Python's multiprocessing does with the start method 'spawn'.
 * As `pool`, but a worker is a fresh execution of this program, which inherits
 * no memory: what it needs is handed to it in a parcel, its connections and its
 * ends of the pipes by number.  The parent's slots and gate are copied from the
 * parcel when all have ended.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/num.h"
#include "strategies/parcel.h"
#include "strategies/pool.h"

struct spawning {
	struct pool pool;
	struct parcel *parcel;
	int fd;			/* of the parcel */
};

static void hand_over(int fd)
{
	if (fd >= 0)
		fcntl(fd, F_SETFD, 0);
}

/* In the forked child: nothing is inherited but what is named. */
static int become(struct pass *p, unsigned w, void *ctx)
{
	const struct spawning *s = ctx;
	char fd[12], number[12];
	char *argv[] = { "samework", "worker", fd, number, NULL };

	if (worker_bind(p, w) < 0)
		return -1;
	snprintf(fd, sizeof fd, "%d", s->fd);
	snprintf(number, sizeof number, "%u", w);
	close_range(STDERR_FILENO + 1, ~0u, CLOSE_RANGE_CLOEXEC);
	hand_over(s->fd);
	hand_over(s->parcel->in);
	hand_over(s->parcel->out);
	hand_over(p->run->channel[w].in);
	hand_over(p->run->channel[w].out);
	execv("/proc/self/exe", argv);
	return trouble_set(p->trouble, STATUS_SPAWN_FAIL, "exec: %s", strerror(errno));
}

int pool_exec_worker(const char *fd, const char *w)
{
	struct pool k = { .out = { -1, -1 }, .back = { -1, -1 } };
	uint64_t number, which;
	struct parcel *c = NULL;
	struct pass pass;
	struct run run;
	int rc;

	if (!num_parse(fd, &number) && !num_parse(w, &which))
		c = parcel_open((int)number);
	if (!c || which >= c->workers) {
		parcel_free(c);
		return fail("worker: for pool-exec only");
	}
	rc = parcel_unpack(c, &run, &pass);
	if (!rc) {
		k.pass = &pass;
		k.out[0] = c->in;
		k.back[1] = c->out;
		k.states = parcel_at(c, c->states);
		k.state_bytes = run.workload->shared_bytes;
		rc = pool_work(&k, (unsigned)which);
	}
	parcel_free(c);
	return rc;
}

/* What the pass is to have, from where the workers wrote it. */
static void fetch(struct pass *p, struct parcel *c)
{
	memcpy(p->slot, parcel_at(c, c->slot), (c->workers + 1) * sizeof *p->slot);
	p->gate->full_ns = c->gate.full_ns;
	p->gate->start_ns = c->gate.start_ns;
	if (atomic_load(&c->trouble.taken) == 2)
		trouble_set(p->trouble, c->trouble.status, "%s", c->trouble.reason);
}

static int spawn_all(struct spawning *s)
{
	struct pool *k = &s->pool;
	int rc = pool_init(k);

	s->parcel->in = k->out[0];
	s->parcel->out = k->back[1];
	if (!rc)
		rc = pool_lead(k);
	pool_release(k);
	return rc;
}

static int pool_exec_run(struct pass *p)
{
	struct spawning s = { .fd = -1 };
	struct parcel *c = s.parcel = parcel_pack(p, &s.fd);
	struct pass packed = *p;
	int rc;

	if (!c)
		return -1;
	packed.slot = parcel_at(c, c->slot);
	packed.gate = &c->gate;
	packed.trouble = &c->trouble;
	s.pool = (struct pool){
		.pass = &packed, .states = parcel_at(c, c->states), .body = become,
	};
	rc = spawn_all(&s);
	fetch(p, c);
	parcel_free(c);
	close(s.fd);
	return rc;
}

const struct strategy strategy_pool_exec = {
	.name = "pool-exec",
	.summary = "as pool, every worker a program executed anew, as Python's spawn",
	.params = pool_params,
	.engine = "blocking",
	.private_state = true,
	.run = pool_exec_run,
};

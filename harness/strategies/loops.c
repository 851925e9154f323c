/* Loops are opened, given their share of the tasks, and closed: one for all, or
 * one per CPU, which then share nothing but what the workload does. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "strategies/loop.h"

enum { POLICY, POOL, COALESCE };	/* behind the engine's options */

/* The engine would not open: was it the kernel that forbids it? */
static int no_engine(struct loop *l, int err)
{
	enum status s = engine_forbidden(err) ? STATUS_SKIPPED : status_of_errno(err);

	return trouble_set(l->pass->trouble, s, "%s: %s (errno %d)", l->engine->name,
			   strerror(err), err);
}

static int loop_engine(struct loop *l)
{
	const uint64_t *option = l->pass->option;
	size_t bytes = l->pass->run->workload->local_bytes;
	int rc = 0;

	/* one more for the bell */
	l->state = l->engine->open(l->seats + 1, option, &l->slot->syscalls);
	if (!l->state)
		return no_engine(l, errno);
	for (unsigned i = 0; i < l->seats; i++)
		l->memory[i] = (struct iovec){ l->seat[i].flight.task.local, bytes };
	if (l->engine->memory && bytes)
		rc = l->engine->memory(l->state, l->memory, l->seats);
	if (rc < 0)
		return no_engine(l, -rc);
	if (!l->place)
		snprintf(l->pass->engine, sizeof l->pass->engine, "%s",
			 l->engine->mode ? l->engine->mode(l->state) : l->engine->name);
	return 0;
}

static int loop_files(struct loop *l)
{
	const uint64_t *own = l->pass->option + l->engine->options;
	/* no engine can, and it may be for a task of this loop */
	bool words = l->pass->run->workload->needs & 1 << OP_WAIT;

	l->files = (enum file_policy)own[POLICY];
	l->coalesce_ns = own[COALESCE];
	if (l->files == POLICY_INLINE || (l->files == POLICY_NATIVE && !words))
		return 0;
	l->offload = offload_new(l->pass, l->slot, (unsigned)own[POOL], l->seats,
				 l->engine);
	return l->offload ? loop_listen(l) : -1;
}

static int loop_init(struct loop *l, const struct guard *g)
{
	static struct breaker never;
	int rc;

	l->seat = calloc(l->seats, sizeof *l->seat);
	l->ring = calloc(l->seats, sizeof *l->ring);
	l->memory = calloc(l->seats, sizeof *l->memory);
	l->ready = calloc(l->seats + 1, sizeof *l->ready);
	rc = timers_init(&l->timers, l->seats);
	if (rc || !l->seat || !l->ring || !l->memory || !l->ready)
		return trouble_set(l->pass->trouble, STATUS_ALLOC_FAIL, "%u seats", l->seats);
	for (unsigned i = 0; !rc && i < l->seats; i++)
		rc = flight_init(&l->seat[i].flight, l->pass, l->place + i, l->slot, g, &never);
	if (!rc)
		rc = loop_engine(l);
	return rc ? rc : loop_files(l);
}

static void loop_release(struct loop *l)
{
	/* the engine first: it may still be filling a buffer */
	if (l->state)
		l->engine->close(l->state);
	offload_free(l->offload);
	for (unsigned i = 0; l->seat && i < l->seats; i++)
		flight_release(&l->seat[i].flight);
	timers_release(&l->timers);
	free(l->ready);
	free(l->memory);
	free(l->ring);
	free(l->seat);
}

/* CPU time so far of all threads here but this one: with a native engine, those
 * that the kernel makes for what it cannot do without waiting. */
static uint64_t others_ns(void)
{
	uint64_t own = clock_read_ns(CLOCK_THREAD_CPUTIME_ID);

	return clock_read_ns(CLOCK_PROCESS_CPUTIME_ID) - own;
}

/* All tasks of @l, and all that is spent on them. */
static int loop_spend(struct loop *l)
{
	uint64_t before = others_ns(), after, pool;
	int rc = loop_work(l);

	pool = l->slot->user_ns;
	if (l->offload)
		offload_stop(l->offload, l->slot);
	before += l->slot->user_ns - pool;	/* counted already */
	after = others_ns();
	/* two clocks read one after the other: it may be less by a trifle */
	if (l->files == POLICY_NATIVE && after > before) {
		l->slot->user_ns += after - before;	/* both, as in worker.c */
		l->slot->sys_ns += after - before;
	}
	l->slot->helpers_ns = l->slot->user_ns - pool;
	return rc;
}

/* @l as stream @w of @q.  What the pool cost is part of what the loop did, so
 * it ends before the loop does. */
static int loop_stream(struct loop *l, struct pass *q, unsigned w, const struct guard *g)
{
	int rc;

	l->slot = &q->slot[w];
	rc = loop_init(l, g);
	if (rc)
		gate_close(q);
	if (!rc)
		rc = worker_begin(q, w);
	if (!rc) {
		rc = loop_spend(l);
		worker_end(q, w);
	} else if (l->offload) {
		offload_stop(l->offload, l->slot);
	}
	loop_release(l);
	return rc;
}

static int not_built(struct pass *p, const struct engine *e)
{
	return trouble_set(p->trouble, STATUS_SKIPPED, "%s", e->missing);
}

int loop_run(struct pass *p, const struct engine *engine)
{
	struct loop l = {
		.pass = p,
		.engine = engine,
		.seats = p->run->workers,
		.end = p->run->tasks,
	};

	if (engine->missing)
		return not_built(p, engine);
	gate_open(p, 1);
	return loop_stream(&l, p, 0, NULL);
}

struct loops {
	struct pass *pass;
	const struct engine *engine;
	struct guard guard;
};

/* Loop @w has the places of some workers, and their tasks. */
static int loops_body(struct pass *q, unsigned w, void *ctx)
{
	struct loops *m = ctx;
	const struct run *r = m->pass->run;
	unsigned first = r->workers * w / q->run->workers;
	unsigned behind = r->workers * (w + 1) / q->run->workers;
	struct loop l = {
		.pass = m->pass,
		.engine = m->engine,
		.place = first,
		.seats = behind - first,
		.next = worker_span(r, first).lo,
		.end = worker_span(r, behind - 1).hi,
	};

	return loop_stream(&l, q, w, &m->guard);
}

int loops_run(struct pass *p, const struct engine *engine)
{
	struct loops m = { .pass = p, .engine = engine };
	struct team team;
	int rc = -1;

	if (engine->missing)
		return not_built(p, engine);
	if (team_init(&team, p) < 0)
		return -1;
	if (!shards_init(&m.guard, p, SHARDS)) {
		rc = threads_run(&team.pass, loops_body, &m);
		shards_release(&m.guard);
	}
	team_release(&team);
	return rc;
}

/* openmp-default: OpenMP as it is when nobody says how many: a team of the cores
 * there are, and tasks handed to whoever is free (schedule dynamic, 1).  More
 * workers than cores are not in flight at once, and waiting is not hidden. */
#include <omp.h>

#include "strategies/loop.h"
#include "strategies/openmp.h"

/* Task @index, every wait blocking.  0 or -1. */
static int run_task(struct pass *p, struct flight *f, uint64_t index)
{
	struct op op;

	flight_start(f, index);
	while ((op = flight_step(f)).kind != OP_DONE) {
		if (op.kind == OP_FAIL)
			return flight_fail(f, p);
		if (op.kind != OP_UNIT && op.kind != OP_YIELD)
			f->task.res = blocking_exec(&op, &f->slot->syscalls);
	}
	flight_finish(f);
	return 0;
}

/* Whoever is in the team meets the loop, or none may: hence the rc. */
static int run_share(struct pass *p, struct flight *f, int rc)
{
#pragma omp for schedule(dynamic, 1) nowait
	for (uint64_t i = 0; i < p->run->tasks; i++)
		if (!rc)
			rc = run_task(p, f, i);
	return rc;
}

static int member(struct pass *p, const struct guard *g)
{
	unsigned got = (unsigned)omp_get_num_threads(), w = (unsigned)omp_get_thread_num();
	static struct breaker never;
	struct flight f;
	int rc = 0;

	if (got != p->run->workers)
		rc = trouble_set(p->trouble, STATUS_THREAD_FAIL, "an OpenMP team of %u, not %u",
				 got, p->run->workers);
	if (!rc)
		rc = flight_init(&f, p, w, &p->slot[w], g, &never);
	if (rc) {
		gate_close(p);
		return run_share(p, &f, rc);
	}
	rc = worker_begin(p, w);
	if (rc)
		run_share(p, &f, rc);
	else {
		rc = run_share(p, &f, rc);
		worker_end(p, w);
	}
	flight_release(&f);
	return rc;
}

static int run_team(struct pass *p)
{
	int failed = 0, team = (int)p->run->workers;
	const struct guard *g;

	gate_open(p, p->run->workers);
	g = openmp_locks();
	omp_set_dynamic(0);
#pragma omp parallel num_threads(team) reduction(|:failed)
	failed = member(p, g) < 0;
	openmp_locks_end();
	return failed ? -1 : 0;
}

static int openmp_default_run(struct pass *p)
{
	struct team team;
	int rc;

	if (team_init(&team, p) < 0)
		return -1;
	rc = run_team(&team.pass);
	team_release(&team);
	return rc;
}

const struct strategy strategy_openmp_default = {
	.name = "openmp-default",
	.summary = "an OpenMP team of the cores, tasks by dynamic schedule",
	.engine = "blocking",
	.streams = STREAMS_CPUS,
	.run = openmp_default_run,
};

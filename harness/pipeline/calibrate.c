#include <string.h>

#include "base/err.h"
#include "pipeline/calibrate.h"
#include "pipeline/supervise.h"

enum {
	TRIES = 12,
	GROWTH = 64,		/* at most so much more work in one step */
};

/* Trials that must do the same work. */
static int same_work(const struct trial *a, const struct trial *b)
{
	return a->tasks == b->tasks && !strcmp(a->workload, b->workload) &&
	       !strcmp(a->params, b->params) && a->seed == b->seed &&
	       (a->units == b->units || b->units == NONE);
}

/* @t as `single`, one pass of @units, on the first CPU of its list @cpu. */
static struct trial probe_of(const struct trial *t, uint64_t units, const char *cpu)
{
	struct trial probe = *t;

	probe.strategy = "single";
	probe.options = "";
	probe.workers = 1;
	probe.cpus = cpu;
	probe.oversubscribed = 0;
	probe.units = units;
	probe.reps = 1;
	probe.checksum = probe.state = probe.ops = NONE;
	return probe;
}

/* The pass of @units under `single`.  0; 1 when it fails; -1, reported. */
static int probe(const struct trial *t, uint64_t units, int lock_fd, struct measure *m)
{
	struct ending e;
	struct outcome o;
	char cpu[16];
	struct trial p = probe_of(t, units, cpu);

	snprintf(cpu, sizeof cpu, "%.*s", (int)strcspn(t->cpus, ";"), t->cpus);
	if (supervise(&p, lock_fd, -1, &e, &o) < 0)
		return -1;
	if (!status_measured(o.status))
		return 1;
	*m = e.report.m[0];
	return 0;
}

/* The next guess: towards the target, but not too boldly. */
static uint64_t grow(uint64_t units, uint64_t wall_ns, uint64_t target_ns)
{
	double factor = (double)target_ns / (double)(wall_ns ? wall_ns : 1);

	if (factor > GROWTH)
		factor = GROWTH;
	units = (uint64_t)((double)units * factor + 0.5);
	return units ? units : 1;
}

/* As probe(), and once more before a size is taken for large enough: what
 * disturbs a pass only makes it longer. */
static int probe_well(const struct trial *t, uint64_t units, int lock_fd,
		      uint64_t enough_ns, struct measure *m)
{
	struct measure again;
	int rc = probe(t, units, lock_fd, m);

	if (rc || m->wall_ns < enough_ns)
		return rc;
	rc = probe(t, units, lock_fd, &again);
	if (!rc && again.wall_ns < m->wall_ns)
		*m = again;
	return rc;
}

/* Find the units whose pass takes about @target_ns.  0, 1 or -1 as probe(). */
static int find_units(const struct trial *t, uint64_t target_ns, int lock_fd,
		      uint64_t *units)
{
	struct measure m;
	int rc;

	*units = 1;
	for (int i = 0; i < TRIES; i++) {
		rc = probe_well(t, *units, lock_fd, target_ns / 2, &m);
		if (rc)
			return rc;
		*units = grow(*units, m.wall_ns, target_ns);
		if (m.wall_ns >= target_ns / 2)
			return 0;
	}
	return 0;
}

static void freeze(struct plan *p, const struct trial *model, uint64_t units,
		   const struct measure *m)
{
	struct trial like = *model;

	for (size_t i = 0; i < p->n; i++) {
		struct trial *t = &p->trial[i];

		if (!same_work(&like, t))
			continue;
		t->units = units;
		t->checksum = m ? m->checksum : NONE;
		t->state = m ? m->state : NONE;
		t->ops = m ? m->ops : NONE;
	}
}

static int calibrate_one(struct plan *p, const struct trial *t, uint64_t target_ns,
			 int lock_fd)
{
	uint64_t units = t->units;
	struct measure m;
	int rc = 0, again = TRIES;

	do {
		if (t->units == NONE)
			rc = find_units(t, target_ns, lock_fd, &units);
		if (!rc)
			rc = probe(t, units, lock_fd, &m);
		/* far from what was aimed at: a guess was preempted */
	} while (!rc && t->units == NONE && m.wall_ns < target_ns / 4 && --again);
	if (rc < 0)
		return -1;
	freeze(p, t, units, rc ? NULL : &m);
	return 0;
}

int calibrate(struct plan *p, const struct profile *profile, int lock_fd)
{
	for (size_t i = 0; i < p->n && !supervise_stopped(); i++) {
		size_t k = 0;

		if (p->trial[i].checksum != NONE)
			continue;
		/* tried and failed, when an earlier trial has the same work */
		while (k < i && !(same_work(&p->trial[k], &p->trial[i]) &&
				  p->trial[k].units == p->trial[i].units))
			k++;
		if (k == i &&
		    calibrate_one(p, &p->trial[i], profile->pass_ns, lock_fd) < 0)
			return -1;
	}
	return 0;
}

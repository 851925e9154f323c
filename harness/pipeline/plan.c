/* Cells become trials, and trials get their order. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "base/clock.h"
#include "base/err.h"
#include "pipeline/plan_filter.h"

enum { CPU_DIGITS = 12 };	/* of an int, and what divides it from the next */
static const uint64_t TIMEOUT_NS = 10 * (uint64_t)NS_PER_SEC;	/* 20 times what a profile plans */

struct maker {
	const struct spec *specs;
	size_t nspecs;
	const struct topology *topology;
	const struct profile *profile;
	const struct filter *filter;
	uint64_t seed;
	struct arena *a;
	struct plan *cells;	/* [nspecs], a trial per cell and twin, without
				 * block and position */
};

/* Independent streams of random numbers, told apart by @block and @which. */
static uint64_t stream(uint64_t seed, uint64_t block, uint64_t which)
{
	return rng_at(rng_at(seed, block), which);
}

/* A random order of 0 .. n-1, after Fisher and Yates. */
static size_t *shuffled(size_t n, uint64_t seed, struct arena *a)
{
	size_t *order = arena_alloc(a, n * sizeof *order);

	for (size_t i = 0; i < n; i++) {
		size_t j = (size_t)(rng_at(seed, i) % (i + 1));

		order[i] = order[j];
		order[j] = i;
	}
	return order;
}

/* What is run, hashed: the same on every host and before every calibration. */
static uint64_t trial_id(const struct trial *t, struct arena *a)
{
	const char *text = arena_printf(a, "%s|%s|%s|%s|%s|%s|%" PRIu64 "|%s|%" PRIu64
		"|%" PRIu64 "|%" PRIu64 "|%" PRIu64 "|%s", t->experiment, t->cell,
		t->workload, t->params, t->strategy, t->options, t->workers,
		t->placement, t->tasks, t->units, t->reps, t->block, t->role);

	return XXH64(text, strlen(text), 0);
}

/* "0;1;0": the CPU of each worker, or "" for any. */
static const char *cpus_text(const struct maker *m, const int *os, unsigned workers)
{
	char *text = arena_alloc(m->a, workers * (size_t)CPU_DIGITS + 1), *at = text;

	for (unsigned i = 0; i < workers && os[0] >= 0; i++)
		at += sprintf(at, "%s%d", i ? ";" : "", os[i]);
	return text;
}

/* Where the workers and the server of @c go.  0, or -1, reported. */
static int place(const struct maker *m, const struct cell *c, struct trial *t)
{
	int *os = arena_alloc(m->a, c->workers * sizeof *os), server;
	unsigned n, cpus;

	if (placement_map(m->topology, c->placement, c->workers, os, &server) < 0)
		return -1;
	cpus = os[0] < 0 ? topology_pus(m->topology) :
	       placement_distinct(os, c->workers, NULL);
	n = strategy_streams(c->strategy->strategy, c->workers, cpus);
	t->cpus = cpus_text(m, os, c->workers);
	t->server_cpu = server < 0 ? NONE : (uint64_t)server;
	t->oversubscribed = n > cpus;
	return 0;
}

/* The failing status that cell @c of @s may end with, or "". */
static const char *ends(const struct spec *s, const struct cell *c)
{
	const char *status = c->workload->ends ? c->workload->ends[c->strategy - s->strategy] :
			     NULL;

	return status ? status : "";
}

/* The trial of cell @c of @s, but for its block and place in it. */
static int trial_fill(const struct maker *m, const struct spec *s,
		      const struct cell *c, const char *role, struct trial *t)
{
	*t = (struct trial){
		.experiment = s->name, .cell = c->name, .role = role,
		.workload = c->workload->workload->name,
		.params = spec_params(c->workload->workload->params,
				      c->workload->param, m->a),
		.strategy = c->strategy->strategy->name,
		.options = spec_params(c->strategy->strategy->params,
				       c->strategy->option, m->a),
		.workers = c->workers, .placement = c->placement,
		.tasks = c->workload->tasks,
		.units = c->workload->units ? c->workload->units : NONE,
		.reps = m->profile->reps,
		.seed = stream(m->seed, 0, 0) >> 11,	/* exact as a double */
		.timeout_ns = s->timeout_ns ? s->timeout_ns : TIMEOUT_NS,
		.checksum = NONE, .state = NONE, .ops = NONE,
		.stop_width = m->profile->stop_width,
		.ends = ends(s, c),
	};
	return place(m, c, t);
}

/* The cell all others of its workload are compared with: the first `single`,
 * or else the first of all. */
static const struct cell *baseline(const struct cell *cell, size_t n,
				   const struct spec_workload *w)
{
	const struct cell *first = NULL;

	for (const struct cell *c = cell; c < cell + n; c++) {
		if (c->workload != w)
			continue;
		if (!strcmp(c->strategy->strategy->name, "single"))
			return c;
		if (!first)
			first = c;
	}
	return first;
}

/* The trials of one block of @s into @out.  0, or -1, reported. */
static int spec_trials(const struct maker *m, const struct spec *s, struct plan *out)
{
	unsigned max_workers = topology_pus(m->topology);
	size_t n;
	struct cell *cell = spec_cells(s, max_workers, &n, m->a);

	out->trial = arena_alloc(m->a, (n + s->workloads) * sizeof *out->trial);
	for (const struct cell *c = cell; c < cell + n; c++) {
		bool base = c == baseline(cell, n, c->workload);

		if (base ? !filter_keeps_workload(m->filter, c) :
		    !filter_keeps(m->filter, c, max_workers))
			continue;
		if (trial_fill(m, s, c, base ? "baseline" : "cell",
			       &out->trial[out->n++]) < 0)
			return -1;
		if (base) {
			struct trial *twin = &out->trial[out->n++];

			*twin = twin[-1];
			twin->role = "twin";
		}
	}
	return 0;
}

/* Block @block of all experiments, in its random order, behind the plan. */
static void add_block(const struct maker *m, uint64_t block, struct plan *p)
{
	size_t *spec = shuffled(m->nspecs, stream(m->seed, block, 0), m->a);
	uint64_t position = 0;

	for (size_t i = 0; i < m->nspecs; i++) {
		const struct plan *cells = &m->cells[spec[i]];
		size_t *cell = shuffled(cells->n, stream(m->seed, block, spec[i] + 1), m->a);

		for (size_t k = 0; k < cells->n; k++) {
			struct trial *t = &p->trial[p->n++];

			*t = cells->trial[cell[k]];
			t->block = block;
			t->position = ++position;
			t->id = trial_id(t, m->a);
		}
	}
}

int plan_make(struct plan *p, const struct spec *specs, size_t nspecs,
	      const struct topology *t, const struct profile *profile,
	      const struct filter *f, uint64_t seed, struct arena *a)
{
	static const struct filter all = { NULL, NULL, NULL };
	struct maker m = { specs, nspecs, t, profile, f ? f : &all, seed, a, NULL };
	size_t n = 0;

	if (filter_check(m.filter, specs, nspecs, topology_pus(t), a) < 0)
		return -1;
	m.cells = arena_alloc(a, nspecs * sizeof *m.cells);
	for (size_t i = 0; i < nspecs; i++) {
		if (spec_trials(&m, &specs[i], &m.cells[i]) < 0)
			return -1;
		n += m.cells[i].n;
	}
	*p = (struct plan){ arena_alloc(a, n * profile->blocks * sizeof *p->trial), 0 };
	if (!n)
		return fail("nothing to run");
	for (uint64_t block = 1; block <= profile->blocks; block++)
		add_block(&m, block, p);
	return 0;
}

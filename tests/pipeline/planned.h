/* planned.h - two experiments to be planned for machines that do not exist. */
#ifndef TESTS_PIPELINE_PLANNED_H
#define TESTS_PIPELINE_PLANNED_H

#include "base/clock.h"
#include "pipeline/capture.h"
#include "pipeline/plan.h"
#include "pipeline/specfile.h"

/* 2 x (1 single + 3 strategies x 3) cells, and 2 twins, on 2 CPUs. */
static const char planned_first[] = "title: t\nquestion: q\n"
	"workloads: [ledger, {name: delay, as: far, params: {delay: 2ms}, units: 5,\n"
	"             ends: {gil-50us: timeout}}]\n"
	"strategies: [single, {name: gil, as: gil-50us, params: {interval: 50us}}, fork, async]\n"
	"workers: [1, 2, 4, max]\n";
enum { CELLS = 20, TWINS = 2 };

/* No `single`: the first cell is the baseline. */
static const char planned_second[] = "title: t\nquestion: q\nworkloads: [primes]\n"
	"strategies: [fine, fork]\nworkers: [2]\nplacements: [compact, none]\n"
	"timeout: 7s\n";
enum { CELLS_2 = 4, TWINS_2 = 1 };

struct fixture {
	struct arena arena;
	struct specfile file;
	struct spec spec[2];
	struct topology *two;	/* 2 cores */
};

static inline int planned_setup(void **state)
{
	static const char *const text[] = { planned_first, planned_second };
	static struct fixture f;

	f = (struct fixture){ .two = topology_load("pack:1 core:2 pu:1") };
	*state = &f;
	for (int i = 0; i < 2; i++)
		if (specfile_write(&f.file, text[i], strlen(text[i])) ||
		    spec_read(&f.spec[i], f.file.path, 2, &f.arena))
			return -1;
	f.spec[1].name = "second";
	return f.two ? 0 : -1;
}

static inline int planned_teardown(void **state)
{
	struct fixture *f = *state;

	topology_free(f->two);
	arena_release(&f->arena);
	specfile_remove(&f->file);
	return 0;
}

static inline struct plan planned_make(struct fixture *f, const char *profile,
				       const struct filter *filter, uint64_t seed)
{
	struct plan p;

	assert_int_equal(plan_make(&p, f->spec, 2, f->two, profile_find(profile), filter,
				   seed, &f->arena), 0);
	return p;
}

/* The trial of @cell and @role in block 1, or fail. */
static inline const struct trial *planned_find(const struct plan *p, const char *cell,
					       const char *role)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->trial[i].block == 1 && !strcmp(p->trial[i].cell, cell) &&
		    !strcmp(p->trial[i].role, role))
			return &p->trial[i];
	fail_msg("no %s %s", role, cell);
	return NULL;
}

#endif

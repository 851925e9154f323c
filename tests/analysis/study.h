/*
 * study.h - a plan and samples made up in memory, for tests of the analysis.
 */
#ifndef TESTS_ANALYSIS_STUDY_H
#define TESTS_ANALYSIS_STUDY_H

#include <stdlib.h>
#include <string.h>

#include "analysis/analysis.h"

enum { STUDY_MAX = 256 };

struct study {
	struct trial trial[STUDY_MAX];
	struct sample sample[STUDY_MAX];
	size_t trials, samples;
	struct arena arena;
	struct analysis result;
};

/* What differs from block to block, the same for all cells. */
static const double study_drift[] = {
	1, 1.03, .98, 1.01, .99, 1.02, 1.04, .97, 1, 1.05, .96, 1.01
};

/* And what differs within one. */
static const double study_noise[] = {
	1.001, .998, 1.003, .999, 1.002, .997, 1, 1.004, .996, 1.001, .999, 1.002
};

/* Append a trial of @cell, "workload/strategy/placement/workers", to block
 * @block of experiment "e"; returns it. */
static inline struct trial *study_plan(struct study *s, const char *cell,
				       const char *role, uint64_t block)
{
	struct trial *t = &s->trial[s->trials++];
	char *part = arena_strdup(&s->arena, cell);

	*t = (struct trial){
		.id = 0xabc00 + s->trials, .experiment = "e", .cell = cell, .role = role,
		.block = block, .position = s->trials, .params = "", .options = "",
		.cpus = "0", .server_cpu = NONE, .tasks = 10, .units = 10, .reps = 1,
		.seed = 1, .timeout_ns = 1, .checksum = NONE, .state = NONE, .ops = NONE,
	};
	t->workload = strsep(&part, "/");
	t->strategy = strsep(&part, "/");
	t->placement = strsep(&part, "/");
	t->workers = strtoull(part, NULL, 10);
	return t;
}

/* Append a row of @t. */
static inline struct sample *study_row(struct study *s, const struct trial *t,
				       uint64_t rep, double wall_ns)
{
	struct sample *r = &s->sample[s->samples++];

	*r = (struct sample){
		.run_id = "r", .experiment = t->experiment, .trial = t->id,
		.workload = t->workload, .params = t->params, .strategy = t->strategy,
		.engine = "blocking", .workers = t->workers, .placement = t->placement,
		.block = t->block, .position = t->position, .rep = rep, .seed = t->seed,
		.status = "ok", .reason = "", .cpus = t->cpus, .build = 1,
	};
	memset(&r->m, 0xff, sizeof r->m);	/* NONE everywhere */
	r->m.wall_ns = (uint64_t)(wall_ns + .5);
	r->m.units = 100;
	r->m.syscalls = 200;
	return r;
}

/* The same row without numbers. */
static inline void study_fail(struct sample *r, const char *status, const char *reason)
{
	memset(&r->m, 0xff, sizeof r->m);
	r->rep = 0;
	r->status = status;
	r->reason = reason;
}

/* A cell in blocks 1 .. @blocks that takes @wall_ns but for drift and noise;
 * @which tells its noise from that of others. */
static inline void study_cell(struct study *s, const char *cell, const char *role,
			      uint64_t blocks, double wall_ns, size_t which)
{
	for (uint64_t b = 1; b <= blocks; b++) {
		const struct trial *t = study_plan(s, cell, role, b);

		study_row(s, t, 1, wall_ns * study_drift[b - 1] *
			  study_noise[(5 * which + b) % 12]);
	}
}

/* Have all that is there so far in @experiment. */
static inline void study_move(struct study *s, const char *experiment)
{
	for (size_t i = 0; i < s->trials; i++)
		s->trial[i].experiment = experiment;
	for (size_t i = 0; i < s->samples; i++)
		s->sample[i].experiment = experiment;
}

/* The row of @cell (of the twin, if so) in @block, which must exist. */
static inline struct sample *study_find(struct study *s, const char *cell, int twin,
					uint64_t block)
{
	for (size_t i = 0; i < s->samples; i++)
		for (size_t k = 0; k < s->trials; k++) {
			const struct trial *t = &s->trial[k];

			if (t->id == s->sample[i].trial && t->block == block &&
			    !strcmp(t->cell, cell) &&
			    (strcmp(t->role, "twin") == 0) == twin)
				return &s->sample[i];
		}
	abort();
}

static inline int study_analyse(struct study *s, const struct claim *claims, size_t n,
				uint64_t cores)
{
	struct plan p = { s->trial, s->trials };
	struct spec spec = { .name = "e", .claims = n };

	spec.claim = arena_alloc(&s->arena, (n + 1) * sizeof *claims);
	for (size_t i = 0; i < n; i++)
		spec.claim[i] = claims[i];
	return analysis_make(&s->result, &p, s->sample, s->samples, &spec, 1, cores,
			     &s->arena);
}

static inline const struct contrast *study_contrast(const struct study *s, const char *kind,
						    const char *left, const char *right)
{
	for (size_t i = 0; i < s->result.contrasts; i++) {
		const struct contrast *c = &s->result.contrast[i];

		if (!strcmp(c->kind, kind) && !strcmp(c->left, left) &&
		    (right ? c->right && !strcmp(c->right, right) : !c->right))
			return c;
	}
	return NULL;
}

static inline const struct summary *study_summary(const struct study *s, const char *cell,
						  const char *role)
{
	for (size_t i = 0; i < s->result.summaries; i++)
		if (!strcmp(s->result.summary[i].cell, cell) &&
		    !strcmp(s->result.summary[i].role, role))
			return &s->result.summary[i];
	return NULL;
}

static inline int study_setup(void **state)
{
	*state = calloc(1, sizeof(struct study));
	return *state ? 0 : -1;
}

static inline int study_teardown(void **state)
{
	struct study *s = *state;

	arena_release(&s->arena);
	free(s);
	return 0;
}

#endif

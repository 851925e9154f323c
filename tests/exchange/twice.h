/*
 * twice.h - two made-up runs to compare, out of tests/analysis/study.h.
 */
#ifndef TESTS_EXCHANGE_TWICE_H
#define TESTS_EXCHANGE_TWICE_H

#include "analysis/study.h"
#include "exchange/compare.h"

struct twice {
	struct study a, b;
	struct condition condition[2][4];
	struct result run[2];
	struct comparison c;
	struct arena arena;
};

static inline void twice_join(struct twice *t, int which)
{
	struct study *s = which ? &t->b : &t->a;
	struct plan p = { s->trial, s->trials };

	t->run[which].dir = which ? "run-b" : "run-a";
	t->run[which].condition = t->condition[which];
	if (dataset_make(&t->run[which].data, &p, s->sample, s->samples, &t->arena) < 0)
		abort();
}

static inline void twice_compare(struct twice *t)
{
	twice_join(t, 0);
	twice_join(t, 1);
	compare_make(&t->c, &t->run[0], &t->run[1], &t->arena);
}

/* The pair of @cell, by A's name. */
static inline const struct pair *twice_pair(const struct twice *t, const char *cell)
{
	for (size_t i = 0; i < t->c.pairs; i++)
		if (!strcmp(t->c.pair[i].a->trial->cell, cell))
			return &t->c.pair[i];
	abort();
}

static inline void twice_condition(struct twice *t, int which, const char *name,
				   const char *value)
{
	t->condition[which][t->run[which].conditions++] = (struct condition){ name, value };
}

static inline int twice_setup(void **state)
{
	*state = calloc(1, sizeof(struct twice));
	return *state ? 0 : -1;
}

static inline int twice_teardown(void **state)
{
	struct twice *t = *state;

	arena_release(&t->a.arena);
	arena_release(&t->b.arena);
	arena_release(&t->arena);
	free(t);
	return 0;
}

#endif

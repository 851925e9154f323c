#include <stdbool.h>
#include <string.h>

#include "exchange/compare.h"

/* The same things were run, by whatever labels; where they ran is the plan's
 * placement, not its CPU numbers. */
static bool same_cell(const struct trial *a, const struct trial *b)
{
	return !strcmp(a->experiment, b->experiment) && !strcmp(a->workload, b->workload) &&
	       !strcmp(a->params, b->params) && !strcmp(a->strategy, b->strategy) &&
	       !strcmp(a->options, b->options) && a->workers == b->workers &&
	       !strcmp(a->placement, b->placement);
}

/* The cell of @d that is @a's, by the same name if @named. */
static size_t partner(const struct arm *a, const struct dataset *d, const bool *taken,
		      bool named)
{
	size_t i = 0;

	for (; i < d->arms; i++) {
		const struct trial *t = d->arm[i].trial;

		if (!taken[i] && !arm_is(&d->arm[i], "twin") && same_cell(a->trial, t) &&
		    (!named || !strcmp(a->trial->cell, t->cell)))
			break;
	}
	return i;
}

/* Those that found no partner. */
static const struct arm **rest(const struct dataset *d, const bool *taken, size_t *n,
			       struct arena *arena)
{
	const struct arm **only = arena_alloc(arena, (d->arms + 1) * sizeof *only);

	*n = 0;
	for (size_t i = 0; i < d->arms; i++)
		if (!taken[i] && !arm_is(&d->arm[i], "twin"))
			only[(*n)++] = &d->arm[i];
	return only;
}

/* Two labels may stand for the same thing: equal names find each other first. */
void pairs_match(struct comparison *c, struct arena *arena)
{
	const struct dataset *a = &c->a->data, *b = &c->b->data;
	bool *in_a = arena_alloc(arena, a->arms + 1), *in_b = arena_alloc(arena, b->arms + 1);

	c->pair = arena_alloc(arena, (a->arms + 1) * sizeof *c->pair);
	for (int named = 1; named >= 0; named--)
		for (size_t i = 0; i < a->arms; i++) {
			size_t k = in_a[i] || arm_is(&a->arm[i], "twin") ? b->arms :
				   partner(&a->arm[i], b, in_b, named);

			if (k == b->arms)
				continue;
			in_a[i] = in_b[k] = true;
			c->pair[c->pairs++] = (struct pair){ .a = &a->arm[i], .b = &b->arm[k] };
		}
	c->only_a = rest(a, in_a, &c->onlys_a, arena);
	c->only_b = rest(b, in_b, &c->onlys_b, arena);
}

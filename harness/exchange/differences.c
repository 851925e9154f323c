#include <string.h>

#include "exchange/compare.h"

const char *const headline_conditions[] = {
	"host", "cpu_model", "cores", "kernel", "commit", "build", "compiler", "cflags",
	"profile", NULL
};

/* What differs between any two runs, and says nothing about them. */
static const char *const fleeting[] = {
	"run_id", "started", "ended", "load_average", "steal_ns", "swap_used_bytes", NULL
};

static int is_fleeting(const char *name)
{
	for (const char *const *f = fleeting; *f; f++)
		if (!strcmp(*f, name))
			return 1;
	return 0;
}

static void note(struct comparison *c, const char *name)
{
	const char *a = condition_find(c->a, name), *b = condition_find(c->b, name);

	for (size_t i = 0; i < c->differences; i++)
		if (!strcmp(c->difference[i].name, name))
			return;
	if (!is_fleeting(name) && strcmp(a, b))
		c->difference[c->differences++] = (struct difference){ name, a, b };
}

void differences_make(struct comparison *c, struct arena *arena)
{
	size_t most = c->a->conditions + c->b->conditions + 1;

	c->difference = arena_alloc(arena, most * sizeof *c->difference);
	for (const char *const *h = headline_conditions; *h; h++)
		note(c, *h);
	for (size_t i = 0; i < c->a->conditions; i++)
		note(c, c->a->condition[i].name);
	for (size_t i = 0; i < c->b->conditions; i++)
		note(c, c->b->condition[i].name);
}

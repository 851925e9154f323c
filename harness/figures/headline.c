/*
 * headline.c - the one picture of a run: the same six strategies on work that
 * computes and on work that waits, side by side.
 */
#include <string.h>

#include "figures/figure.h"

static const char *const six[] = { "single", "gil", "fine", "openmp", "fork", "async" };

/* The panels to choose from, best first; NULL: any of that bound. */
struct choice {
	const char *experiment, *workload, *bound;
};
static const struct choice computes[] = {
	{ "gil-cpu", "countdown", "cpu" },
	{ "gil-cpu", "primes", "cpu" },
	{ NULL, NULL, "cpu" },
};
static const struct choice waits[] = {
	{ "gil-io", "delay", "io" },
	{ "gil-io", "sleep", "io" },
	{ NULL, NULL, "io" },
};
enum { CHOICES = 3 };

static bool same(const char *wanted, const char *is)
{
	return !wanted || !strcmp(wanted, is);
}

static bool fits(const struct choice *c, const struct figure_cell *x)
{
	return same(c->experiment, x->experiment) && same(c->workload, x->workload) &&
	       same(c->bound, x->bound);
}

static bool is_one_of_six(const struct figure_cell *c)
{
	for (size_t i = 0; i < sizeof six / sizeof *six; i++)
		if (!strcmp(c->base, six[i]) && !strcmp(c->strategy, six[i]))
			return true;
	return false;
}

static bool together(const struct figure_cell *a, const struct figure_cell *b)
{
	return !strcmp(a->experiment, b->experiment) &&
	       !strcmp(a->workload, b->workload) &&
	       !strcmp(a->placement, b->placement);
}

/* Add the cells of the panel that @first belongs to; worth it only with the
 * interpreter lock and processes, each at two counts of workers or more. */
static size_t gather(const struct figure_cell *first, const struct figure_cell *cell,
		     size_t n, const struct figure_cell **into)
{
	size_t count = 0, gil = 0, fork = 0;

	for (size_t i = 0; i < n; i++) {
		if (!together(first, &cell[i]) || !is_one_of_six(&cell[i]) || !cell[i].n)
			continue;
		into[count++] = &cell[i];
		gil += !strcmp(cell[i].base, "gil");
		fork += !strcmp(cell[i].base, "fork");
	}
	return gil > 1 && fork > 1 ? count : 0;
}

static size_t pick(const struct choice *choice, const struct figure_cell *cell, size_t n,
		   const struct figure_cell **into)
{
	for (int k = 0; k < CHOICES; k++)
		for (size_t i = 0; i < n; i++) {
			size_t count = fits(&choice[k], &cell[i]) ?
				gather(&cell[i], cell, n, into) : 0;

			if (count)
				return count;
		}
	return 0;
}

int headline_draw(const struct drawing *d, const struct figure_cell *cell, size_t n)
{
	const struct figure_cell **both = arena_alloc(d->arena, 2 * n * sizeof *both);
	size_t left = pick(computes, cell, n, both);
	size_t right = left ? pick(waits, cell, n, both + left) : 0;

	if (!right || !strcmp(both[0]->workload, both[left]->workload))
		return 0;
	return speedup_draw(d, "gil-versus-multiprocessing",
			    "The same work under a global interpreter lock, with threads, "
			    "processes and one loop: speedup over single",
			    both, left + right);
}

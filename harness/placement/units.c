#include <stdlib.h>

#include "base/err.h"
#include "placement/units.h"

static int compare(unsigned a, unsigned b)
{
	return (a > b) - (a < b);
}

static int by_speed(const void *a, const void *b)
{
	const struct core *x = a, *y = b;

	if (x->speed != y->speed)
		return x->speed < y->speed ? 1 : -1;
	return compare(x->first, y->first);
}

/* Neighbours in this order share as little as they can: what is equal in all
 * ranks is in different packages. */
static int by_distance(const void *a, const void *b)
{
	const struct unit *x = *(const struct unit *const *)a;
	const struct unit *y = *(const struct unit *const *)b;
	int d = compare(x->sibling, y->sibling);

	if (!d)
		d = compare(x->core_rank, y->core_rank);
	if (!d)
		d = compare(x->cache_rank, y->cache_rank);
	return d ? d : compare(x->core, y->core);
}

/* Number packages, caches and cores from 0 without gaps. */
static void renumber(struct units *u)
{
	struct unit was = u->unit[0];
	unsigned package = 0, cache = 0, core = 0, first_cache = 0, sibling = 0;

	for (size_t i = 0; i < u->n; i++) {
		struct unit *p = &u->unit[i];
		bool new_package = p->package != was.package;
		bool new_cache = new_package || p->cache != was.cache;
		bool new_core = new_cache || p->core != was.core;

		was = *p;
		package += new_package;
		cache += new_cache;
		core += new_core;
		if (new_package)
			first_cache = cache;
		sibling = new_core ? 0 : sibling;
		p->package = package;
		p->cache = cache;
		p->core = core;
		p->sibling = sibling++;
		p->cache_rank = cache - first_cache;
	}
	u->packages = package + 1;
	u->cores = core + 1;
}

static void list_cores(struct units *u)
{
	for (unsigned i = 0; i < u->n; i++) {
		const struct unit *p = &u->unit[i];
		struct core *c = &u->core[p->core];

		if (!p->sibling)
			*c = (struct core){ .first = i, .speed = p->speed };
		c->n++;
	}
	qsort(u->core, u->cores, sizeof *u->core, by_speed);
}

/* Rank the cores that share a cache; @seen counts them, one per cache. */
static void rank_cores(struct units *u, unsigned *seen)
{
	for (unsigned c = 0; c < u->cores; c++) {
		struct unit *p = &u->unit[u->core[c].first];
		unsigned rank = seen[p->cache]++;

		for (unsigned i = 0; i < u->core[c].n; i++)
			p[i].core_rank = rank;
	}
}

int units_index(struct units *u)
{
	unsigned *seen = calloc(u->n, sizeof *seen);

	free(u->core);
	free(u->spread);
	u->core = calloc(u->n, sizeof *u->core);
	u->spread = calloc(u->n, sizeof *u->spread);
	if (!seen || !u->core || !u->spread) {
		free(seen);
		return fail("out of memory for %zu processing units", u->n);
	}
	renumber(u);
	list_cores(u);
	rank_cores(u, seen);
	free(seen);
	for (size_t i = 0; i < u->n; i++)
		u->spread[i] = &u->unit[i];
	qsort(u->spread, u->n, sizeof *u->spread, by_distance);
	return 0;
}

static bool listed(int os, const int *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == os)
			return true;
	return false;
}

int units_keep(struct units *u, const int *os, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < u->n; i++)
		kept += listed(u->unit[i].os, os, n);
	if (!kept)
		return fail("none of this machine's processing units is allowed");
	kept = 0;
	for (size_t i = 0; i < u->n; i++)
		if (listed(u->unit[i].os, os, n))
			u->unit[kept++] = u->unit[i];
	u->n = kept;
	return units_index(u);
}

void units_release(struct units *u)
{
	free(u->unit);
	free(u->core);
	free(u->spread);
	*u = (struct units){ 0 };
}

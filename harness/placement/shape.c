/* What placements ask of a topology, answered from its units alone. */
#include "placement/placement.h"
#include "placement/units.h"

int topology_restrict(struct topology *t, const int *os, size_t n)
{
	return units_keep(&t->units, os, n);
}

bool topology_is_real(const struct topology *t)
{
	return t->real;
}

unsigned topology_packages(const struct topology *t)
{
	return t->units.packages;
}

unsigned topology_cores(const struct topology *t)
{
	return t->units.cores;
}

unsigned topology_pus(const struct topology *t)
{
	return (unsigned)t->units.n;
}

int topology_os(const struct topology *t, unsigned pu)
{
	return pu < t->units.n ? t->units.unit[pu].os : -1;
}

int topology_pu(const struct topology *t, int os)
{
	for (unsigned i = 0; i < t->units.n; i++)
		if (t->units.unit[i].os == os)
			return (int)i;
	return -1;
}

static const struct core *core_of(const struct topology *t, unsigned core)
{
	return &t->units.core[core % t->units.cores];
}

unsigned topology_pu_of_core(const struct topology *t, unsigned core, unsigned nth)
{
	const struct core *c = core_of(t, core);

	return c->first + nth % c->n;
}

unsigned topology_pus_of_core(const struct topology *t, unsigned core)
{
	return core_of(t, core)->n;
}

unsigned topology_spread(const struct topology *t, unsigned w)
{
	return (unsigned)(t->units.spread[w % t->units.n] - t->units.unit);
}

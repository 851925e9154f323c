/* The policies.  Each takes PUs in an order of its own and wraps around. */
#include "placement/placement.h"

static int none_pu(const struct topology *t, unsigned w)
{
	(void)t, (void)w;
	return ANYWHERE;
}

static int one_pu(const struct topology *t, unsigned w)
{
	(void)w;
	return (int)topology_pu_of_core(t, 0, 0);
}

static int compact_pu(const struct topology *t, unsigned w)
{
	unsigned core = 0;

	for (w %= topology_pus(t); w >= topology_pus_of_core(t, core); core++)
		w -= topology_pus_of_core(t, core);
	return (int)topology_pu_of_core(t, core, w);
}

/* Cores may differ in how many siblings are usable: a core with none left is
 * passed over until every PU has its worker. */
static int core_pu(const struct topology *t, unsigned w)
{
	unsigned cores = topology_cores(t), core = 0, nth = 0;

	w %= topology_pus(t);
	for (;;) {
		if (nth < topology_pus_of_core(t, core) && !w--)
			return (int)topology_pu_of_core(t, core, nth);
		if (++core == cores) {
			core = 0;
			nth++;
		}
	}
}

static int scatter_pu(const struct topology *t, unsigned w)
{
	return (int)topology_spread(t, w);
}

static const struct placement none = { "none", "left to the kernel", none_pu };
static const struct placement one = { "one", "all workers on one PU", one_pu };
static const struct placement compact = {
	"compact", "neighbouring PUs: SMT siblings, then the next core", compact_pu,
};
static const struct placement core = {
	"core", "one worker per core, then their SMT siblings", core_pu,
};
static const struct placement scatter = {
	"scatter", "as far apart as the machine allows: packages first", scatter_pu,
};

const struct placement *const placements[] = {
	&none, &one, &compact, &scatter, &core, NULL,
};

#include <math.h>

#include "base/err.h"
#include "interleave.h"

void interleave_shuffle(unsigned *order, unsigned n, uint64_t seed)
{
	for (unsigned i = 0; i < n; i++) {
		unsigned j = (unsigned)(rng_at(seed, i) % (i + 1));

		order[i] = order[j];
		order[j] = i;
	}
}

int interleave_place(int *cpu, int *server)
{
	struct topology *t = topology_load(NULL);
	int rc = t ? placement_map(t, "compact", 1, cpu, server) : -1;

	topology_free(t);
	return rc;
}

enum code interleave_measure(const struct trial *t, int lock, double *ns, struct ending *e,
			     struct outcome *o)
{
	if (supervise(t, lock, -1, e, o) < 0)
		return CODE_INTERNAL;
	if (o->status == STATUS_INTERRUPTED)
		return CODE_INTERRUPTED;
	if (o->status == STATUS_SKIPPED)
		return CODE_FAILED;
	if (!status_measured(o->status)) {
		fail("%s under %s: %s: %s", t->workload, t->strategy, status_name(o->status),
		     o->reason);
		return CODE_FAILED;
	}
	*ns = o->status != STATUS_OK ? NAN :
	      (double)e->report.m[0].wall_ns / (double)e->report.m[0].units;
	return CODE_OK;
}

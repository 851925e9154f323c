#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/stats.h"
#include "pipeline/settle.h"

enum { LOOKS_MAX = 20 };

/* After how many blocks to look, at most @blocks; 0: not yet. */
static uint64_t last_look(uint64_t blocks)
{
	static const uint64_t looks[] = { LOOKS_MAX, 15, 12 };

	for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
		if (blocks >= looks[i])
			return looks[i];
	return 0;
}

static bool same_workload(const struct trial *a, const struct trial *b)
{
	size_t n = strcspn(a->cell, "/") + 1;

	return !strcmp(a->experiment, b->experiment) && !strncmp(a->cell, b->cell, n);
}

/* The value of the baseline of trial @t in its block, or NaN. */
static double baseline(const struct plan *p, const double *wall_ns, const struct trial *t)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct trial *b = &p->trial[i];

		if (b->block == t->block && !strcmp(b->role, "baseline") && same_workload(b, t))
			return wall_ns[i];
	}
	return NAN;
}

/* Is the interval of cell @c over its baseline narrow after @blocks blocks? */
static bool narrow(const struct plan *p, const double *wall_ns, const struct trial *c,
		   uint64_t blocks)
{
	double x[LOOKS_MAX];
	struct interval v;
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++) {
		const struct trial *t = &p->trial[i];

		if (t->block > blocks || strcmp(t->role, c->role) ||
		    strcmp(t->experiment, c->experiment) || strcmp(t->cell, c->cell))
			continue;
		x[n] = baseline(p, wall_ns, t) / wall_ns[i];
		n += isfinite(x[n]) != 0;
	}
	v = stats_order_interval(x, n);
	return v.hi - v.lo <= c->stop_width * v.mid;	/* false for NaN */
}

bool settled(const struct plan *p, const double *wall_ns, size_t i)
{
	const struct trial *t = &p->trial[i];
	uint64_t blocks = last_look(t->block - 1);

	if (isnan(t->stop_width) || !blocks)
		return false;
	for (const struct trial *c = p->trial; c < p->trial + p->n && c->block == 1; c++)
		if (!strcmp(c->experiment, t->experiment) && strcmp(c->role, "baseline") &&
		    !narrow(p, wall_ns, c, blocks))
			return false;
	return true;
}

/*
 * How long a plan takes, told before anything of it has run: from what the specs
 * say where they say it, and else from what the trials of experiments/ took on two
 * cores.
 */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "pipeline/metric.h"
#include "pipeline/plan.h"

enum {
	/* of one trial beside its passes, from exec to reaped, canaries included: 8 to
	 * 18 where little is set up, 30 and more with a server, 120 with a real one */
	TRIAL_NS = 20 * NS_PER_MS,
	/* of a pass whose size the spec fixes, when it computes and when it waits: the
	 * medians of 36 and 22 workloads */
	FIXED_NS = 50 * NS_PER_MS,
	FIXED_IO_NS = 110 * NS_PER_MS,
	/* how many times as long a calibrated pass takes when workers share state: 3.0
	 * in the mean of 870, and 3.3 of 105 short ones */
	FOUGHT_OVER = 3,
	/* trials of full length until a size is found */
	SIZING = 3,
};

/* How many CPUs the text of `cpus` names; 0 when it names none. */
static unsigned cpus_distinct(const char *cpus)
{
	unsigned n = 0;

	for (const char *s = cpus; *s; s += strcspn(s, ";"), s += *s == ';') {
		size_t length = strcspn(s, ";");
		const char *first = cpus;

		while (first < s && (strcspn(first, ";") != length ||
				     memcmp(first, s, length)))
			first += strcspn(first, ";") + 1;
		n += first == s;
	}
	return n;
}

/* How many tasks of @t wait at the same time: under a loop all, and else one a
 * stream. */
static double waiting(const struct trial *t)
{
	const struct strategy *s = strategy_find(t->strategy);
	unsigned n = (unsigned)t->workers;

	if (s && !s->nonblock && s->streams == STREAMS_CPUS)
		n = strategy_streams(s, n, cpus_distinct(t->cpus));
	return fmin(n, (double)t->tasks);
}

/* A pass whose size the spec fixes. */
static double fixed_ns(const struct trial *t, const struct workload *w)
{
	double units = (double)t->tasks * (double)t->units;
	double rate = metric_number(t->params, "rate");

	if (rate > 0)
		return units * NS_PER_SEC / rate;
	if (!w->waits)
		return w->bound == BOUND_IO ? FIXED_IO_NS : FIXED_NS;
	return units * metric_number(t->params, w->waits) / waiting(t);
}

/* One pass.  A second CPU is not counted on: what those gain who compute on both
 * is made up for by those who take turns. */
static double pass_ns(const struct trial *t, const struct profile *profile)
{
	const struct workload *w = workload_find(t->workload);

	if (t->units != NONE)
		return fixed_ns(t, w);
	if (w->bound == BOUND_IO)
		return (double)profile->pass_ns / waiting(t);
	return (double)profile->pass_ns *
	       (w->shared_bytes && t->workers > 1 ? FOUGHT_OVER : 1);
}

static double trial_ns(const struct trial *t, const struct profile *profile)
{
	/* a warm-up that never ends is all there is of it */
	if (!strcmp(t->ends, "deadlock") || !strcmp(t->ends, "timeout"))
		return TRIAL_NS + (double)t->timeout_ns;
	return TRIAL_NS + (double)(1 + t->reps) *
			  fmin(pass_ns(t, profile), (double)t->timeout_ns);
}

/* Calibrating the workload of @t: its size if it is open, and what it computes. */
static double sizing_ns(const struct trial *t, const struct profile *profile)
{
	struct trial single = *t;

	single.strategy = "single";
	single.workers = single.reps = 1;
	single.ends = "";
	return trial_ns(&single, profile) * (t->units == NONE ? SIZING : 1);
}

uint64_t plan_estimate(const struct plan *p, const struct profile *profile)
{
	double total = 0;

	for (const struct trial *t = p->trial; t < p->trial + p->n; t++) {
		total += trial_ns(t, profile);
		/* of these there is one a workload */
		if (t->block == 1 && !strcmp(t->role, "twin"))
			total += sizing_ns(t, profile);
	}
	return (uint64_t)total;
}

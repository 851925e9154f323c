/*
 * summary.c - one row per cell: its medians, and how it compares with one
 * worker.  Efficiency and Karp-Flatt are monotone in the speedup, so their
 * intervals are its end points, transformed.
 */
#include <math.h>

#include "analysis/analysis.h"

#define AT(field) offsetof(struct summary, field)

const struct column summary_columns[] = {
	{ "experiment", FIELD_TEXT, AT(experiment), "", "name of the experiment file" },
	{ "cell", FIELD_TEXT, AT(cell), "", "workload/strategy/placement/workers, by label" },
	{ "role", FIELD_TEXT, AT(role), "", "cell, baseline or twin" },
	{ "workload", FIELD_TEXT, AT(workload), "", "what was computed" },
	{ "params", FIELD_TEXT, AT(params), "", "its parameters: key=value;key=value" },
	{ "bound", FIELD_TEXT, AT(bound), "", "what limits it: cpu, io, memory or mixed" },
	{ "unit", FIELD_TEXT, AT(unit), "", "what a unit of it is" },
	{ "strategy", FIELD_TEXT, AT(strategy), "", "how it was executed" },
	{ "options", FIELD_TEXT, AT(options), "", "the strategy's options" },
	{ "placement", FIELD_TEXT, AT(placement), "", "where the workers ran" },
	{ "workers", FIELD_WHOLE, AT(workers), "", "tasks in flight" },
	{ "oversubscribed", FIELD_WHOLE, AT(oversubscribed), "", "1: more streams than CPUs" },
	{ "n", FIELD_WHOLE, AT(n), "", "trials that count" },
	{ "failed", FIELD_WHOLE, AT(failed), "", "trials without numbers" },
	{ "invalid", FIELD_WHOLE, AT(invalid), "", "trials that a stated rule invalidates" },
	{ "wall_ns", FIELD_REAL, AT(wall_ns), "ns", "median over trials" },
	{ "wall_lo", FIELD_REAL, AT(wall_lo), "ns", "its interval: lower end" },
	{ "wall_hi", FIELD_REAL, AT(wall_hi), "ns", "its interval: upper end" },
	{ "units_per_s", FIELD_REAL, AT(units_per_s), "1/s", "units over the median wall time" },
	{ "cpu_ns_per_unit", FIELD_REAL, AT(cpu_ns_per_unit), "ns", "of the workers, median" },
	{ "server_cpu_ns_per_unit", FIELD_REAL, AT(server_cpu_ns_per_unit), "ns",
	  "of the server, median" },
	{ "syscalls_per_unit", FIELD_REAL, AT(syscalls_per_unit), "1", "by the engine, median" },
	{ "context_switches_per_unit", FIELD_REAL, AT(context_switches_per_unit), "1",
	  "of the workers, voluntary or not, median" },
	{ "p50_ns", FIELD_REAL, AT(p50_ns), "ns",
	  "median " LATENCY_HELP "; median over trials" },
	{ "p90_ns", FIELD_REAL, AT(p90_ns), "ns",
	  "90th percentile " LATENCY_HELP "; median over trials" },
	{ "p99_ns", FIELD_REAL, AT(p99_ns), "ns",
	  "99th percentile " LATENCY_HELP "; median over trials" },
	{ "p999_ns", FIELD_REAL, AT(p999_ns), "ns",
	  "99.9th percentile " LATENCY_HELP "; median over trials" },
	{ "max_ns", FIELD_REAL, AT(max_ns), "ns",
	  "maximum " LATENCY_HELP "; median over trials" },
	{ "spawn_ns", FIELD_REAL, AT(spawn_ns), "ns", "starting the workers, median" },
	{ "join_ns", FIELD_REAL, AT(join_ns), "ns", "ending the workers, median" },
	{ "spread", FIELD_REAL, AT(spread), "1", "MAD over median of wall_ns" },
	{ "speedup", FIELD_REAL, AT(speedup), "1", "wall time of the baseline over its own" },
	{ "speedup_lo", FIELD_REAL, AT(speedup_lo), "1", "its interval: lower end" },
	{ "speedup_hi", FIELD_REAL, AT(speedup_hi), "1", "its interval: upper end" },
	{ "scaling", FIELD_REAL, AT(scaling), "1", "its wall time at 1 worker over its own" },
	{ "scaling_lo", FIELD_REAL, AT(scaling_lo), "1", "its interval: lower end" },
	{ "scaling_hi", FIELD_REAL, AT(scaling_hi), "1", "its interval: upper end" },
	{ "efficiency", FIELD_REAL, AT(efficiency), "1", "speedup over workers" },
	{ "efficiency_lo", FIELD_REAL, AT(efficiency_lo), "1", "its interval: lower end" },
	{ "efficiency_hi", FIELD_REAL, AT(efficiency_hi), "1", "its interval: upper end" },
	{ "serial", FIELD_REAL, AT(serial), "1", "serial fraction after Karp and Flatt" },
	{ "serial_lo", FIELD_REAL, AT(serial_lo), "1", "its interval: lower end" },
	{ "serial_hi", FIELD_REAL, AT(serial_hi), "1", "its interval: upper end" },
	{ "server_share", FIELD_REAL, AT(server_share), "1",
	  "CPU time of the server over wall time, median" },
	{ "server_saturated", FIELD_WHOLE, AT(server_saturated), "",
	  "1: the server had no CPU time left, and set the speed" },
	{ "little", FIELD_REAL, AT(little), "1",
	  "units in flight by Little's law over those put there, median" },
	{ "little_off", FIELD_WHOLE, AT(little_off), "",
	  "1: it is not 1, so there is time that latency does not account for" },
	{ NULL, FIELD_TEXT, 0, NULL, NULL }
};

/* So much of the time may be outside of all units: starting and ending them. */
static const double unaccounted = 0.05;

/* Medians over trials that are copied as they are. */
static const struct {
	const char *metric;
	size_t offset;
} medians[] = {
	{ "cpu_ns_per_unit", AT(cpu_ns_per_unit) },
	{ "server_cpu_ns_per_unit", AT(server_cpu_ns_per_unit) },
	{ "syscalls_per_unit", AT(syscalls_per_unit) },
	{ "context_switches_per_unit", AT(context_switches_per_unit) },
	{ "p50_ns", AT(p50_ns) },
	{ "p90_ns", AT(p90_ns) },
	{ "p99_ns", AT(p99_ns) },
	{ "p999_ns", AT(p999_ns) },
	{ "max_ns", AT(max_ns) },
	{ "spawn_ns", AT(spawn_ns) },
	{ "join_ns", AT(join_ns) },
	{ "server_share", AT(server_share) },
	{ "little", AT(little) },
};

static void describe(struct summary *s, const struct trial *t)
{
	const struct workload *w = workload_find(t->workload);

	*s = (struct summary){
		.experiment = t->experiment, .cell = t->cell, .role = t->role,
		.workload = t->workload, .params = t->params,
		.bound = w ? bound_name(w->bound) : NULL, .unit = w ? w->unit : NULL,
		.strategy = t->strategy, .options = t->options,
		.placement = t->placement, .workers = t->workers,
		.oversubscribed = t->oversubscribed,
	};
}

static void count(struct summary *s, const struct dataset *d, const struct arm *c)
{
	for (size_t b = 0; b < d->blocks; b++) {
		s->n += c->block[b].state == POINT_OK;
		s->failed += c->block[b].state == POINT_FAILED;
		s->invalid += c->block[b].state == POINT_INVALID;
	}
}

static void measure(struct summary *s, const struct dataset *d, const struct arm *c,
		    double *x)
{
	size_t n = arm_values(d, c, metric_find("wall_ns"), x);
	struct interval wall = stats_order_interval(x, n);

	s->wall_ns = wall.mid;
	s->wall_lo = wall.lo;
	s->wall_hi = wall.hi;
	s->spread = stats_spread(x, n);
	n = arm_values(d, c, metric_find("ns_per_unit"), x);
	s->units_per_s = 1e9 / stats_median(x, n);
	for (size_t i = 0; i < sizeof medians / sizeof *medians; i++) {
		double *to = (double *)(void *)((char *)s + medians[i].offset);

		n = arm_values(d, c, metric_find(medians[i].metric), x);
		*to = stats_median(x, n);
	}
	s->little_off = isnan(s->little) ? NONE : fabs(s->little - 1) > unaccounted;
	s->server_saturated = isnan(s->server_share) ? NONE : saturation_is(d, c, x);
}

static void scale(struct summary *s, struct interval speedup, struct interval scaling)
{
	double p = (double)s->workers;

	s->speedup = speedup.mid;
	s->speedup_lo = speedup.lo;
	s->speedup_hi = speedup.hi;
	s->scaling = scaling.mid;
	s->scaling_lo = scaling.lo;
	s->scaling_hi = scaling.hi;
	s->efficiency = speedup.mid / p;
	s->efficiency_lo = speedup.lo / p;
	s->efficiency_hi = speedup.hi / p;
	s->serial = s->serial_lo = s->serial_hi = NAN;
	if (s->oversubscribed)		/* another regime: workers share CPUs */
		return;
	s->serial = stats_karp_flatt(speedup.mid, p);
	s->serial_lo = stats_karp_flatt(speedup.hi, p);
	s->serial_hi = stats_karp_flatt(speedup.lo, p);
}

void summary_make(struct summary *s, const struct dataset *d, const struct arm *c,
		  struct arena *a)
{
	const struct arm *base = dataset_control(d, c->trial->experiment,
						  c->trial->cell, "baseline");
	const struct arm *one = contrast_at_one(d, c, a);
	const struct metric *wall = metric_find("wall_ns");
	struct interval none = { NAN, NAN, NAN, NAN };

	describe(s, c->trial);
	count(s, d, c);
	measure(s, d, c, arena_alloc(a, (d->blocks + 1) * sizeof(double)));
	scale(s, base ? contrast_of(d, base, c, wall, a) : none,
	      one ? contrast_of(d, one, c, wall, a) : none);
}

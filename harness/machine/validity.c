/*
 * The rules.  Each compares an amount with a share of a whole and with a floor;
 * it is broken when the amount is above both.
 */
#include <math.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/table.h"
#include "machine/validity.h"

/* An amount as a real number; NONE becomes NaN, which compares as false, so
 * that what is not known breaks no rule. */
static double real(uint64_t v)
{
	return v == NONE ? NAN : (double)v;
}

static double throttled(const struct validity *v)
{
	return real(v->throttled_ns);
}

static double moved(const struct validity *v)
{
	return v->moved;
}

static double swapped(const struct validity *v)
{
	return real(v->swapped);
}

static double asleep(const struct validity *v)
{
	return real(v->asleep_ns);
}

static double steal(const struct validity *v)
{
	return real(v->steal_ns);
}

static double foreign(const struct validity *v)
{
	return real(v->foreign_ns);
}

/* Waiting for a CPU is a disturbance only where nothing of ours takes it. */
static double run_delay(const struct validity *v)
{
	return v->pinned && !v->oversubscribed && !v->server_shares ?
		real(v->run_delay_ns) - real(v->helpers_ns) : NAN;
}

static double canary_change(const struct validity *v)
{
	return fabs(real(v->canary_after_ns) - real(v->canary_before_ns));
}

static double faster_canary(const struct validity *v)
{
	return fmin(real(v->canary_after_ns), real(v->canary_before_ns));
}

static double elapsed(const struct validity *v)
{
	return real(v->elapsed_ns);
}

static double elapsed_cpus(const struct validity *v)
{
	return real(v->elapsed_ns) * v->cpus;
}

static double wall_streams(const struct validity *v)
{
	return real(v->wall_ns) * v->streams;
}

enum say { SAY_PLAIN, SAY_COUNT, SAY_TIME, SAY_CANARY };

struct rule {
	const char *what;
	enum say say;
	double (*amount)(const struct validity *v);
	double (*whole)(const struct validity *v);
	double share, floor;
	enum status status;
};

static const struct rule rules[] = {
	/* a quota stops all workers for most of its period: no ratio survives */
	{ "throttled by the CPU quota", SAY_TIME, throttled, elapsed, 0, 0, STATUS_THROTTLED },
	/* it was not the placement that the plan says */
	{ "a pinned worker ran on another CPU", SAY_PLAIN, moved, NULL, 0, 0, STATUS_ENV_CHANGED },
	/* one page from a disk costs as much as a whole task */
	{ "pages swapped", SAY_COUNT, swapped, NULL, 0, 0, STATUS_ENV_CHANGED },
	/* suspended; below 1 ms it may be two clocks read at two moments */
	{ "suspended", SAY_TIME, asleep, elapsed, 0, NS_PER_MS, STATUS_ENV_CHANGED },
	/* a core that changed its speed by more than the effects looked for;
	 * turbo steps are 3 to 10 %, a busy SMT sibling is 30 to 80 % */
	{ "canary", SAY_CANARY, canary_change, faster_canary, 0.15, 0, STATUS_ENV_CHANGED },
	/* the counter has ticks of 10 ms: two of them may be rounding */
	{ "steal time", SAY_TIME, steal, elapsed_cpus, 0.02, 20 * NS_PER_MS, STATUS_ENV_CHANGED },
	/* as above, and the ticks of several CPUs and of our own CPU time differ;
	 * a fifth of one CPU is more than any idle desktop takes */
	{ "foreign CPU time", SAY_TIME, foreign, elapsed, 0.20, 60 * NS_PER_MS,
	  STATUS_ENV_CHANGED },
	/* what it waited for was ours to have: a tenth is beyond kernel threads;
	 * in passes of microseconds the wake-ups at their gates are more */
	{ "run-queue delay", SAY_TIME, run_delay, wall_streams, 0.10, NS_PER_MS,
	  STATUS_ENV_CHANGED },
};

static bool broken(const struct rule *r, const struct validity *v)
{
	double amount = r->amount(v);

	return amount > r->floor && (r->share <= 0 || amount > r->share * r->whole(v));
}

static void explain(const struct rule *r, const struct validity *v, char *reason, size_t n)
{
	double amount = r->amount(v);
	double whole = r->whole ? r->whole(v) : NAN;

	switch (r->say) {
	case SAY_PLAIN:
		snprintf(reason, n, "%s", r->what);
		break;
	case SAY_COUNT:
		snprintf(reason, n, "%.0f %s", amount, r->what);
		break;
	case SAY_TIME:
		snprintf(reason, n, "%s %.*f ms of %.0f ms", r->what,
			 amount < 10 * NS_PER_MS ? 2 : 0, amount / NS_PER_MS,
			 whole / NS_PER_MS);
		break;
	case SAY_CANARY:
		snprintf(reason, n, "%s %.3f ms before and %.3f ms after", r->what,
			 real(v->canary_before_ns) / NS_PER_MS,
			 real(v->canary_after_ns) / NS_PER_MS);
		break;
	}
}

enum status validity_check(const struct validity *v, char *reason, size_t n)
{
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		if (!broken(&rules[i], v))
			continue;
		explain(&rules[i], v, reason, n);
		return rules[i].status;
	}
	*reason = 0;
	return STATUS_OK;
}

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/stats.h"
#include "peer.h"

#define FIELD(name, kind, unit, help) \
	{ #name, kind, offsetof(struct peer, name), unit, help }

const struct column peer_columns[] = {
	FIELD(name, FIELD_TEXT, "", "what is compared"),
	FIELD(params, FIELD_TEXT, "", "the workload's parameters"),
	FIELD(workers, FIELD_WHOLE, "", "tasks in flight, connections"),
	FIELD(ours, FIELD_TEXT, "", "our workload and strategy"),
	FIELD(theirs, FIELD_TEXT, "", "the other one and its version"),
	FIELD(server, FIELD_TEXT, "", "the real server that both ask"),
	FIELD(n, FIELD_WHOLE, "", "blocks with rounds enough in which neither side was disturbed"),
	FIELD(ours_per_s, FIELD_REAL, "", "median units a second, ours"),
	FIELD(theirs_per_s, FIELD_REAL, "", "and theirs"),
	FIELD(ratio, FIELD_REAL, "1", "our speed over theirs: median over blocks of the median over rounds"),
	FIELD(lo, FIELD_REAL, "1", "lower end of its interval; empty below 6 blocks"),
	FIELD(hi, FIELD_REAL, "1", "upper end"),
	FIELD(level, FIELD_REAL, "1", "exact coverage of the interval"),
	FIELD(ours_cpu_ns, FIELD_REAL, "ns", "median CPU time a unit, ours"),
	FIELD(theirs_cpu_ns, FIELD_REAL, "ns", "and theirs"),
	FIELD(cpu_ratio, FIELD_REAL, "1", "likewise, their CPU time over ours"),
	FIELD(cpu_lo, FIELD_REAL, "1", "lower end of its interval"),
	FIELD(cpu_hi, FIELD_REAL, "1", "upper end"),
	FIELD(goal, FIELD_REAL, "1", "what it is to be at least"),
	FIELD(verdict, FIELD_TEXT, "", "HOLDS FAILS UNCLEAR SKIPPED"),
	FIELD(reason, FIELD_TEXT, "", "why it was skipped, or came to nothing"),
	FIELD(seed, FIELD_WHOLE, "", "of the order and of the data"),
	{ NULL, FIELD_TEXT, 0, NULL, NULL },
};

static const char *verdict(const struct peer *p)
{
	if (isnan(p->goal))
		return "";
	if (isnan(p->lo))
		return "UNCLEAR";
	return p->lo >= p->goal ? "HOLDS" : p->hi < p->goal ? "FAILS" : "UNCLEAR";
}

struct speeds peer_speeds(const double *ours, const double *theirs, size_t n)
{
	double a[ROUNDS_MAX], b[ROUNDS_MAX], ratio[ROUNDS_MAX];
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (isnan(ours[i]) || isnan(theirs[i]))
			continue;
		a[kept] = ours[i];
		b[kept] = theirs[i];
		ratio[kept++] = theirs[i] / ours[i];
	}
	if (kept < ROUNDS / 2)
		return (struct speeds){ NAN, NAN, NAN };
	return (struct speeds){ stats_median(a, kept), stats_median(b, kept),
				stats_median(ratio, kept) };
}

/* The same over blocks, with the interval of the ratio; how many count. */
static size_t over_blocks(const struct speeds *block, size_t n, struct speeds *f,
			  struct interval *i)
{
	double ours[BLOCKS_MAX], theirs[BLOCKS_MAX], ratio[BLOCKS_MAX];
	size_t kept = 0;

	for (size_t b = 0; b < n; b++) {
		if (isnan(block[b].ratio))
			continue;
		ours[kept] = block[b].ours;
		theirs[kept] = block[b].theirs;
		ratio[kept++] = block[b].ratio;
	}
	*i = stats_order_interval(ratio, kept);
	*f = (struct speeds){ stats_median(ours, kept), stats_median(theirs, kept), i->mid };
	return kept;
}

void peer_judge_cpu(struct peer *p, const struct speeds *block, size_t n)
{
	struct interval i;
	struct speeds f;

	over_blocks(block, n, &f, &i);
	p->ours_cpu_ns = f.ours;
	p->theirs_cpu_ns = f.theirs;
	p->cpu_ratio = i.mid;
	p->cpu_lo = i.lo;
	p->cpu_hi = i.hi;
}

void peer_judge(struct peer *p, const struct speeds *block, size_t n)
{
	struct interval i;
	struct speeds f;

	p->n = over_blocks(block, n, &f, &i);
	p->ours_per_s = 1e9 / f.ours;
	p->theirs_per_s = 1e9 / f.theirs;
	p->ratio = i.mid;
	p->lo = i.lo;
	p->hi = i.hi;
	p->level = i.level;
	p->verdict = verdict(p);
}

void peer_print_head(FILE *out)
{
	fprintf(out, "%-16s %-23s %9s %9s  %-22s %-22s %3s %5s  %s\n", "", "against", "ours /s",
		"theirs /s", "ours / theirs", "their CPU / ours", "n", "goal", "verdict");
}

void peer_print(const struct peer *p, FILE *out)
{
	char goal[16] = "-";

	if (p->reason) {
		fprintf(out, "%-16s %-23s %s: %s\n", p->name, p->theirs, p->verdict, p->reason);
		return;
	}
	if (!isnan(p->goal))
		snprintf(goal, sizeof goal, "%.2f", p->goal);
	fprintf(out, "%-16s %-23s %9.0f %9.0f  %5.3f [%5.3f, %5.3f]  %5.2f [%5.2f, %5.2f]  %3"
		PRIu64 " %5s  %s\n", p->name, p->theirs, p->ours_per_s, p->theirs_per_s, p->ratio,
		p->lo, p->hi, p->cpu_ratio, p->cpu_lo, p->cpu_hi, p->n, goal, p->verdict);
}

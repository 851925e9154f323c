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
	FIELD(n, FIELD_WHOLE, "", "blocks in which neither side was disturbed"),
	FIELD(ours_per_s, FIELD_REAL, "", "median units a second, ours"),
	FIELD(theirs_per_s, FIELD_REAL, "", "and theirs"),
	FIELD(ratio, FIELD_REAL, "1", "median over blocks of our speed over theirs"),
	FIELD(lo, FIELD_REAL, "1", "lower end of its interval; empty below 6 blocks"),
	FIELD(hi, FIELD_REAL, "1", "upper end"),
	FIELD(level, FIELD_REAL, "1", "exact coverage of the interval"),
	FIELD(ours_cpu_ns, FIELD_REAL, "ns", "median CPU time a unit, ours"),
	FIELD(theirs_cpu_ns, FIELD_REAL, "ns", "and theirs"),
	FIELD(cpu_ratio, FIELD_REAL, "1", "median over blocks of their CPU time over ours"),
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

/* Pack the blocks in which both are known; how many. */
static size_t pack(double *ours, double *theirs, size_t n, struct interval *i)
{
	double ratio[BLOCKS_MAX];
	size_t kept = 0;

	for (size_t b = 0; b < n; b++) {
		if (isnan(ours[b]) || isnan(theirs[b]))
			continue;
		ours[kept] = ours[b];
		theirs[kept] = theirs[b];
		ratio[kept++] = theirs[b] / ours[b];
	}
	*i = stats_order_interval(ratio, kept);
	return kept;
}

void peer_judge_cpu(struct peer *p, double *ours, double *theirs, size_t n)
{
	struct interval i;
	size_t kept = pack(ours, theirs, n, &i);

	p->ours_cpu_ns = stats_median(ours, kept);
	p->theirs_cpu_ns = stats_median(theirs, kept);
	p->cpu_ratio = i.mid;
	p->cpu_lo = i.lo;
	p->cpu_hi = i.hi;
}

void peer_judge(struct peer *p, double *ours, double *theirs, size_t n)
{
	struct interval i;
	size_t kept = pack(ours, theirs, n, &i);

	p->n = kept;
	p->ours_per_s = 1e9 / stats_median(ours, kept);
	p->theirs_per_s = 1e9 / stats_median(theirs, kept);
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

#include <inttypes.h>
#include <math.h>

#include "agreement.h"
#include "base/stats.h"

/* Two tools agree when their figures are so close. */
static const double agree_lo = 0.98, agree_hi = 1.02;

#define FIELD(name, kind, unit, help) \
	{ #name, kind, offsetof(struct agreement, name), unit, help }

const struct column agreement_columns[] = {
	FIELD(kernel, FIELD_TEXT, "", "workload; -bare: they call its steps and count nothing"),
	FIELD(n, FIELD_WHOLE, "", "blocks in which neither side was disturbed"),
	FIELD(ours_ns, FIELD_REAL, "ns", "median time per unit under `single`"),
	FIELD(theirs_ns, FIELD_REAL, "ns", "the same under Google Benchmark"),
	FIELD(ratio, FIELD_REAL, "1", "median over blocks of ours / theirs"),
	FIELD(lo, FIELD_REAL, "1", "lower end of its interval; empty below 6 blocks"),
	FIELD(hi, FIELD_REAL, "1", "upper end"),
	FIELD(level, FIELD_REAL, "1", "exact coverage of the interval"),
	FIELD(seed, FIELD_WHOLE, "", "of the order and of the data"),
	{ NULL, FIELD_TEXT, 0, NULL, NULL },
};

struct agreement agreement_of(const char *kernel, double *ours, double *theirs,
			      size_t n, uint64_t seed)
{
	double ratio[BLOCKS_MAX];
	struct interval i;
	size_t kept = 0;

	for (size_t b = 0; b < n; b++) {
		if (isnan(ours[b]) || isnan(theirs[b]))
			continue;
		ours[kept] = ours[b];
		theirs[kept] = theirs[b];
		ratio[kept++] = ours[b] / theirs[b];
	}
	i = stats_order_interval(ratio, kept);
	return (struct agreement){
		.kernel = kernel, .n = kept, .seed = seed,
		.ours_ns = stats_median(ours, kept),
		.theirs_ns = stats_median(theirs, kept),
		.ratio = i.mid, .lo = i.lo, .hi = i.hi, .level = i.level,
	};
}

enum verdict agreement_judge(const struct agreement *a)
{
	if (a->n < STATS_FLOOR)
		return UNCLEAR;
	return (a->ratio >= agree_lo && a->ratio <= agree_hi) ||
	       (a->lo <= 1 && a->hi >= 1) ? HOLDS : FAILS;
}

void agreement_print_head(FILE *out)
{
	fprintf(out, "%-15s %12s %12s  %-25s %3s  %s\n", "ns per unit", "ours", "theirs",
		"ours / theirs", "n", "within 0.98 .. 1.02, or 1 inside");
}

void agreement_print(const struct agreement *a, const char *remark, FILE *out)
{
	fprintf(out, "%-15s %12.2f %12.2f  %6.4f [%6.4f, %6.4f]  %3" PRIu64 "  %s\n",
		a->kernel, a->ours_ns, a->theirs_ns, a->ratio, a->lo, a->hi, a->n, remark);
}

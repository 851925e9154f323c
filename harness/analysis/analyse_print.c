/*
 * analyse_print.c - verdicts.csv as a table for people.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/err.h"
#include "base/num.h"
#include "base/stats.h"
#include "analysis/analyse.h"

/* The order in which they are counted. */
static const char *const verdicts[] = { "HOLDS", "FAILS", "UNCLEAR", "SKIPPED" };
static const char *const counted[] = { "HOLD", "FAIL", "UNCLEAR", "SKIPPED" };
enum { VERDICTS = sizeof verdicts / sizeof *verdicts };

/* One line, as text; widths differ from run to run. */
struct line {
	const char *verdict, *claim, *ratio, *expect, *n, *reason;
};

static const struct line heading = {
	"VERDICT", "CLAIM", "RATIO [INTERVAL]", "EXPECTED", "N", ""
};

static const char *bound(double v, struct arena *a)
{
	return isnan(v) ? "" : arena_printf(a, "%g", v);
}

static struct line line_of(const struct verdict *v, struct arena *a)
{
	return (struct line){
		.verdict = v->verdict,
		.claim = arena_printf(a, "%s/%s", v->experiment, v->claim),
		.ratio = num_interval(v->ratio, v->lo, v->hi, a),
		.expect = arena_printf(a, "%s .. %s", bound(v->expect_lo, a),
				       bound(v->expect_hi, a)),
		.n = arena_printf(a, "%" PRIu64, v->n),
		.reason = v->reason,
	};
}

static int widest(int width, const char *s)
{
	return (int)strlen(s) > width ? (int)strlen(s) : width;
}

static void print_lines(const struct line *l, size_t n, FILE *out)
{
	int claim = 0, value = 0, expect = 0;

	for (size_t i = 0; i < n; i++) {
		claim = widest(claim, l[i].claim);
		value = widest(value, l[i].ratio);
		expect = widest(expect, l[i].expect);
	}
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%-7s  %-*s  %-*s  %-*s  %3s%s%s\n", l[i].verdict,
			claim, l[i].claim, value, l[i].ratio, expect, l[i].expect, l[i].n,
			*l[i].reason ? "  " : "", l[i].reason);
}

static unsigned count(const struct verdict *v, size_t n, const char *verdict)
{
	unsigned k = 0;

	for (size_t i = 0; i < n; i++)
		k += !strcmp(v[i].verdict, verdict);
	return k;
}

static void print_counts(const struct verdict *v, size_t n, FILE *out)
{
	for (size_t i = 0; i < VERDICTS; i++)
		fprintf(out, "%s%u %s", i ? ", " : "", count(v, n, verdicts[i]), counted[i]);
	fputc('\n', out);
}

/* Twins that differ tell the false-positive rate of this very run. */
static void print_twins(const struct contrast *c, size_t n, FILE *out)
{
	size_t inside = 0, twins = 0;
	struct interval v;

	for (size_t i = 0; i < n; i++) {
		if (strcmp(c[i].kind, "twin") || isnan(c[i].lo))
			continue;
		twins++;
		inside += c[i].lo <= 1 && c[i].hi >= 1;
	}
	fprintf(out, "A/A: 1 inside the interval in %zu of %zu", inside, twins);
	v = stats_proportion(inside, twins);
	if (twins)
		fprintf(out, " (%.0f %%, 95 %% interval %.0f .. %.0f %%)", 100 * v.mid,
			100 * v.lo, 100 * v.hi);
	fputc('\n', out);
}

/* Of @n cells, in how many a flag at @offset is known, and set. */
struct flagged {
	size_t known, set;
};

static struct flagged flagged(const struct summary *s, size_t n, size_t offset)
{
	struct flagged f = { 0, 0 };

	for (size_t i = 0; i < n; i++) {
		uint64_t flag = *(const uint64_t *)((const char *)&s[i] + offset);

		f.known += flag != NONE;
		f.set += flag == 1;
	}
	return f;
}

/* Where the client is not what was measured, and where latencies do not account
 * for the time. */
static void print_flags(const struct summary *s, size_t n, FILE *out)
{
	struct flagged server = flagged(s, n, offsetof(struct summary, server_saturated));
	struct flagged little = flagged(s, n, offsetof(struct summary, little_off));

	if (server.set)
		fprintf(out, "server saturated in %zu of %zu cells that have one: their speed is "
			"its own (summary.csv, server_saturated)\n", server.set, server.known);
	if (little.set)
		fprintf(out, "Little's law is off by more than 5 %% in %zu of %zu cells that it is "
			"known of (summary.csv, little)\n", little.set, little.known);
}

int analyse_print(const char *dir, FILE *out, unsigned *fails)
{
	struct arena a = { 0 };
	size_t n, m, k;
	struct verdict *v = table_load(arena_printf(&a, "%s/verdicts.csv", dir),
				       verdict_columns, sizeof *v, &n, &a);
	struct contrast *c = !v ? NULL :
		table_load(arena_printf(&a, "%s/contrasts.csv", dir),
			   contrast_columns, sizeof *c, &m, &a);
	struct summary *s = !c ? NULL :
		table_load(arena_printf(&a, "%s/summary.csv", dir),
			   summary_columns, sizeof *s, &k, &a);
	struct line *l;

	if (s) {
		l = arena_alloc(&a, (n + 1) * sizeof *l);
		l[0] = heading;
		for (size_t i = 0; i < n; i++)
			l[i + 1] = line_of(&v[i], &a);
		print_lines(l, n + 1, out);
		print_counts(v, n, out);
		print_twins(c, m, out);
		print_flags(s, k, out);
		*fails = count(v, n, "FAILS");
	}
	arena_release(&a);
	return s ? 0 : -1;
}

/*
 * compare_print.c - the comparison for people: what differs, then what it is
 * made of, then the cells.
 */
#include <math.h>
#include <string.h>

#include "base/num.h"
#include "exchange/compare.h"

/* One line, as text; widths differ from run to run. */
struct line {
	const char *verdict, *cell, *ratio, *a, *b, *n, *level, *p, *reason;
};

static const struct line heading = {
	"VERDICT", "CELL", "B / A [INTERVAL]", "A", "B", "BLOCKS", "LEVEL", "P", ""
};

static void print_runs(const struct comparison *c, FILE *out)
{
	fprintf(out, "A  %s  %s\nB  %s  %s\n\n", c->a->dir, condition_find(c->a, "run_id"),
		c->b->dir, condition_find(c->b, "run_id"));
}

static int widest(int width, const char *s)
{
	return (int)strlen(s) > width ? (int)strlen(s) : width;
}

static int differs(const struct comparison *c, const char *name)
{
	for (size_t i = 0; i < c->differences; i++)
		if (!strcmp(c->difference[i].name, name))
			return 1;
	return 0;
}

static const char *known(const char *s)
{
	return *s ? s : "-";
}

static void print_differences(const struct comparison *c, FILE *out)
{
	int name = 7, a = 1;

	for (size_t i = 0; i < c->differences; i++) {
		name = widest(name, c->difference[i].name);
		a = widest(a, known(c->difference[i].a));
	}
	if (c->differences)
		fprintf(out, "%-*s  %-*s  B\n", name, "DIFFERS", a, "A");
	for (size_t i = 0; i < c->differences; i++)
		fprintf(out, "%-*s  %-*s  %s\n", name, c->difference[i].name, a,
			known(c->difference[i].a), known(c->difference[i].b));
	fputs("the same:", out);
	for (const char *const *h = headline_conditions; *h; h++)
		if (!differs(c, *h))
			fprintf(out, " %s", *h);
	fputs("\n\n", out);
}

static const char *ratio(const struct interval *v, struct arena *a)
{
	return num_interval(v->mid, v->lo, v->hi, a);
}

/* What the numbers are, before any of them. */
static void print_method(const struct comparison *c, FILE *out)
{
	struct arena a = { 0 };

	fprintf(out, "B / A: of the trials' wall_ns, each the median of its passes: the "
		"Hodges-Lehmann\nshift of their logarithms, with the exact Mann-Whitney "
		"interval for two independent\nsets.  That assumes equal shapes: a verdict "
		"needs the medians' own interval to agree.\nP: after Holm for %zu cells.\n",
		c->family);
	fprintf(out, "same: the whole interval lies within %.4g .. %.4g; most A/A twins of the "
		"reference\nruns, one cell measured twice, differ by less.\n",
		1 / COMPARE_MARGIN, COMPARE_MARGIN);
	if (compare_per_unit(c))
		fprintf(out, "%zu of %zu cells have other units per task in B: those are "
			"compared per unit (*).\n", compare_per_unit(c), c->pairs);
	else
		fputs("units per task are the same in all cells\n", out);
	fprintf(out, "The runs were made one after the other: what the machine changed "
		"meanwhile is in\nevery ratio.  The canary loop, the same in both: "
		"B / A %s, %zu and %zu blocks.\n",
		ratio(&c->control.ratio, &a), c->control_a, c->control_b);
	if (c->control.ratio.lo < 1 / COMPARE_MARGIN || c->control.ratio.hi > COMPARE_MARGIN)
		fputs("The machine was not equally fast in both: a verdict may be its, not the "
		      "program's.\n", out);
	if (c->least_p > 0.05)
		fprintf(out, "With so few blocks for %zu cells P is at least %.2g: none can "
			"be slower or faster.\nCompare fewer cells, or runs of more blocks.\n",
			c->family, c->least_p);
	fputc('\n', out);
	arena_release(&a);
}

static const char *duration(double ns, struct arena *a)
{
	static const struct {
		double ns;
		const char *unit;
	} units[] = { { 1e9, "s" }, { 1e6, "ms" }, { 1e3, "us" }, { 0, "ns" } };
	size_t i = 0;

	if (isnan(ns))
		return "-";
	while (ns < units[i].ns)
		i++;
	return arena_printf(a, "%#.4g %s", units[i].ns > 0 ? ns / units[i].ns : ns,
			    units[i].unit);
}

static const char *number(const char *format, double v, struct arena *a)
{
	char text[32];

	if (isnan(v))
		return "-";
	snprintf(text, sizeof text, strcmp(format, "p") ? "%.4f" : "%.2g", v);
	return arena_strdup(a, text);
}

static struct line line_of(const struct pair *p, struct arena *a)
{
	return (struct line){
		.verdict = p->verdict,
		.cell = arena_printf(a, "%s/%s%s", p->a->trial->experiment, p->a->trial->cell,
				     strcmp(p->metric, "wall_ns") ? " *" : ""),
		.ratio = ratio(&p->shift.ratio, a),
		.a = duration(p->median_a, a), .b = duration(p->median_b, a),
		.n = arena_printf(a, "%zu,%zu", p->na, p->nb),
		.level = number("level", p->shift.ratio.level, a),
		.p = number("p", p->p_holm, a),
		.reason = p->reason,
	};
}

static void print_lines(const struct line *l, size_t n, FILE *out)
{
	int cell = 0, value = 0, a = 0, b = 0;

	for (size_t i = 0; i < n; i++) {
		cell = widest(cell, l[i].cell);
		value = widest(value, l[i].ratio);
		a = widest(a, l[i].a);
		b = widest(b, l[i].b);
	}
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%-7s  %-*s  %-*s  %*s  %*s  %6s  %6s  %7s%s%s\n", l[i].verdict,
			cell, l[i].cell, value, l[i].ratio, a, l[i].a, b, l[i].b, l[i].n,
			l[i].level, l[i].p, *l[i].reason ? "  " : "", l[i].reason);
}

static void print_cells(const struct comparison *c, FILE *out)
{
	struct arena a = { 0 };
	struct line *l = arena_alloc(&a, (c->pairs + 1) * sizeof *l);

	l[0] = heading;
	for (size_t i = 0; i < c->pairs; i++)
		l[i + 1] = line_of(&c->pair[i], &a);
	if (c->pairs)
		print_lines(l, c->pairs + 1, out);
	arena_release(&a);
}

static void print_only(const char *run, const struct arm *const *only, size_t n, FILE *out)
{
	fprintf(out, "only in %s: %zu\n", run, n);
	for (size_t i = 0; i < n; i++)
		fprintf(out, "  %s/%s\n", only[i]->trial->experiment, only[i]->trial->cell);
}

void compare_print(const struct comparison *c, FILE *out)
{
	print_runs(c, out);
	print_differences(c, out);
	print_method(c, out);
	print_cells(c, out);
	for (const char *const *v = compare_verdicts; *v; v++)
		fprintf(out, "%s%zu %s", v == compare_verdicts ? "" : ", ",
			compare_count(c, *v), *v);
	fputc('\n', out);
	print_only("A", c->only_a, c->onlys_a, out);
	print_only("B", c->only_b, c->onlys_b, out);
}

/*
 * cells.c - the numbers of every cell, for who wants more than verdicts.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "report/html.h"
#include "report/parts.h"
#include "report/quantity.h"

static const char *const heads[] = {
	"Cell", "Trials", "Wall time of a pass [interval]", "Units per second",
	"CPU time per unit", "Server's CPU time per unit", "System calls per unit",
	"Context switches per unit", "p50", "p99", "p99.9", "max", "Speedup [interval]",
	"Dropped blocks", NULL
};

/* Blocks that could not be used: of the speedup, where there is one; else the
 * cell's own. */
static uint64_t dropped(const struct source *s, const struct summary *c)
{
	for (size_t i = 0; i < s->contrasts; i++)
		if (!strcmp(s->contrast[i].kind, "speedup") &&
		    !strcmp(s->contrast[i].experiment, c->experiment) &&
		    !strcmp(s->contrast[i].right, c->cell) && !strcmp(c->role, "cell"))
			return s->contrast[i].dropped;
	return c->failed + c->invalid;
}

static void print_name(FILE *out, const struct summary *c)
{
	html(out, "<th scope=\"row\"><code>%s</code>", c->cell);
	if (!strcmp(c->role, "baseline"))
		html(out, "<small>the baseline</small>");
	else if (!strcmp(c->role, "twin"))
		html(out, "<small>the baseline's A/A twin</small>");
	if (c->oversubscribed == 1)
		html(out, "<small>more workers than CPUs</small>");
	if (c->server_saturated == 1)
		html(out, "<small>the server sets the speed</small>");
	html(out, "</th>\n");
}

static void print_number(FILE *out, const char *text)
{
	html(out, "<td class=\"number\">%s</td>", text);
}

/* What a unit costs, and how long it takes. */
static void print_costs(FILE *out, const struct summary *c, struct arena *a)
{
	const struct {
		double value;
		const char *unit;
	} cost[] = {
		{ c->cpu_ns_per_unit, "ns" }, { c->server_cpu_ns_per_unit, "ns" },
		{ c->syscalls_per_unit, "1" }, { c->context_switches_per_unit, "1" },
		{ c->p50_ns, "ns" }, { c->p99_ns, "ns" }, { c->p999_ns, "ns" },
		{ c->max_ns, "ns" },
	};

	for (size_t i = 0; i < sizeof cost / sizeof *cost; i++)
		print_number(out, quantity(cost[i].value, cost[i].unit, a));
}

static void print_row(FILE *out, const struct source *s, const struct summary *c)
{
	struct arena *a = s->arena;

	html(out, "<tr>");
	print_name(out, c);
	print_number(out, arena_printf(a, "%" PRIu64, c->n));
	print_number(out, quantity_interval(c->wall_ns, c->wall_lo, c->wall_hi, "ns", a));
	html(out, "<td class=\"number\">%s", quantity(c->units_per_s, "1/s", a));
	if (!isnan(c->units_per_s) && *c->unit)
		html(out, "<small>%s</small>", c->unit);
	html(out, "</td>");
	print_costs(out, c, a);
	print_number(out, quantity_interval(c->speedup, c->speedup_lo, c->speedup_hi, "1", a));
	print_number(out, arena_printf(a, "%" PRIu64, dropped(s, c)));
	html(out, "</tr>\n");
}

void cells_print(FILE *out, const struct source *s, const char *experiment)
{
	sheet_begin(out, arena_printf(s->arena, "Every cell of %s: medians over trials. A dash: "
				      "not measured, or too few values for it.", experiment),
		    heads);
	for (size_t i = 0; i < s->summaries; i++)
		if (!strcmp(s->summary[i].experiment, experiment))
			print_row(out, s, &s->summary[i]);
	sheet_end(out);
}

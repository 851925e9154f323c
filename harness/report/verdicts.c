/*
 * verdicts.c - claims as they were made, with what was found.  A verdict is told
 * by shape, word and colour.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "pipeline/metric.h"
#include "report/html.h"
#include "report/parts.h"
#include "report/quantity.h"

const struct verdict_word verdict_words[VERDICTS] = {
	{ "HOLDS", "HOLD", "holds", "\xe2\x9c\x93",
	  "the whole interval lies in the expected range" },
	{ "FAILS", "FAIL", "fails", "\xe2\x9c\x97",
	  "the whole interval lies outside, also after Holm's correction" },
	{ "UNCLEAR", "UNCLEAR", "unclear", "?",
	  "the interval straddles a bound, there are too few blocks, or the machine was "
	  "not quiet" },
	{ "SKIPPED", "SKIPPED", "skipped", "\xe2\x80\x93",
	  "this machine or this build lacks something; the reason says what" },
};
static const struct verdict_word unknown = { "", "", "unclear", "?", "" };

size_t verdicts_count(const struct source *s, const char *experiment, const char *verdict)
{
	size_t n = 0;

	for (size_t i = 0; i < s->verdicts; i++)
		n += (!experiment || !strcmp(s->verdict[i].experiment, experiment)) &&
		     (!verdict || !strcmp(s->verdict[i].verdict, verdict));
	return n;
}

void verdict_print(FILE *out, const char *verdict)
{
	const struct verdict_word *w = verdict_words;

	while (w < verdict_words + VERDICTS && strcmp(w->name, verdict))
		w++;
	if (w == verdict_words + VERDICTS)
		w = &unknown;
	html(out, "<span class=\"verdict %s\"><span aria-hidden=\"true\">%s</span> %s</span>",
	     w->class, w->shape, verdict);
}

/* Two cells are compared as a plain number; one cell has its metric's unit. */
static const char *unit_of(const struct verdict *v, const struct claim *c)
{
	const struct metric *m = metric_find(v->metric);

	return c && !c->right && m ? m->unit : "1";
}

static void print_claim(FILE *out, const struct verdict *v, const struct claim *c)
{
	html(out, "<th scope=\"row\">%s", v->claim);
	if (c && c->right)
		html(out, "<small>%s of <code>%s</code> over <code>%s</code></small>",
		     v->metric, c->left, c->right);
	else if (c && c->minus)
		html(out, "<small>%s of <code>%s</code> less <code>%s</code></small>",
		     v->metric, c->left, c->minus);
	else if (c)
		html(out, "<small>%s of <code>%s</code></small>", v->metric, c->left);
	html(out, "</th>\n");
}

/* What is expected, and below it what the source found on a machine of its own. */
static void print_expected(FILE *out, const struct source *s, const struct verdict *v,
			   const struct claim *c, const char *unit)
{
	html(out, "<td class=\"number\">%s",
	     quantity_range(v->expect_lo, v->expect_hi, unit, s->arena));
	if (c && !isnan(c->published))
		html(out, "<small>published: %s</small>",
		     arena_printf(s->arena, "%.4g", c->published));
	html(out, "</td>");
}

static void print_row(FILE *out, const struct source *s, const struct verdict *v)
{
	const struct claim *c = source_claim(s, v);
	const char *unit = unit_of(v, c);

	html(out, "<tr id=\"%s/%s\">", v->experiment, v->claim);
	print_claim(out, v, c);
	html(out, "<td>");
	verdict_print(out, v->verdict);
	html(out, "</td><td class=\"number\">%s</td>",
	     quantity_interval(v->ratio, v->lo, v->hi, unit, s->arena));
	print_expected(out, s, v, c, unit);
	html(out, "<td class=\"number\">%s</td><td>%s",
	     arena_printf(s->arena, "%" PRIu64, v->n), c ? c->why : "");
	if (c)
		html(out, "<small>Source: %s</small>", c->source);
	html(out, "</td><td>%s</td></tr>\n", v->reason);
}

void verdicts_print(FILE *out, const struct source *s, const char *experiment)
{
	static const char *const heads[] = {
		"Claim", "Verdict", "Ratio or value [interval]", "Expected", "Blocks", "Why",
		"Reason for the verdict", NULL
	};

	if (!verdicts_count(s, experiment, NULL)) {
		html(out, "<p class=\"note\">This experiment makes no claim.</p>\n");
		return;
	}
	sheet_begin(out, arena_printf(s->arena, "What was claimed before the run, and what was "
				      "found: %s", experiment), heads);
	for (size_t i = 0; i < s->verdicts; i++)
		if (!strcmp(s->verdict[i].experiment, experiment))
			print_row(out, s, &s->verdict[i]);
	sheet_end(out);
}

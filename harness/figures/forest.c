/*
 * forest.c - the claims of an experiment, one a row, with what was expected and
 * what was found; the A/A twins on top, where nothing may be found.
 *
 * A claim about a value and not a ratio is drawn as a share of its bound, so that
 * one axis serves all; its text has the value.
 */
#include <math.h>
#include <string.h>

#include "base/num.h"
#include "figures/figure.h"
#include "pipeline/metric.h"
#include "pipeline/names.h"

#define AT(type, field) offsetof(struct type, field), "", ""

struct finding {
	const char *experiment, *claim, *verdict, *metric;
	double ratio, lo, hi, expect_lo, expect_hi;
};
static const struct column finding_columns[] = {
	{ "experiment", FIELD_TEXT, AT(finding, experiment) },
	{ "claim", FIELD_TEXT, AT(finding, claim) },
	{ "verdict", FIELD_TEXT, AT(finding, verdict) },
	{ "metric", FIELD_TEXT, AT(finding, metric) },
	{ "ratio", FIELD_REAL, AT(finding, ratio) },
	{ "lo", FIELD_REAL, AT(finding, lo) },
	{ "hi", FIELD_REAL, AT(finding, hi) },
	{ "expect_lo", FIELD_REAL, AT(finding, expect_lo) },
	{ "expect_hi", FIELD_REAL, AT(finding, expect_hi) },
	{ NULL, FIELD_TEXT, 0, NULL, NULL }
};

struct pair {
	const char *experiment, *kind, *left, *right, *metric;
	double ratio, lo, hi;
};
static const struct column pair_columns[] = {
	{ "experiment", FIELD_TEXT, AT(pair, experiment) },
	{ "kind", FIELD_TEXT, AT(pair, kind) },
	{ "left", FIELD_TEXT, AT(pair, left) },
	{ "right", FIELD_TEXT, AT(pair, right) },
	{ "metric", FIELD_TEXT, AT(pair, metric) },
	{ "ratio", FIELD_REAL, AT(pair, ratio) },
	{ "lo", FIELD_REAL, AT(pair, lo) },
	{ "hi", FIELD_REAL, AT(pair, hi) },
	{ NULL, FIELD_TEXT, 0, NULL, NULL }
};

/* One row of the figure and of its table. */
struct line {
	uint64_t row;			/* from the top */
	const char *claim, *verdict, *metric;
	double at, at_lo, at_hi;	/* on the axis */
	double expect_lo, expect_hi;	/* there too; NaN: open */
	const char *text;		/* value and interval for people */
};
static const struct column line_columns[] = {
	{ "row", FIELD_WHOLE, AT(line, row) },
	{ "claim", FIELD_TEXT, AT(line, claim) },
	{ "verdict", FIELD_TEXT, AT(line, verdict) },
	{ "metric", FIELD_TEXT, AT(line, metric) },
	{ "at", FIELD_REAL, AT(line, at) },
	{ "at_lo", FIELD_REAL, AT(line, at_lo) },
	{ "at_hi", FIELD_REAL, AT(line, at_hi) },
	{ "expect_lo", FIELD_REAL, AT(line, expect_lo) },
	{ "expect_hi", FIELD_REAL, AT(line, expect_hi) },
	{ "text", FIELD_TEXT, AT(line, text) },
	{ NULL, FIELD_TEXT, 0, NULL, NULL }
};

struct findings {
	struct finding *finding;
	struct pair *pair;
	size_t findings, pairs;
};

struct findings *findings_read(const struct drawing *d)
{
	struct findings *f = arena_alloc(d->arena, sizeof *f);

	f->finding = figure_rows(d, "verdicts.csv", finding_columns, sizeof *f->finding,
				 &f->findings);
	if (!f->finding)
		return NULL;
	f->pair = figure_rows(d, "contrasts.csv", pair_columns, sizeof *f->pair, &f->pairs);
	return f->pair ? f : NULL;
}

bool findings_spawn(const struct findings *f, const char *experiment)
{
	for (size_t i = 0; i < f->findings; i++)
		if (!strcmp(f->finding[i].experiment, experiment) &&
		    (strstr(f->finding[i].metric, "spawn") ||
		     strstr(f->finding[i].metric, "join")))
			return true;
	return false;
}

/* Is @v in its metric's unit, and no ratio?  verdicts.csv does not say,
 * contrasts.csv does, with the same numbers. */
static bool is_value(const struct findings *f, const struct finding *v)
{
	for (size_t i = 0; i < f->pairs; i++) {
		const struct pair *p = &f->pair[i];

		if ((!strcmp(p->kind, "excess") ||
		     (!*p->right && !strcmp(p->kind, "claim"))) && p->ratio == v->ratio &&
		    !strcmp(p->experiment, v->experiment) && !strcmp(p->metric, v->metric))
			return true;
	}
	return false;
}

static const char *number(double v, struct arena *a)
{
	return v >= 0.1 && v < 10 ? arena_printf(a, "%.3f", v) : num_text(v, a);
}

/* "1.98 [1.95 .. 2.01]", "1.3 [1.2 .. 1.4] ms".  Never empty: gnuplot would take
 * the text of the row before. */
static const char *text(double v, double lo, double hi, bool is_time, struct arena *a)
{
	double by = !is_time || v < 1e3 ? 1 : v < 1e6 ? 1e3 : v < 1e9 ? 1e6 : 1e9;
	const char *unit = !is_time ? "" : by < 1e3 ? " ns" : by < 1e6 ? " us" :
			   by < 1e9 ? " ms" : " s";

	if (!isfinite(v))
		return "not measured";
	if (!isfinite(lo))
		return arena_printf(a, "%s%s", number(v / by, a), unit);
	return arena_printf(a, "%s [%s .. %s]%s", number(v / by, a), number(lo / by, a),
			    number(hi / by, a), unit);
}

static bool is_time(const char *metric)
{
	const struct metric *m = metric_find(metric);

	return m && !strcmp(m->unit, "ns");
}

/* The axis is logarithmic: what is not above 0 stands in the text alone. */
static double place(double v, double bound)
{
	return v > 0 ? v / bound : NAN;
}

static struct line from_claim(const struct findings *f, const struct finding *v,
			      struct arena *a)
{
	bool value = is_value(f, v);
	double bound = !value ? 1 : isfinite(v->expect_hi) ? v->expect_hi : v->expect_lo;

	return (struct line){
		.claim = v->claim, .verdict = v->verdict, .metric = v->metric,
		.at = place(v->ratio, bound), .at_lo = place(v->lo, bound),
		.at_hi = v->lo > 0 ? place(v->hi, bound) : NAN,
		.expect_lo = v->expect_lo / bound, .expect_hi = v->expect_hi / bound,
		.text = text(v->ratio, v->lo, v->hi, value && is_time(v->metric), a),
	};
}

/* Does the interval of a twin hold 1, as that of 95 % of all twins should? */
static const char *quiet(const struct pair *p)
{
	return p->lo > 1 || p->hi < 1 ? "A/A-OFF" : "A/A";
}

static struct line from_twin(const struct pair *p, struct arena *a)
{
	const char *slash = strchr(p->left, '/');

	return (struct line){
		.claim = arena_printf(a, "%.*s", (int)(slash ? slash - p->left : 0), p->left),
		.verdict = quiet(p), .metric = p->metric,
		.at = p->ratio, .at_lo = p->lo, .at_hi = p->hi,
		.expect_lo = NAN, .expect_hi = NAN,
		.text = text(p->ratio, p->lo, p->hi, false, a),
	};
}

/* The twins, then the claims; names become words, so others are left out. */
static size_t lines_make(struct line *line, const struct findings *f,
			 const char *experiment, struct arena *a)
{
	size_t n = 0;

	for (size_t i = 0; i < f->pairs; i++)
		if (!strcmp(f->pair[i].experiment, experiment) &&
		    !strcmp(f->pair[i].kind, "twin"))
			line[n++] = from_twin(&f->pair[i], a);
	for (size_t i = 0; i < f->findings; i++)
		if (!strcmp(f->finding[i].experiment, experiment) &&
		    name_valid(f->finding[i].claim))
			line[n++] = from_claim(f, &f->finding[i], a);
	for (size_t i = 0; i < n; i++)
		line[i].row = i + 1;
	return n;
}

static int write_table(const struct line *line, size_t n, const char *path)
{
	FILE *f = table_create(path);

	if (!f)
		return -1;
	table_header(f, line_columns);
	for (size_t i = 0; i < n; i++)
		table_row(f, line_columns, &line[i]);
	return table_commit(f, path);
}

static void include(double *lo, double *hi, double v)
{
	if (isfinite(v) && v > 0) {
		*lo = fmin(*lo, v);
		*hi = fmax(*hi, v);
	}
}

static const char *panel(const struct line *line, size_t n, struct arena *a)
{
	char *mask = arena_alloc(a, n + 1);
	double lo = 1, hi = 1;

	for (size_t i = 0; i < n; i++) {
		const struct line *l = &line[i];
		const double all[] = { l->at, l->at_lo, l->at_hi,
				       l->expect_lo, l->expect_hi };

		for (size_t k = 0; k < sizeof all / sizeof *all; k++)
			include(&lo, &hi, all[k]);
		mask[i] = (char)('0' + (isfinite(l->at) ? 1 : 0) +
				 (isfinite(l->at_hi) ? 2 : 0));
	}
	return arena_printf(a, "claims:-:-:%s:%s", axis_words(AXIS_RATIO, lo, hi, a), mask);
}

int forest_draw(const struct drawing *d, const struct findings *found,
		const char *experiment)
{
	size_t most = found->findings + found->pairs;
	struct line *line = arena_alloc(d->arena, most * sizeof *line);
	size_t n = lines_make(line, found, experiment, d->arena);
	struct figure f = { .script = "forest", .series = "", .tics = "-",
			    .shape = "0:0:forest" };

	if (!n)
		return 0;
	for (size_t i = 0; i < n; i++)
		f.series = arena_printf(d->arena, "%s%s%s:%s", f.series, i ? " " : "",
					line[i].claim, line[i].verdict);
	f.name = arena_printf(d->arena, "%s-forest", experiment);
	f.title = arena_printf(d->arena, "%s: what was claimed and what was found",
			       experiment);
	f.panels = panel(line, n, d->arena);
	f.footer = provenance_footer(d, "band: the range claimed beforehand",
				     "bar: exact 95 % order-statistic interval; "
				     "A/A: the baseline against itself");
	if (write_table(line, n, figure_data(d, f.name)) < 0)
		return -1;
	return figure_draw(d, &f);
}

/* draw.c - the peers as a figure, by the script that draws claims. */
#include <inttypes.h>
#include <math.h>
#include <sys/stat.h>

#include "figures/figure.h"
#include "peer.h"

struct line {
	uint64_t row;
	const char *claim, *verdict;
	double at, at_lo, at_hi, expect_lo, expect_hi;
	const char *text;
};
#define AT(field) offsetof(struct line, field), "", ""
static const struct column columns[] = {
	{ "row", FIELD_WHOLE, AT(row) },
	{ "claim", FIELD_TEXT, AT(claim) },
	{ "verdict", FIELD_TEXT, AT(verdict) },
	{ "at", FIELD_REAL, AT(at) },
	{ "at_lo", FIELD_REAL, AT(at_lo) },
	{ "at_hi", FIELD_REAL, AT(at_hi) },
	{ "expect_lo", FIELD_REAL, AT(expect_lo) },
	{ "expect_hi", FIELD_REAL, AT(expect_hi) },
	{ "text", FIELD_TEXT, AT(text) },
	{ NULL, FIELD_TEXT, 0, NULL, NULL }
};

static struct line line_of(const struct peer *p, uint64_t row, struct arena *a)
{
	return (struct line){
		.row = row, .claim = p->name, .verdict = *p->verdict ? p->verdict : "-",
		.at = p->ratio, .at_lo = p->lo, .at_hi = p->hi,
		/* no goal: no band */
		.expect_lo = isnan(p->goal) ? 1 : p->goal,
		.expect_hi = isnan(p->goal) ? 1 : NAN,
		.text = !isfinite(p->ratio) ? "not measured" :
			!isfinite(p->lo) ? arena_printf(a, "%.3f", p->ratio) :
			arena_printf(a, "%.3f [%.3f .. %.3f]", p->ratio, p->lo, p->hi),
	};
}

static int write_table(const struct peer *p, size_t n, const char *path, struct arena *a)
{
	FILE *f = table_create(path);

	if (!f)
		return -1;
	table_header(f, columns);
	for (size_t i = 0; i < n; i++) {
		struct line l = line_of(&p[i], i + 1, a);

		table_row(f, columns, &l);
	}
	return table_commit(f, path);
}

static void include(double *lo, double *hi, double v)
{
	if (isfinite(v) && v > 0) {
		*lo = fmin(*lo, v);
		*hi = fmax(*hi, v);
	}
}

int peers_draw(const struct peer *p, size_t n, const char *dir, const char *plots,
	       struct arena *a)
{
	struct drawing d = { .dir = dir, .plots = plots, .machine = "", .run = "", .arena = a };
	struct figure f = { .name = "peers", .script = "forest", .series = "", .tics = "-",
			    .shape = "0:0:forest",
			    .title = "samework against the tools people trust: speed" };
	char *mask = arena_alloc(a, n + 1);
	double lo = 1, hi = 1;
	uint64_t most = 0;

	for (size_t i = 0; i < n; i++) {
		const double all[] = { p[i].ratio, p[i].lo, p[i].hi, p[i].goal };

		for (size_t k = 0; k < sizeof all / sizeof *all; k++)
			include(&lo, &hi, all[k]);
		most = p[i].n > most ? p[i].n : most;
		mask[i] = (char)('0' + (isfinite(p[i].ratio) ? 1 : 0) + (isfinite(p[i].hi) ? 2 : 0));
		f.series = arena_printf(a, "%s%s%s:%s", f.series, i ? " " : "", p[i].name,
					*p[i].verdict ? p[i].verdict : "-");
	}
	if (!most)
		return 0;
	f.panels = arena_printf(a, "claims:-:-:%s:%s", axis_words(AXIS_RATIO, lo, hi, a), mask);
	f.footer = arena_printf(a, "band: the goal, over 1 we are faster; at most %" PRIu64 " blocks of "
				"rounds, both sides in turn\nbar: exact 95 %% order-statistic interval of "
				"the ratio within rounds", most);
	mkdir(arena_printf(a, "%s/figures", dir), 0755);
	if (write_table(p, n, figure_data(&d, f.name), a) < 0)
		return -1;
	return figure_draw(&d, &f);
}

/* Claims: what is expected of two cells of the matrix, or of one. */
#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "pipeline/metric.h"
#include "pipeline/spec_keys.h"

static int read_metric(struct reader *r, const struct node *v, void *field)
{
	struct names known = { 0 };

	if (value_text(r, v, field) < 0)
		return -1;
	if (metric_find(v->text))
		return 0;
	for (const struct metric *m = metrics; m->name; m++)
		names_add(&known, m->name, r->a);
	return node_fail(v, "%s", names_unknown(&known, "metric", v->text, "", r->a));
}

/* "LO .. HI", "LO .." or ".. HI". */
static int read_expect(struct reader *r, const struct node *v, void *field)
{
	struct claim *c = field;
	char *lo, *hi;

	if (node_expect(v, NODE_TEXT) < 0)
		return -1;
	lo = arena_strdup(r->a, v->text);
	hi = strstr(lo, "..");
	c->lo = -INFINITY;
	c->hi = INFINITY;
	if (hi && (hi == lo || hi[-1] == ' ') && (!hi[2] || hi[2] == ' ')) {
		bool low = hi != lo, high = hi[2];

		hi[low ? -1 : 0] = '\0';
		if ((!low || !value_fraction(lo, &c->lo)) &&
		    (!high || !value_fraction(hi + 3, &c->hi)) &&
		    (low || high) && c->lo <= c->hi)
			return 0;
	}
	return node_fail(v, "expect is '%s', allowed: 'LO .. HI', 'LO ..' or "
			 "'.. HI' with 0 <= LO <= HI", v->text);
}

static int read_published(struct reader *r, const struct node *v, void *field)
{
	double *ratio = field;

	(void)r;
	if (node_expect(v, NODE_TEXT) < 0)
		return -1;
	if (!value_fraction(v->text, ratio) && *ratio > 0)
		return 0;
	return node_fail(v, "published is '%s', allowed: a ratio above 0, as 1.12", v->text);
}

static int read_cores(struct reader *r, const struct node *v, void *field)
{
	return value_number(r, v, 1, WORKERS_MAX, "", field);
}

/* A list of identifiers like C04, kept as one text. */
static int read_ids(struct reader *r, const struct node *v, void *field)
{
	const char *text = "";

	if (node_expect(v, NODE_LIST) < 0)
		return -1;
	for (const struct node *n = v->child; n; n = n->next) {
		if (node_expect(n, NODE_TEXT) < 0)
			return -1;
		if (!isupper((unsigned char)*n->text) ||
		    !n->text[1] || strlen(n->text) > 8 ||
		    n->text[1 + strspn(n->text + 1, "0123456789")])
			return node_fail(n, "'%s' does not name a claim of the notes, "
					 "allowed: a capital and a number, as C04",
					 n->text);
		text = arena_printf(r->a, "%s%s%s", text, *text ? " " : "", n->text);
	}
	memcpy(field, &text, sizeof text);
	return 0;
}

/* The part of a cell's name before the next '/', which is cut off. */
static char *part(char **s)
{
	char *start = *s;

	if (!start)
		return NULL;
	*s = strchr(start, '/');
	if (*s)
		*(*s)++ = '\0';
	return start;
}

static int check_part(struct reader *r, const struct node *v, const char *what,
		      const char *given, const struct names *known)
{
	if (names_have(known, given))
		return 0;
	return node_fail(v, "%s", names_unknown(known, what, given,
			 " in this matrix", r->a));
}

/* The names a cell may be made of, and whether these three are such. */
static int check_parts(struct reader *r, const struct node *v, const char *workload,
		       const char *strategy, const char *placement)
{
	struct names w = { 0 }, s = { 0 }, p = { 0 };

	for (size_t i = 0; i < r->spec->workloads; i++)
		names_add(&w, r->spec->workload[i].label, r->a);
	for (size_t i = 0; i < r->spec->strategies; i++)
		names_add(&s, r->spec->strategy[i].label, r->a);
	for (size_t i = 0; i < r->spec->placements; i++)
		names_add(&p, r->spec->placement[i], r->a);
	if (check_part(r, v, "workload", workload, &w) < 0 ||
	    check_part(r, v, "strategy", strategy, &s) < 0)
		return -1;
	return check_part(r, v, "placement", placement, &p);
}

static bool cell_exists(const struct reader *r, const char *name)
{
	for (size_t i = 0; i < r->cells; i++)
		if (!strcmp(r->cell[i].name, name))
			return true;
	return false;
}

/* A cell's name, checked, with `max` resolved. */
static int read_cell(struct reader *r, const struct node *v, void *field)
{
	char *rest, *workload, *strategy, *placement;
	uint64_t workers = r->max_workers;
	const char *name;

	if (node_expect(v, NODE_TEXT) < 0)
		return -1;
	rest = arena_strdup(r->a, v->text);
	workload = part(&rest);
	strategy = part(&rest);
	placement = part(&rest);
	if (!rest || (strcmp(rest, "max") &&
		      value_parse(rest, 1, WORKERS_MAX, "", &workers) < 0))
		return node_fail(v, "'%s' is not a cell, allowed: WORKLOAD/STRATEGY/"
				 "PLACEMENT/WORKERS", v->text);
	if (check_parts(r, v, workload, strategy, placement) < 0)
		return -1;
	name = spec_cell(workload, strategy, placement, (unsigned)workers, r->a);
	memcpy(field, &name, sizeof name);
	return 0;
}

static const struct key keys[] = {
	{ "name", true, offsetof(struct claim, name), value_name },
	{ "why", true, offsetof(struct claim, why), value_text },
	{ "left", true, offsetof(struct claim, left), read_cell },
	{ "right", false, offsetof(struct claim, right), read_cell },
	{ "minus", false, offsetof(struct claim, minus), read_cell },
	{ "scaling_from", false, offsetof(struct claim, scaling_from), read_cores },
	{ "metric", false, offsetof(struct claim, metric), read_metric },
	{ "expect", true, 0, read_expect },
	{ "published", false, offsetof(struct claim, published), read_published },
	{ "cores", false, offsetof(struct claim, cores), read_cores },
	{ "confirms", false, offsetof(struct claim, confirms), read_ids },
	{ "refutes", false, offsetof(struct claim, refutes), read_ids },
	{ "source", true, offsetof(struct claim, source), value_text },
	{ NULL, false, 0, NULL },
};

/* The cell must be there, unless only a larger machine would have it. */
static int check_cell(struct reader *r, const struct claim *c,
		      const struct node *v, const char *name)
{
	struct names known = { 0 };
	size_t length;

	if (!name || cell_exists(r, name) || c->cores > r->max_workers)
		return 0;
	length = (size_t)(strrchr(name, '/') - name);
	for (size_t i = 0; i < r->cells; i++)
		if (!strncmp(r->cell[i].name, name, length + 1))
			names_add(&known, r->cell[i].name + length + 1, r->a);
	return node_fail(v, "%s", names_unknown(&known, "number of workers",
			 name + length + 1, arena_printf(r->a, " of %.*s (of a larger "
			 "machine? then say how large in 'cores')", (int)length, name),
			 r->a));
}

/* The cell @name with @workers instead of its own. */
static const char *at_workers(struct reader *r, const char *name, uint64_t workers)
{
	return arena_printf(r->a, "%.*s/%" PRIu64, (int)(strrchr(name, '/') - name), name,
			    workers);
}

/* Name what the sides are divided by, if they are. */
static int claim_bases(struct reader *r, const struct node *n, struct claim *c)
{
	const struct node *v = node_get(n, "scaling_from");

	if (!v)
		return 0;
	if (!c->right)
		return node_fail(v, "scaling_from compares two sides, there is no 'right'");
	c->left_base = at_workers(r, c->left, c->scaling_from);
	c->right_base = at_workers(r, c->right, c->scaling_from);
	return check_cell(r, c, v, c->left_base) < 0 ||
	       check_cell(r, c, v, c->right_base) < 0 ? -1 : 0;
}

/* Check what is taken away from left, if anything is. */
static int claim_minus(struct reader *r, const struct node *n, const struct claim *c)
{
	const struct node *v = node_get(n, "minus");

	if (!v)
		return 0;
	if (c->right)
		return node_fail(v, "minus is about the value of 'left', there is a 'right'");
	if (!strcmp(c->minus, c->left))
		return node_fail(v, "left and minus are one cell");
	return check_cell(r, c, v, c->minus);
}

/* A published figure is of another machine: only as a ratio does it say anything. */
static int claim_published(const struct node *n, const struct claim *c)
{
	const struct node *v = node_get(n, "published");

	if (!v || c->right)
		return 0;
	return node_fail(v, "published is a ratio of two sides, there is no 'right'");
}

static int claim_read(struct reader *r, const struct node *n, struct claim *c)
{
	const struct node *left, *right;

	if (node_expect(n, NODE_MAP) < 0)
		return -1;
	left = node_get(n, "left");
	right = node_get(n, "right");
	*c = (struct claim){ .metric = "wall_ns", .published = NAN, .cores = 1,
			     .confirms = "", .refutes = "", .line = n->line };
	if (keys_read(r, n, "a claim", keys, c) < 0 ||
	    check_cell(r, c, left, c->left) < 0 ||
	    check_cell(r, c, right, c->right) < 0 || claim_bases(r, n, c) < 0 ||
	    claim_minus(r, n, c) < 0 || claim_published(n, c) < 0)
		return -1;
	if (right && !strcmp(left->text, right->text))
		return node_fail(right, "left and right are one cell");
	for (const struct claim *p = r->spec->claim; p < c; p++)
		if (!strcmp(p->name, c->name))
			return node_fail(node_get(n, "name"), "a second claim '%s', "
					 "the first is on line %zu", c->name, p->line);
	return 0;
}

int spec_claims(struct reader *r, const struct node *list)
{
	struct spec *s = r->spec;

	s->claim = arena_alloc(r->a, list->n * sizeof *s->claim);
	for (const struct node *n = list->child; n; n = n->next)
		if (claim_read(r, n, &s->claim[s->claims++]) < 0)
			return -1;
	return 0;
}

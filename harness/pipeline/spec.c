/* The experiment file as a whole, and the rest of its matrix. */
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "pipeline/spec_keys.h"
#include "placement/placement.h"

static int read_timeout(struct reader *r, const struct node *v, void *field)
{
	return value_number(r, v, NS_PER_MS, (uint64_t)3600 * NS_PER_SEC, "ns", field);
}

static int read_workers(struct reader *r, const struct node *list, void *field)
{
	struct spec *s = field;
	uint64_t v;

	s->workers = spec_room(r, list, sizeof *s->workers);
	if (!s->workers)
		return -1;
	for (const struct node *n = list->child; n; n = n->next) {
		if (node_expect(n, NODE_TEXT) < 0)
			return -1;
		if (!strcmp(n->text, "max"))
			v = 0;
		else if (value_parse(n->text, 1, WORKERS_MAX, "", &v) < 0)
			return node_fail(n, "'%s' is not a number of workers, allowed: "
					 "1 .. %d, or max", n->text, WORKERS_MAX);
		s->workers[s->nworkers++] = (unsigned)v;
	}
	return 0;
}

static int placement_unknown(struct reader *r, const struct node *n)
{
	struct names known = { 0 };

	for (size_t i = 0; placements[i]; i++)
		names_add(&known, placements[i]->name, r->a);
	return node_fail(n, "%s, or CPU numbers joined by dots", names_unknown(&known,
			 "placement", n->text, "", r->a));
}

static int read_placements(struct reader *r, const struct node *list, void *field)
{
	struct spec *s = field;

	s->placement = spec_room(r, list, sizeof *s->placement);
	s->placements = 0;
	if (!s->placement)
		return -1;
	for (const struct node *n = list->child; n; n = n->next) {
		if (node_expect(n, NODE_TEXT) < 0)
			return -1;
		if (!name_valid(n->text) || !placement_valid(n->text))
			return placement_unknown(r, n);
		for (size_t i = 0; i < s->placements; i++)
			if (!strcmp(s->placement[i], n->text))
				return node_fail(n, "'%s' is listed twice", n->text);
		s->placement[s->placements++] = n->text;
	}
	return 0;
}

/* Claims speak of cells, so the matrix is checked first. */
static int keep_claims(struct reader *r, const struct node *list, void *field)
{
	(void)field;
	r->claims = list;
	return node_expect(list, NODE_LIST);
}

static const struct key keys[] = {
	{ "title", true, offsetof(struct spec, title), value_text },
	{ "question", true, offsetof(struct spec, question), value_text },
	{ "strategies", true, 0, spec_strategies },
	{ "workloads", true, 0, spec_workloads },	/* they name strategies */
	{ "workers", true, 0, read_workers },
	{ "placements", false, 0, read_placements },
	{ "timeout", false, offsetof(struct spec, timeout_ns), read_timeout },
	{ "claims", false, 0, keep_claims },
	{ NULL, false, 0, NULL },
};

/* The file's name without folder and ".yaml". */
static int read_name(struct spec *s, struct arena *a)
{
	const char *slash = strrchr(s->path, '/');
	char *name = arena_strdup(a, slash ? slash + 1 : s->path);
	size_t length = strlen(name), end = strlen(".yaml");

	if (length > end && !strcmp(name + length - end, ".yaml")) {
		name[length - end] = '\0';
		s->name = name;
		if (name_valid(name))
			return 0;
	}
	return fail("%s: the file of an experiment is called NAME.yaml, with 1 to %d "
		    "of a-z 0-9 _ . - in NAME", s->path, NAME_MAX_LENGTH);
}

static int check_size(const struct spec *s, const struct node *root)
{
	size_t n = s->workloads * s->strategies * s->placements * s->nworkers;

	return n <= CELLS_MAX ? 0 :
		node_fail(root, "the matrix has %zu cells, allowed: %d", n, CELLS_MAX);
}

int spec_read(struct spec *s, const char *path, unsigned max_workers, struct arena *a)
{
	static const char *placement[] = { "compact" };
	struct reader r = { .spec = s, .max_workers = max_workers, .a = a };
	const struct node *root;

	*s = (struct spec){ .path = arena_strdup(a, path), .placement = placement,
			    .placements = 1 };
	if (read_name(s, a) < 0)
		return -1;
	root = node_read(path, a);
	if (!root || keys_read(&r, root, "an experiment", keys, s) < 0 ||
	    check_size(s, root) < 0)
		return -1;
	r.cell = spec_cells(s, max_workers, &r.cells, a);
	return r.claims ? spec_claims(&r, r.claims) : 0;
}

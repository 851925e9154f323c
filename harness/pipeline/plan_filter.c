#include <inttypes.h>
#include <string.h>

#include "base/err.h"
#include "base/num.h"
#include "pipeline/names.h"
#include "pipeline/plan_filter.h"

/* The names in a comma-separated @list. */
static struct names split(const char *list, struct arena *a)
{
	struct names n = { 0 };
	char *rest = arena_strdup(a, list), *name;

	while ((name = strtok_r(rest, ", ", &rest)))
		names_add(&n, name, a);
	return n;
}

static int check(const char *list, const char *what, const struct names *known,
		 struct arena *a)
{
	struct names asked = list ? split(list, a) : (struct names){ 0 };

	for (size_t i = 0; i < asked.n; i++)
		if (!names_have(known, asked.name[i]))
			return fail("%s", names_unknown(known, what, asked.name[i], "", a));
	return list && !asked.n ? fail("no %s is named in '%s'", what, list) : 0;
}

int filter_check(const struct filter *f, const struct spec *specs, size_t nspecs,
		 unsigned max_workers, struct arena *a)
{
	struct names w = { 0 }, s = { 0 }, n = { 0 };

	for (const struct spec *p = specs; p < specs + nspecs; p++) {
		for (size_t i = 0; i < p->workloads; i++) {
			names_add(&w, p->workload[i].workload->name, a);
			names_add(&w, p->workload[i].label, a);
		}
		for (size_t i = 0; i < p->strategies; i++) {
			names_add(&s, p->strategy[i].strategy->name, a);
			names_add(&s, p->strategy[i].label, a);
		}
		for (size_t i = 0; i < p->nworkers; i++)
			names_add(&n, arena_printf(a, "%u", p->workers[i] ?
				  p->workers[i] : max_workers), a);
	}
	names_add(&n, "max", a);
	if (check(f->workloads, "workload", &w, a) < 0 ||
	    check(f->strategies, "strategy", &s, a) < 0)
		return -1;
	return check(f->workers, "number of workers", &n, a);
}

/* True when @name is one of the comma-separated names of @list. */
static bool has(const char *list, const char *name)
{
	size_t length = strlen(name), n;

	for (; list && *list; list += n) {
		list += strspn(list, ", ");
		n = strcspn(list, ", ");
		if (n == length && !memcmp(list, name, n))
			return true;
	}
	return !list;
}

bool filter_keeps_workload(const struct filter *f, const struct cell *c)
{
	return has(f->workloads, c->workload->label) ||
		has(f->workloads, c->workload->workload->name);
}

bool filter_keeps(const struct filter *f, const struct cell *c, unsigned max_workers)
{
	const char *workers = strrchr(c->name, '/') + 1;

	return filter_keeps_workload(f, c) &&
		(has(f->strategies, c->strategy->label) ||
		 has(f->strategies, c->strategy->strategy->name)) &&
		(has(f->workers, workers) ||
		 (c->workers == max_workers && has(f->workers, "max")));
}

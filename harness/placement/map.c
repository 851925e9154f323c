/* From the name of a placement to the OS index of every worker. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "placement/placement.h"

static const struct placement *policy_find(const char *name)
{
	for (const struct placement *const *p = placements; *p; p++)
		if (!strcmp((*p)->name, name))
			return *p;
	return NULL;
}

/* An item of a list: an OS index, or a core by its letter. */
struct item {
	int os;			/* -1: */
	unsigned core;		/* 0 for `a`, the first usable one */
	char end;		/* what follows: '.', '-' before the server, or 0 */
};

/* Take the next item of the list at *@s, and step over what follows.  An index
 * has at most 5 digits.  -1 when malformed. */
static int list_next(const char **s, struct item *it)
{
	int digits = 0;

	*it = (struct item){ .os = -1 };
	if (**s >= 'a' && **s <= 'h') {
		it->core = (unsigned)(*(*s)++ - 'a');
	} else {
		for (it->os = 0; isdigit((unsigned char)**s) && digits < 5; digits++)
			it->os = it->os * 10 + (*(*s)++ - '0');
		if (!digits)
			return -1;
	}
	it->end = **s;
	if (it->end)
		++*s;
	return it->end && ((it->end != '.' && it->end != '-') || !**s) ? -1 : 0;
}

static bool list_valid(const char *s)
{
	struct item it;
	unsigned servers = 0;

	do {
		if (list_next(&s, &it) < 0 || (servers && it.end))
			return false;
		servers += it.end == '-';
	} while (it.end);
	return true;
}

bool placement_valid(const char *name)
{
	return policy_find(name) || list_valid(name);
}

/* The OS index that @it stands for, or -1 when it is not usable. */
static int item_cpu(const struct topology *t, const struct item *it)
{
	if (it->os < 0)
		return topology_os(t, topology_pu_of_core(t, it->core, 0));
	return topology_pu(t, it->os) < 0 ? -1 : it->os;
}

enum { ITEMS_MAX = 64 };

/* Workers take the items in turn, round and round.  *@server stays as it is when
 * the list names none. */
static int map_list(const struct topology *t, const char *name, unsigned n, int *os,
		    int *server)
{
	int cpu[ITEMS_MAX];
	unsigned items = 0;
	char before = '.';

	for (const char *s = name; before;) {
		struct item it;

		list_next(&s, &it);
		if (items == ITEMS_MAX)
			return fail("placement %s: more than %d items", name, ITEMS_MAX);
		cpu[items] = item_cpu(t, &it);
		if (cpu[items] < 0)
			return fail("placement %s: CPU %d is not usable here", name, it.os);
		if (before == '-')
			*server = cpu[items];
		else
			items++;
		before = it.end;
	}
	for (unsigned w = 0; w < n; w++)
		os[w] = cpu[w % items];
	return 0;
}

static void map_policy(const struct topology *t, const struct placement *p, unsigned n, int *os)
{
	for (unsigned w = 0; w < n; w++) {
		int pu = p->pu(t, w);

		os[w] = pu == ANYWHERE ? -1 : topology_os(t, (unsigned)pu);
	}
}

static bool used(int cpu, const int *os, unsigned n)
{
	for (unsigned w = 0; w < n; w++)
		if (os[w] == cpu)
			return true;
	return false;
}

static int server_cpu(const struct topology *t, const int *os, unsigned n)
{
	unsigned last = topology_pus(t) - 1;

	if (used(-1, os, n))
		return -1;
	for (unsigned pu = last + 1; pu-- > 0;)
		if (!used(topology_os(t, pu), os, n))
			return topology_os(t, pu);
	return topology_os(t, last);
}

int placement_map(const struct topology *t, const char *name, unsigned n,
		  int *os, int *server)
{
	const struct placement *p = policy_find(name);

	int named = -1;

	if (p)
		map_policy(t, p, n, os);
	else if (!list_valid(name))
		return fail("'%s' is neither a placement nor CPU numbers joined by dots", name);
	else if (map_list(t, name, n, os, &named) < 0)
		return -1;
	*server = named >= 0 ? named : server_cpu(t, os, n);
	return 0;
}

unsigned placement_distinct(const int *os, unsigned n, int *out)
{
	unsigned found = 0;

	for (unsigned i = 0; i < n; i++) {
		unsigned k = 0;

		while (os[k] != os[i])
			k++;
		if (k == i && out)
			out[found] = os[i];
		found += k == i;
	}
	return found;
}

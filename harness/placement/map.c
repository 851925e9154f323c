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

/* Take the next index of a list joined by dots, of at most 5 digits, and step
 * over it and its dot.  -1 when malformed. */
static int list_next(const char **s)
{
	int v = 0, digits = 0;

	for (; isdigit((unsigned char)**s) && digits < 5; digits++)
		v = v * 10 + (*(*s)++ - '0');
	if (!digits || (**s && **s != '.'))
		return -1;
	if (**s == '.' && !*++*s)
		return -1;	/* a dot at the end */
	return v;
}

static bool list_valid(const char *s)
{
	do {
		if (list_next(&s) < 0)
			return false;
	} while (*s);
	return true;
}

bool placement_valid(const char *name)
{
	return policy_find(name) || list_valid(name);
}

static int map_list(const struct topology *t, const char *name, unsigned n, int *os)
{
	const char *s = name;

	while (*s) {		/* all of it, also what no worker uses */
		int cpu = list_next(&s);

		if (topology_pu(t, cpu) < 0)
			return fail("placement %s: CPU %d is not usable here", name, cpu);
	}
	for (unsigned w = 0; w < n; w++) {
		if (!*s)
			s = name;
		os[w] = list_next(&s);
	}
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

	if (p)
		map_policy(t, p, n, os);
	else if (!list_valid(name))
		return fail("'%s' is neither a placement nor CPU numbers joined by dots", name);
	else if (map_list(t, name, n, os) < 0)
		return -1;
	*server = server_cpu(t, os, n);
	return 0;
}

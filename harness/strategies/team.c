/* Few streams for many workers: as many as there are CPUs for them. */
#include <sched.h>
#include <stdlib.h>

#include "strategies/loop.h"

/* Any CPU that the kernel may use, for as many streams as it has.  How many. */
static unsigned anywhere(const struct pass *p, int *cpu)
{
	unsigned n;
	cpu_set_t set;

	CPU_ZERO(&set);
	if (sched_getaffinity(0, sizeof set, &set) < 0)
		CPU_SET(0, &set);
	n = strategy_streams(p->strategy, p->run->workers, (unsigned)CPU_COUNT(&set));
	for (unsigned i = 0; i < n; i++)
		cpu[i] = -1;
	return n;
}

int team_init(struct team *t, struct pass *p)
{
	unsigned n = p->run->workers;

	*t = (struct team){ .pass = *p, .run = *p->run, .cpu = malloc((n + 1) * sizeof *t->cpu) };
	if (!t->cpu)
		return trouble_set(p->trouble, STATUS_ALLOC_FAIL, "%u CPUs", n);
	n = p->cpu[0] < 0 ? anywhere(p, t->cpu) : placement_distinct(p->cpu, n, t->cpu);
	t->cpu[n] = -1;
	t->run.workers = n;
	t->pass.run = &t->run;
	t->pass.cpu = t->cpu;
	return 0;
}

void team_release(struct team *t)
{
	free(t->cpu);
}

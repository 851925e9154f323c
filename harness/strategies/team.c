/* Few streams for many workers: as many as there are CPUs for them. */
#include <sched.h>
#include <stdlib.h>

#include "strategies/loop.h"

/* Whether none of p->cpu[0 .. w) is p->cpu[w]. */
static bool is_first(const struct pass *p, unsigned w)
{
	unsigned k = 0;

	while (p->cpu[k] != p->cpu[w])
		k++;
	return k == w;
}

/* Put the CPUs that the workers have into @cpu.  How many. */
static unsigned collect(const struct pass *p, int *cpu)
{
	unsigned n = 0;

	for (unsigned w = 0; w < p->run->workers; w++)
		if (is_first(p, w))
			cpu[n++] = p->cpu[w];
	return n;
}

/* As collect() where the kernel places: any that it may use. */
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
	n = p->cpu[0] < 0 ? anywhere(p, t->cpu) : collect(p, t->cpu);
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

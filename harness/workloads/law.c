/* law.c - when requests come and how long answers take: random, yet functions of
 * their arguments alone, so that every strategy meets the same ones. */
#include <math.h>

#include "workloads/serve.h"

enum { NS = 1000000000, RARE = 100, RARELY_NS = 50 };

/* An exponentially distributed number of mean 1.  The 53 bits that a double
 * holds, moved by half of one: never the logarithm of 0. */
static double exponential(uint64_t random)
{
	return -log(((double)(random >> 11) + 0.5) * 0x1p-53);
}

uint64_t law_ns(enum law how, uint64_t ns, uint64_t random)
{
	switch (how) {
	case LAW_EXPONENTIAL:
		return (uint64_t)((double)ns * exponential(random));
	case LAW_TAIL:
		return random % RARE ? ns : RARELY_NS * ns;
	default:
		return ns;
	}
}

uint64_t arrival_ns(const struct task *t, enum arrivals how, uint64_t rate,
		    uint64_t unit, uint64_t before)
{
	double gap = (double)t->tasks * NS / (double)rate;

	if (how == ARRIVALS_FIXED)
		return (unit * t->tasks + t->index) * NS / rate;
	/* as many processes as tasks, each as much slower, make one */
	return before + (uint64_t)(gap * exponential(task_random(t, unit, UINT16_MAX)));
}

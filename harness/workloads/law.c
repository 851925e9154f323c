/* law.c - delays and arrivals. */
#include <math.h>

#include "workloads/law.h"

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

struct op open_loop_await(struct task *t, int rate, uint64_t unit, uint64_t *due_ns)
{
	*due_ns = arrival_ns(t, (enum arrivals)t->param[rate + 1], t->param[rate], unit, *due_ns);
	t->unit_ns = t->start_ns + *due_ns;
	return op_sleep_until(t->unit_ns);
}

int open_loop_setup(struct run *r, int rate)
{
	/* one worker may: it says what is right, on `single`, and not how long */
	if (!r->param[rate] || r->workers == 1 || r->tasks <= r->workers)
		return 0;
	return run_fail(r, STATUS_NOT_APPLICABLE, "an open loop of %lu tasks needs as many workers",
			(unsigned long)r->tasks);
}

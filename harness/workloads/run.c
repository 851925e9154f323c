/* run.c - what setup needs to say that it cannot. */
#include "workloads/workload.h"

int run_fail(struct run *r, enum status s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	trouble_vset(r->trouble, s, fmt, ap);
	va_end(ap);
	return -1;
}

const char *bound_name(enum bound b)
{
	static const char *const names[] = {
		[BOUND_CPU] = "cpu",
		[BOUND_IO] = "io",
		[BOUND_MEMORY] = "memory",
		[BOUND_MIXED] = "mixed",
	};

	return names[b];
}

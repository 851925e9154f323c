/* run.c - what every setup needs: to say that it cannot, and room to do it. */
#include <string.h>
#include <sys/resource.h>

#include "workloads/workload.h"

int run_fail(struct run *r, enum status s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	trouble_vset(r->trouble, s, fmt, ap);
	va_end(ap);
	return -1;
}

int run_descriptors(struct run *r, uint64_t n)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) < 0)
		return run_fail(r, STATUS_FD_FAIL, "getrlimit: %s", strerror(errno));
	if (l.rlim_cur < n) {
		l.rlim_cur = l.rlim_max;
		setrlimit(RLIMIT_NOFILE, &l);
	}
	if (l.rlim_cur < n)
		return run_fail(r, STATUS_FD_FAIL,
				"%u workers need %lu descriptors; the limit is %lu (ulimit -Hn)",
				r->workers, (unsigned long)n, (unsigned long)l.rlim_cur);
	return 0;
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

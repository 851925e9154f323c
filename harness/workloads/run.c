/* run.c - what every setup needs: to say that it cannot, and room to do it. */
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

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

int run_awake(struct run *r)
{
	const uint32_t us = 0;	/* the latency that is bearable */
	int fd = open("/dev/cpu_dma_latency", O_WRONLY | O_CLOEXEC);

	/* the kernel keeps to it for as long as the file is open: to the end of this
	 * process, however it ends, and the machine is as it was */
	if (fd >= 0 && write(fd, &us, sizeof us) == (ssize_t)sizeof us)
		return 0;
	run_fail(r, STATUS_SKIPPED, "/dev/cpu_dma_latency: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
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

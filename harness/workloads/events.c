#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "workloads/events.h"

int events_open(struct run *r, int **fd, uint64_t n, unsigned value, int flags)
{
	int *made;

	flags |= EFD_CLOEXEC | (r->nonblock ? EFD_NONBLOCK : 0);
	if (run_descriptors(r, n + 64) < 0)
		return -1;
	made = realloc(*fd, n * sizeof *made);
	if (!made)
		return run_fail(r, STATUS_ALLOC_FAIL, "%lu events", (unsigned long)n);
	*fd = made;
	for (uint64_t i = 0; i < n; i++) {
		made[i] = eventfd(value, flags);
		if (made[i] < 0)
			return run_fail(r, status_of_errno(errno), "eventfd: %s",
					strerror(errno));
	}
	return 0;
}

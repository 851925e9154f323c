/*
 * epoll.h - to wait for events until a time in ns: epoll_pwait2(2), or where the
 * kernel is older than 5.11, or a sandbox than that, epoll_wait(2) and its ms.
 * Floor 0.
 */
#ifndef BASE_EPOLL_H
#define BASE_EPOLL_H

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <sys/epoll.h>

#include "base/clock.h"

/* Wait until something happens or clock_ns() reaches @until (0: do not wait,
 * UINT64_MAX: for ever).  How many events, or -1 with errno; EINTR: call again.
 * One system call; *@coarse, false at first, remembers that it must be the older
 * one, which rounds up. */
static inline int epoll_until(int fd, struct epoll_event *event, int n, uint64_t until,
			      bool *coarse)
{
	uint64_t now = until && until != UINT64_MAX ? clock_ns() : 0;
	uint64_t left = until > now ? until - now : 0;
	uint64_t ms = left / NS_PER_MS + (left % NS_PER_MS > 0);
	struct timespec ts = clock_timespec(left);
	int got;

	if (*coarse)
		return epoll_wait(fd, event, n, until == UINT64_MAX ? -1 :
				  ms < INT_MAX ? (int)ms : INT_MAX);
	got = epoll_pwait2(fd, event, n, until == UINT64_MAX ? NULL : &ts, NULL);
	if (got < 0 && (errno == ENOSYS || errno == EPERM)) {
		*coarse = true;
		errno = EINTR;
	}
	return got;
}

#endif

/* refused.h - an epoll_pwait2(2) that an older kernel, or a sandbox, does not have.
 * For one file of a test: it stands in for the C library's. */
#ifndef TESTS_ENGINES_REFUSED_H
#define TESTS_ENGINES_REFUSED_H

#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

static int refused;	/* what it says; 0: it works */

int epoll_pwait2(int fd, struct epoll_event *event, int n, const struct timespec *ts,
		 const sigset_t *mask)
{
	if (!refused)
		return (int)syscall(SYS_epoll_pwait2, fd, event, n, ts, mask, _NSIG / 8);
	errno = refused;
	return -1;
}

#endif

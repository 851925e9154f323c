/*
 * cgroup.h - the control groups that we are in: v1, v2, or both side by side,
 * where each controller lives in one of them.
 */
#ifndef MACHINE_CGROUP_H
#define MACHINE_CGROUP_H

#include <stdbool.h>
#include <stddef.h>

struct cgroup {
	bool v2;
	char dir[4096];		/* where its files are, without a last slash */
	size_t top;		/* length of the mount point in dir */
};

/* Our own group for @controller ("cpu", "memory"), from /proc/self/cgroup and
 * /proc/self/mountinfo below @root ("" but for tests).  False when there is none
 * to be seen. */
bool cgroup_find(struct cgroup *c, const char *root, const char *controller);

/* Step up to the group that this one is in.  False at the top. */
bool cgroup_parent(struct cgroup *c);

#endif

/* What the control groups that we are in take from us. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "machine/cgroup.h"
#include "machine/machine.h"
#include "machine/text.h"

/* CPUs that group @c itself grants, or 0. */
static double own_quota(const struct cgroup *c)
{
	char text[64], period_text[64];
	uint64_t quota, period;

	if (c->v2) {		/* "max 100000" or "150000 100000" */
		text_read(text, sizeof text, "%s/cpu.max", c->dir);
		if (sscanf(text, "%" SCNu64 " %" SCNu64, &quota, &period) != 2)
			return 0;
	} else {		/* -1 is none */
		text_read(text, sizeof text, "%s/cpu.cfs_quota_us", c->dir);
		text_read(period_text, sizeof period_text, "%s/cpu.cfs_period_us", c->dir);
		if (*text == '-' || sscanf(text, "%" SCNu64, &quota) != 1 ||
		    sscanf(period_text, "%" SCNu64, &period) != 1)
			return 0;
	}
	return period ? (double)quota / (double)period : 0;
}

double limits_quota(const char *root)
{
	struct cgroup c;
	double least = 0;

	for (bool more = cgroup_find(&c, root, "cpu"); more; more = cgroup_parent(&c)) {
		double quota = own_quota(&c);

		if (quota > 0 && (least <= 0 || quota < least))
			least = quota;
	}
	return least;
}

/* A group counts only what its own quota did, and an ancestor's stops us, too:
 * the sum grows whenever anything stopped us. */
uint64_t limits_throttled_ns(const char *root)
{
	struct cgroup c;
	char text[1024];
	uint64_t sum = 0, v;

	for (bool more = cgroup_find(&c, root, "cpu"); more; more = cgroup_parent(&c)) {
		text_read(text, sizeof text, "%s/cpu.stat", c.dir);
		if (c.v2 && text_number(text, "throttled_usec", &v))
			sum += v * 1000;
		else if (!c.v2 && text_number(text, "throttled_time", &v))
			sum += v;
	}
	return sum;
}

uint64_t limits_oom_kills(const char *root)
{
	struct cgroup c;
	char text[16384];
	uint64_t v;

	if (cgroup_find(&c, root, "memory")) {
		text_read(text, sizeof text, "%s/%s", c.dir,
			  c.v2 ? "memory.events" : "memory.oom_control");
		if (text_number(text, "oom_kill", &v))
			return v;
	}
	/* the root group of v2 has no such file */
	text_read(text, sizeof text, "%s/proc/vmstat", root);
	return text_number(text, "oom_kill", &v) ? v : 0;
}

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "pipeline/plan.h"

const struct profile profiles[] = {
	{ "smoke", "does it all run? too few blocks for verdicts",
	  2, 1, 5 * NS_PER_MS, false, NAN },
	{ "quick", "an interval needs 6 blocks, and one may be lost; short passes",
	  7, 1, 5 * NS_PER_MS, true, NAN },
	/* 9 would do for an interval, but not for FAILS: after Holm, 13 claims of an
	 * experiment need a sign test below 0.05 / 13, and 2^-8 is above that */
	{ "default", "intervals of an efficient size, and power under Holm",
	  12, 1, 100 * NS_PER_MS, true, NAN },
	{ "full", "for publication; an experiment ends early when all is within 1 %",
	  30, 2, 200 * NS_PER_MS, true, 0.01 },
	{ NULL, NULL, 0, 0, 0, false, NAN },
};

const struct profile *profile_find(const char *name)
{
	for (const struct profile *p = profiles; p->name; p++)
		if (!strcmp(p->name, name))
			return p;
	return NULL;
}

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "machine/machine.h"
#include "machine/text.h"

/* The "cpu" line of /proc/stat, in ticks of usually 10 ms. */
static void read_stat(struct disturb *d, const char *root)
{
	uint64_t user = 0, nice = 0, sys = 0, irq = 0, softirq = 0, steal = 0;
	uint64_t tick_ns = (uint64_t)NS_PER_SEC / (uint64_t)sysconf(_SC_CLK_TCK);
	char text[512];

	text_read(text, sizeof text, "%s/proc/stat", root);
	sscanf(text, "cpu %" SCNu64 " %" SCNu64 " %" SCNu64 " %*s %*s %" SCNu64
	       " %" SCNu64 " %" SCNu64, &user, &nice, &sys, &irq, &softirq, &steal);
	d->busy_ns = (user + nice + sys + irq + softirq) * tick_ns;
	d->steal_ns = steal * tick_ns;
}

static uint64_t swapped(const char *root)
{
	char text[16384];
	uint64_t in = 0, out = 0;

	text_read(text, sizeof text, "%s/proc/vmstat", root);
	text_number(text, "pswpin", &in);
	text_number(text, "pswpout", &out);
	return in + out;
}

/* Two clocks cannot be read at one moment; the least of a few differences is
 * within a microsecond of the truth, or of a preemption if all are unlucky. */
static uint64_t asleep_ns(void)
{
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < 5; i++) {
		uint64_t monotonic = clock_ns();
		uint64_t ahead = clock_read_ns(CLOCK_BOOTTIME) - monotonic;

		least = ahead < least ? ahead : least;
	}
	return least;
}

void disturb_read(struct disturb *d, const char *root)
{
	*d = (struct disturb){
		.at_ns = clock_ns(),
		.throttled_ns = limits_throttled_ns(root),
		.swapped = swapped(root),
		.oom_kills = limits_oom_kills(root),
		.asleep_ns = asleep_ns(),
	};
	read_stat(d, root);
}

static uint64_t since(uint64_t before, uint64_t after)
{
	return after > before ? after - before : 0;
}

struct disturb disturb_since(const struct disturb *before, const struct disturb *after)
{
	return (struct disturb){
		.at_ns = since(before->at_ns, after->at_ns),
		.busy_ns = since(before->busy_ns, after->busy_ns),
		.steal_ns = since(before->steal_ns, after->steal_ns),
		.throttled_ns = since(before->throttled_ns, after->throttled_ns),
		.swapped = since(before->swapped, after->swapped),
		.oom_kills = since(before->oom_kills, after->oom_kills),
		.asleep_ns = since(before->asleep_ns, after->asleep_ns),
	};
}

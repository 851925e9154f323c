#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "machine/cpus.h"
#include "machine/text.h"

#define CPU_DIR "/sys/devices/system/cpu"

enum { CPUS_MAX = 8 * CPU_SETSIZE };	/* the most that Linux is built for */

unsigned cpus_online(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n > 0 ? (unsigned)n : 1;
}

unsigned cpus_usable(char *list, size_t n)
{
	cpu_set_t set[CPUS_MAX / CPU_SETSIZE];
	size_t first = 0;

	if (list)
		*list = 0;
	if (sched_getaffinity(0, sizeof set, set) < 0)
		return cpus_online();
	for (size_t i = 0; list && i < CPUS_MAX; i++) {
		if (!CPU_ISSET_S(i, sizeof set, set))
			continue;
		if (!i || !CPU_ISSET_S(i - 1, sizeof set, set)) {
			first = i;
			text_add(list, n, "%s%zu", *list ? ";" : "", i);
		}
		if (i > first && (i + 1 == CPUS_MAX || !CPU_ISSET_S(i + 1, sizeof set, set)))
			text_add(list, n, "-%zu", i);
	}
	return (unsigned)CPU_COUNT_S(sizeof set, set);
}

void cpus_ends(int *first, int *last)
{
	cpu_set_t set[CPUS_MAX / CPU_SETSIZE];

	*first = *last = 0;
	if (sched_getaffinity(0, sizeof set, set) < 0)
		return;
	while (!CPU_ISSET_S((size_t)*first, sizeof set, set))
		++*first;
	for (int i = *first; i < CPUS_MAX; i++)
		if (CPU_ISSET_S((size_t)i, sizeof set, set))
			*last = i;
}

unsigned cpus_leading(const char *name)
{
	long n = sysconf(_SC_NPROCESSORS_CONF);
	unsigned count = 0;
	char list[256];

	for (long cpu = 0; cpu < n; cpu++)
		if (text_read(list, sizeof list, CPU_DIR "/cpu%ld/topology/%s", cpu, name))
			count += strtol(list, NULL, 10) == cpu;
	return count;
}

/* True when entry @i of CPU 0's caches is the one for data at @level. */
static bool is_cache(unsigned i, unsigned level)
{
	char type[32], text[16];

	return text_read(type, sizeof type, CPU_DIR "/cpu0/cache/index%u/type", i) &&
		strcmp(type, "Instruction") &&
		text_read(text, sizeof text, CPU_DIR "/cpu0/cache/index%u/level", i) &&
		strtoul(text, NULL, 10) == level;
}

unsigned long cpus_cache(unsigned level)
{
	char size[32], *unit;

	for (unsigned i = 0; i < 8; i++) {
		unsigned long v;

		if (!is_cache(i, level) ||
		    !text_read(size, sizeof size, CPU_DIR "/cpu0/cache/index%u/size", i))
			continue;
		v = strtoul(size, &unit, 10);
		return *unit == 'K' ? v << 10 : *unit == 'M' ? v << 20 : v;
	}
	return 0;
}

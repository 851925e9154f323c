/* The facts: one row each, most of them just a file. */
#include <gnu/libc-version.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <xxhash.h>

#include "machine/cpus.h"
#include "machine/host.h"
#include "machine/machine.h"
#include "machine/text.h"

#define CPU	"/sys/devices/system/cpu"
#define THP	"/sys/kernel/mm/transparent_hugepage"

/* x86 and ARM name it differently; what is left is at least the architecture. */
static void cpu_model(char *v, size_t n)
{
	static const char *const names[] = { "model name", "Model", "Hardware", "cpu model", "cpu" };
	char text[8192];
	struct utsname u;

	text_read(text, sizeof text, "/proc/cpuinfo");
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (text_field(text, names[i], v, n))
			return;
	if (!uname(&u))
		text_add(v, n, "%s", u.machine);
}

static void online(char *v, size_t n)
{
	text_add(v, n, "%u", cpus_online());
}

static void usable(char *v, size_t n)
{
	text_add(v, n, "%u", cpus_usable(NULL, 0));
}

static void affinity(char *v, size_t n)
{
	cpus_usable(v, n);
}

static void leading(char *v, size_t n, const char *list)
{
	unsigned count = cpus_leading(list);

	if (count)
		text_add(v, n, "%u", count);
}

static void packages(char *v, size_t n)
{
	leading(v, n, "core_siblings_list");
}

static void cores(char *v, size_t n)
{
	leading(v, n, "thread_siblings_list");
}

static void cache(char *v, size_t n, unsigned level)
{
	unsigned long bytes = cpus_cache(level);

	if (bytes)
		text_add(v, n, "%lu", bytes);
}

static void l1d(char *v, size_t n)
{
	cache(v, n, 1);
}

static void l2(char *v, size_t n)
{
	cache(v, n, 2);
}

static void l3(char *v, size_t n)
{
	cache(v, n, 3);
}

static uint64_t meminfo(const char *key)
{
	char text[8192];
	uint64_t kib = 0;

	text_read(text, sizeof text, "/proc/meminfo");
	text_number(text, key, &kib);
	return kib << 10;
}

static void memory(char *v, size_t n)
{
	text_add(v, n, "%" PRIu64, meminfo("MemTotal:"));
}

static void swap(char *v, size_t n)
{
	text_add(v, n, "%" PRIu64, meminfo("SwapTotal:") - meminfo("SwapFree:"));
}

static void kernel(char *v, size_t n)
{
	struct utsname u;

	if (!uname(&u))
		text_add(v, n, "%s %s %s", u.sysname, u.release, u.machine);
}

static void quota(char *v, size_t n)
{
	double cpus = limits_quota("");

	if (cpus > 0)
		text_add(v, n, "%.2f", cpus);
	else
		text_add(v, n, "none");
}

static void steal(char *v, size_t n)
{
	struct disturb d;

	disturb_read(&d, "");
	text_add(v, n, "%" PRIu64, d.steal_ns);
}

static void descriptors(char *v, size_t n)
{
	struct rlimit r;

	if (!getrlimit(RLIMIT_NOFILE, &r))
		text_add(v, n, "%ju", (uintmax_t)r.rlim_cur);
}

static void libc(char *v, size_t n)
{
	text_add(v, n, "glibc %s", gnu_get_libc_version());
}

static const struct source {
	const char *name;
	const char *source;
	void (*get)(char *v, size_t n);	/* NULL: @source is the file */
} sources[] = {
	{ "cpu_model", "/proc/cpuinfo", cpu_model },
	{ "cpus_online", "sysconf(3)", online },
	{ "cpus_usable", "sched_getaffinity(2)", usable },
	{ "affinity", "sched_getaffinity(2)", affinity },
	{ "packages", CPU "/cpu*/topology/core_siblings_list", packages },
	{ "cores", CPU "/cpu*/topology/thread_siblings_list", cores },
	{ "smt", CPU "/smt/active", NULL },
	{ "l1d_bytes", CPU "/cpu0/cache", l1d },
	{ "l2_bytes", CPU "/cpu0/cache", l2 },
	{ "l3_bytes", CPU "/cpu0/cache", l3 },
	{ "numa_nodes", "/sys/devices/system/node/online", NULL },
	{ "memory_bytes", "/proc/meminfo", memory },
	{ "swap_used_bytes", "/proc/meminfo", swap },
	{ "kernel", "uname(2)", kernel },
	{ "mitigations", CPU "/vulnerabilities", host_mitigations },
	{ "clocksource", "/sys/devices/system/clocksource/clocksource0/current_clocksource", NULL },
	{ "scaling_driver", CPU "/cpu0/cpufreq/scaling_driver", NULL },
	{ "governor", CPU "/cpu0/cpufreq/scaling_governor", NULL },
	{ "boost", CPU "/cpufreq/boost", NULL },
	{ "no_turbo", CPU "/intel_pstate/no_turbo", NULL },
	{ "cpuidle_driver", CPU "/cpuidle/current_driver", NULL },
	{ "haltpoll_ns", "/sys/module/haltpoll/parameters/guest_halt_poll_ns", NULL },
	{ "thp", THP "/enabled", NULL },
	{ "thp_defrag", THP "/defrag", NULL },
	{ "numa_balancing", "/proc/sys/kernel/numa_balancing", NULL },
	{ "autogroup", "/proc/sys/kernel/sched_autogroup_enabled", NULL },
	{ "aslr", "/proc/sys/kernel/randomize_va_space", NULL },
	{ "isolated", CPU "/isolated", NULL },
	{ "nohz_full", CPU "/nohz_full", NULL },
	{ "virtualization", "/proc/cpuinfo", host_virtualization },
	{ "container", "/.dockerenv, /proc/1/cgroup", host_container },
	{ "cpu_quota", "cgroup cpu.max or cpu.cfs_quota_us", quota },
	{ "timer_slack_ns", "/proc/self/timerslack_ns", NULL },
	{ "load_average", "/proc/loadavg", NULL },
	{ "steal_ns", "/proc/stat", steal },
	{ "descriptors", "getrlimit(2)", descriptors },
	{ "filesystem", "statfs(2) of TMPDIR", host_filesystem },
	{ "libc", "gnu_get_libc_version(3)", libc },
	{ "environment", "environ(7)", host_environment },
};

/* One printable line. */
static void clean(char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < ' ' || (unsigned char)*s > '~')
			*s = '?';
}

size_t machine_facts(struct fact *f, size_t n)
{
	size_t count = sizeof sources / sizeof *sources;

	if (count > n)
		count = n;
	for (size_t i = 0; i < count; i++) {
		const struct source *s = &sources[i];

		f[i] = (struct fact){ .name = s->name, .source = s->source };
		if (s->get)
			s->get(f[i].value, sizeof f[i].value);
		else if (text_read(f[i].value, sizeof f[i].value, "%s", s->source))
			text_choice(f[i].value);
		clean(f[i].value);
	}
	return count;
}

/* As machine-id(5) asks, the number itself never leaves the machine. */
void machine_id(char id[17])
{
	char text[512] = "samework ", part[192] = "";

	text_read(part, sizeof part, "/etc/machine-id");
	text_add(text, sizeof text, "%s", part);
	*part = 0;
	cpu_model(part, sizeof part);
	text_add(text, sizeof text, " %s %u", part, cpus_online());
	snprintf(id, 17, "%016" PRIx64, (uint64_t)XXH64(text, strlen(text), 0));
}

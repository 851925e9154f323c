/*
 * What could spoil a measurement here, and how to mend it and undo that.
 *
 * Two tables: settings are facts with a value that is not the best; checks need
 * a few lines of their own.  '@' in a text stands for the value found.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "machine/cpus.h"
#include "machine/machine.h"
#include "machine/text.h"
#include "machine/wake.h"

enum { FACTS_MAX = 64 };

struct patient {
	struct fact fact[FACTS_MAX];
	size_t n;
};

static const struct fact *find(const struct patient *p, const char *name)
{
	static const struct fact unknown = { "", "", "" };

	for (size_t i = 0; i < p->n; i++)
		if (!strcmp(p->fact[i].name, name))
			return &p->fact[i];
	return &unknown;
}

static double number(const struct patient *p, const char *name)
{
	return strtod(find(p, name)->value, NULL);
}

static const struct setting {
	const char *fact;
	const char *good;	/* the values that are, each between blanks;
				 * two blanks: none at all */
	enum level level;	/* of any other */
	const char *why;	/* what that one does to a measurement */
	const char *mend, *undo;
	const char *unknown;	/* what to say when the kernel does not tell, or NULL */
} settings[] = {
	{ "governor", " performance ", LEVEL_WARN,
	  "the clock follows the load, so the first to run are the slowest",
	  "cpupower frequency-set -g performance", "cpupower frequency-set -g @",
	  "the canary of each trial watches the clock instead" },
	{ "boost", " 0 ", LEVEL_WARN,
	  "one busy core runs faster than many, so speedups look smaller",
	  "echo 0 > /sys/devices/system/cpu/cpufreq/boost",
	  "echo 1 > /sys/devices/system/cpu/cpufreq/boost", NULL },
	{ "no_turbo", " 1 ", LEVEL_WARN,
	  "one busy core runs faster than many, so speedups look smaller",
	  "echo 1 > /sys/devices/system/cpu/intel_pstate/no_turbo",
	  "echo 0 > /sys/devices/system/cpu/intel_pstate/no_turbo", NULL },
	{ "smt", " 0 ", LEVEL_NOTE,
	  "SMT siblings share a core; placement core fills the cores first",
	  "echo off > /sys/devices/system/cpu/smt/control",
	  "echo on > /sys/devices/system/cpu/smt/control", NULL },
	{ "clocksource", " tsc kvm-clock arch_sys_counter hyperv_clocksource_tsc_page ",
	  LEVEL_WARN, "reading the clock is a system call, so latencies are too long",
	  "echo tsc > /sys/devices/system/clocksource/clocksource0/current_clocksource",
	  "echo @ > /sys/devices/system/clocksource/clocksource0/current_clocksource", NULL },
	{ "thp", " madvise never ", LEVEL_NOTE,
	  "huge pages come and go, so memory-bound work varies between processes",
	  "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled",
	  "echo @ > /sys/kernel/mm/transparent_hugepage/enabled", NULL },
	{ "aslr", " 1 2 ", LEVEL_WARN,
	  "every process has the same layout, so its luck is not averaged out",
	  "sysctl kernel.randomize_va_space=2", "sysctl kernel.randomize_va_space=@", NULL },
	{ "virtualization", " none ", LEVEL_NOTE,
	  "a hypervisor may take CPU time and slow system calls down", "", "", NULL },
	{ "swap_used_bytes", " 0 ", LEVEL_NOTE,
	  "pages have gone to swap; a trial that swaps does not count",
	  "swapoff -a", "swapon -a", NULL },
	{ "isolated", "  ", LEVEL_NOTE,
	  "the scheduler never moves work to these CPUs by itself", "", "", NULL },
};

/* Append @from with every '@' replaced by @value. */
static void fill(char *to, size_t n, const char *from, const char *value)
{
	for (; *from; from++) {
		if (*from == '@')
			text_add(to, n, "%s", value);
		else
			text_add(to, n, "%c", *from);
	}
}

/* Judge one setting; false when there is nothing to say. */
static bool judge(const struct setting *s, const struct fact *f, struct advice *a)
{
	char padded[sizeof f->value + 2];

	*a = (struct advice){ .level = LEVEL_OK };
	snprintf(padded, sizeof padded, " %s ", f->value);
	if (!*f->value && !strstr(s->good, padded)) {
		a->level = LEVEL_NOTE;
		if (s->unknown)
			text_add(a->what, sizeof a->what, "%s is not told: %s (%s)",
				 s->fact, s->unknown, f->source);
		return s->unknown != NULL;
	}
	if (strstr(s->good, padded)) {
		text_add(a->what, sizeof a->what, "%s is %s (%s)", s->fact,
			 *f->value ? f->value : "empty", f->source);
		return true;
	}
	a->level = s->level;
	text_add(a->what, sizeof a->what, "%s is %.40s: %s (%s)", s->fact, f->value,
		 s->why, f->source);
	fill(a->mend, sizeof a->mend, s->mend, f->value);
	fill(a->undo, sizeof a->undo, s->undo, f->value);
	return true;
}

static void load(const struct patient *p, struct advice *a)
{
	double average = number(p, "load_average"), cpus = number(p, "cpus_online");

	a->level = average > cpus / 4 ? LEVEL_WARN : LEVEL_OK;
	text_add(a->what, sizeof a->what, "load average %.2f on %.0f CPUs (/proc/loadavg)",
		 average, cpus);
	if (a->level)
		text_add(a->mend, sizeof a->mend, "stop what top(1) shows, or wait");
}

static void quota(const struct patient *p, struct advice *a)
{
	const struct fact *f = find(p, "cpu_quota");
	double cpus = strtod(f->value, NULL);

	if (cpus > 0 && cpus < number(p, "cpus_usable")) {
		a->level = LEVEL_WARN;
		text_add(a->mend, sizeof a->mend, "run outside of the group, "
			 "or use at most %.0f workers", cpus < 1 ? 1 : cpus);
	}
	text_add(a->what, sizeof a->what, "CPU quota: %s (%s)", f->value, f->source);
}

static void affinity(const struct patient *p, struct advice *a)
{
	const struct fact *f = find(p, "affinity");

	if (number(p, "cpus_usable") < number(p, "cpus_online"))
		a->level = LEVEL_NOTE;
	text_add(a->what, sizeof a->what, "usable CPUs: %.60s; online: %s (%s)",
		 f->value, find(p, "cpus_online")->value, f->source);
}

static void steal(const struct patient *p, struct advice *a)
{
	double stolen = number(p, "steal_ns") / 1e9;

	a->level = stolen > 0 ? LEVEL_NOTE : LEVEL_OK;
	text_add(a->what, sizeof a->what, "the hypervisor took %.2f s of CPU time since "
		 "the start; a trial that loses 2 %% does not count (/proc/stat)", stolen);
}

static void descriptors(const struct patient *p, struct advice *a)
{
	enum { ENOUGH = 4096 };	/* 1024 workers with a connection and its peer */
	double n = number(p, "descriptors");

	text_add(a->what, sizeof a->what, "a process may open %.0f files (getrlimit(2))", n);
	if (n >= ENOUGH)
		return;
	a->level = LEVEL_NOTE;
	text_add(a->mend, sizeof a->mend, "ulimit -n %d", ENOUGH);
	text_add(a->undo, sizeof a->undo, "ulimit -n %.0f", n);
}

static bool in_path(const char *program)
{
	const char *path = getenv("PATH");
	char file[4096];

	for (const char *s = path ? path : ""; *s; s += *s == ':') {
		int len = (int)strcspn(s, ":");

		snprintf(file, sizeof file, "%.*s/%s", len, s, program);
		if (!access(file, X_OK))
			return true;
		s += len;
	}
	return false;
}

static void gnuplot(const struct patient *p, struct advice *a)
{
	bool found = in_path("gnuplot");

	(void)p;
	a->level = found ? LEVEL_OK : LEVEL_WARN;
	text_add(a->what, sizeof a->what, "gnuplot is %s (PATH)",
		 found ? "there" : "missing: tables but no figures");
	if (found)
		return;
	text_add(a->mend, sizeof a->mend, "apt-get install gnuplot-nox");
	text_add(a->undo, sizeof a->undo, "apt-get remove gnuplot-nox");
}

/* An idle CPU has to wake up first: in a virtual machine through the hypervisor. */
static void wake(const struct patient *p, struct advice *a)
{
	enum { SLOW_NS = 30000 };	/* bare machines need 5 to 20 us */
	const struct fact *poll = find(p, "haltpoll_ns");
	uint64_t same, other;
	int first, last;

	cpus_ends(&first, &last);
	same = wake_round_trip_ns(first, first);
	text_add(a->what, sizeof a->what, "waking a sleeper and back: %.1f us on CPU %d",
		 (double)same / 1e3, first);
	if (first != last) {
		other = wake_round_trip_ns(first, last);
		text_add(a->what, sizeof a->what, ", %.1f us between CPUs %d and %d",
			 (double)other / 1e3, first, last);
		a->level = other > SLOW_NS ? LEVEL_NOTE : LEVEL_OK;
	}
	text_add(a->what, sizeof a->what, " (self-test)");
	if (!a->level || !*poll->value)
		return;
	text_add(a->mend, sizeof a->mend, "echo 200000 > %s", poll->source);
	text_add(a->undo, sizeof a->undo, "echo %s > %s", poll->value, poll->source);
}

static void (*const checks[])(const struct patient *p, struct advice *a) = {
	load, quota, affinity, steal, descriptors, gnuplot, wake,
};

size_t doctor(struct advice *a, size_t n)
{
	struct patient p;
	size_t count = 0;

	p.n = machine_facts(p.fact, FACTS_MAX);
	for (size_t i = 0; i < sizeof settings / sizeof *settings && count < n; i++)
		count += judge(&settings[i], find(&p, settings[i].fact), &a[count]);
	for (size_t i = 0; i < sizeof checks / sizeof *checks && count < n; i++) {
		a[count] = (struct advice){ .level = LEVEL_OK };
		checks[i](&p, &a[count++]);
	}
	return count;
}

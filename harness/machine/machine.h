/*
 * machine.h - what this machine is, and what disturbs it.  Floor 1.
 *
 * Facts are read once and go to manifest.json.  Validity is decided from
 * differences taken around each trial, never from settings: a setting says
 * what should happen, a difference says what did.
 */
#ifndef MACHINE_MACHINE_H
#define MACHINE_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- facts.c --- */

/* One fact about the machine or the environment.  An empty value means the
 * kernel does not tell, as in many virtual machines. */
struct fact {
	const char *name;	/* "cpu_model", "kernel", "governor", ... */
	const char *source;	/* the file or call that told */
	char value[192];	/* printable ASCII; ends with "..." when cut */
};

/* Fill @f with at most @n facts, in a fixed order; returns how many it filled.
 * facts.c has the list. */
size_t machine_facts(struct fact *f, size_t n);

/* 16 hex digits that stay the same on one machine and are unlikely to be equal
 * on another.  Not the host name: results are published. */
void machine_id(char id[17]);

/* --- limits.c --- */

/* CPUs that the cgroup's quota grants (v1 and v2, every ancestor): quota over
 * period, or 0 when there is no quota.  @root is "" or a fake root for tests. */
double limits_quota(const char *root);

/* Nanoseconds that the cgroup was throttled so far, 0 when unknown. */
uint64_t limits_throttled_ns(const char *root);

/* Times the kernel's OOM killer struck in our memory cgroup, or, where there is
 * none, on the machine; 0 when unknown. */
uint64_t limits_oom_kills(const char *root);

/* --- disturb.c --- */

/* Counters of the whole machine. */
struct disturb {
	uint64_t at_ns;		/* clock_ns() */
	uint64_t busy_ns;	/* all CPUs, user + nice + system + irq */
	uint64_t steal_ns;	/* taken by the hypervisor, all CPUs */
	uint64_t throttled_ns;	/* by our cgroup's quota */
	uint64_t swapped;	/* pages in and out */
	uint64_t oom_kills;	/* in our cgroup */
	uint64_t asleep_ns;	/* suspended: CLOCK_BOOTTIME - MONOTONIC */
};

/* Read them: under 0.2 ms.  @root as above; the clocks are this machine's. */
void disturb_read(struct disturb *d, const char *root);

/* What happened from @before to @after: every field the difference, at_ns the
 * time between.  A counter that seems to run backwards gives 0. */
struct disturb disturb_since(const struct disturb *before, const struct disturb *after);

/* --- canary.c --- */

/* A fixed loop of dependent additions on the calling thread: the best of
 * several short runs, in ns per 2^20 additions.  It tells the speed of the
 * core where no counter does: one addition is one cycle.  Takes about 1 ms. */
uint64_t canary_ns(void);

/* --- doctor.c --- */

enum level { LEVEL_OK, LEVEL_NOTE, LEVEL_WARN };
struct advice {
	enum level level;
	char what[256];		/* what was found, and where it was read */
	char mend[160];		/* the command that mends it, or "" */
	char undo[160];		/* the command that puts it back, or "" */
};

/* Read, never change.  Fills at most @n, 32 are enough; returns how many it
 * filled.  Takes 25 ms, most of it to time how long a sleeper takes to wake. */
size_t doctor(struct advice *a, size_t n);

#endif

/*
 * placement.h - WHERE workers run.  Floor 1.
 *
 * A policy maps worker w of n to one processing unit (PU) of a topology.
 * Policies are pure, so tests run them on machines that do not exist.
 * topology.c is the only file of the suite that includes hwloc.
 */
#ifndef PLACEMENT_PLACEMENT_H
#define PLACEMENT_PLACEMENT_H

#include <stdbool.h>
#include <stddef.h>

struct topology;

/* This machine, or the synthetic one described, e.g. "pack:2 core:4 pu:2" (see
 * hwloc_topology_set_synthetic), where a last word "fast:0-1" makes those cores
 * of a faster kind than the others.  Of this machine, only what the inherited
 * affinity and the cpuset allow.  HWLOC_* in the environment that describe
 * another machine are refused.  NULL on error, reported. */
struct topology *topology_load(const char *synthetic);
void topology_free(struct topology *t);

/* Keep only the PUs with these OS indexes, as a cpuset would.  0, or -1,
 * reported, when none is left. */
int topology_restrict(struct topology *t, const int *os, size_t n);

/* True when this is the machine we run on: only then may workers be bound. */
bool topology_is_real(const struct topology *t);

/* What is usable: always >= 1. */
unsigned topology_packages(const struct topology *t);
unsigned topology_cores(const struct topology *t);
unsigned topology_pus(const struct topology *t);

/* PUs are numbered 0 .. pus-1 in hwloc's logical order: SMT siblings side by
 * side, then cores, then packages.  OS index of PU @pu, or -1. */
int topology_os(const struct topology *t, unsigned pu);

/* The PU with OS index @os, or -1 if it is not usable. */
int topology_pu(const struct topology *t, int os);

/* The @nth PU (wrapping around) of usable core @core (wrapping around).  Cores
 * are ordered fastest kind first where the machine says so (P before E). */
unsigned topology_pu_of_core(const struct topology *t, unsigned core, unsigned nth);

/* How many usable PUs that core has: 1, or more with SMT. */
unsigned topology_pus_of_core(const struct topology *t, unsigned core);

/* The PU of worker @w (wrapping around) when workers are spread as far apart as
 * can be: packages first, then last-level caches, then cores, then SMT siblings.
 * No PU is used twice before every PU is used once. */
unsigned topology_spread(const struct topology *t, unsigned w);

/* Bind the calling thread to OS index @os and check that it took.  0, or -1
 * with errno set (EXDEV when the topology is not this machine).  @t may be NULL
 * for a thread that was bound before its program was executed. */
int topology_bind(const struct topology *t, int os);

/* True when the calling thread may run on @os alone.  @t may be NULL: this
 * machine. */
bool topology_is_bound(const struct topology *t, int os);

struct placement {
	const char *name, *summary;

	/* The PU of worker @w, or ANYWHERE.  It does not depend on how many
	 * workers there are, so that more workers only add to fewer. */
	int (*pu)(const struct topology *t, unsigned w);
};
enum { ANYWHERE = -1 };

/* All policies, ended by NULL. */
extern const struct placement *const placements[];

/* True when @name is a policy or a list joined by dots, where a number is an OS
 * index and a letter, a .. h, a usable core from the first on, wrapping around.  Behind a
 * dash: where the server goes.  "0.2", "b.a-b". */
bool placement_valid(const char *name);

/*
 * Where the workers of placement @name go: os[w] is an OS index, or -1 when
 * they are left to the kernel.  A list shorter than n wraps around.
 * *@server gets the PU for the embedded server: what the list says, else the last
 * usable PU that no worker uses, or else the last usable one; -1 for `none`.
 * 0, or -1, reported, when @name is not valid or names a PU that is not usable.
 */
int placement_map(const struct topology *t, const char *name, unsigned n,
		  int *os, int *server);

/* How many of os[0 .. n) differ; each of them into @out, in their order, unless
 * that is NULL. */
unsigned placement_distinct(const int *os, unsigned n, int *out);

#endif

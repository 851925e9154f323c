/*
 * units.h - the PUs of a machine and the orders that placements take them in.
 *
 * Pure: topology.c fills in what hwloc says, units_index() derives the rest.
 */
#ifndef PLACEMENT_UNITS_H
#define PLACEMENT_UNITS_H

#include <stdbool.h>
#include <stddef.h>

/* One PU.  package, cache and core are any numbers that differ between packages,
 * caches and cores, in hwloc's logical order. */
struct unit {
	int os;			/* index that the kernel knows it by */
	unsigned package, core;
	unsigned cache;		/* the last-level one it shares with others */
	int speed;		/* of its kind of core: larger is faster */

	/* Derived: the rank of the PU in its core, of the core in its cache
	 * (fastest kind first) and of the cache in its package. */
	unsigned sibling, core_rank, cache_rank;
};

/* The PUs [first, first + n) of one core. */
struct core {
	unsigned first, n;
	int speed;
};

/* Zero-initialise; @unit is filled by the caller. */
struct units {
	struct unit *unit;		/* [n], siblings side by side */
	size_t n;

	/* Derived. */
	struct core *core;		/* [cores], fastest kind first */
	unsigned cores, packages;
	const struct unit **spread;	/* [n], each far from those before it */
};

/* Derive what is derived.  0, or -1, reported, when out of memory. */
int units_index(struct units *u);

/* Keep only the PUs with OS indexes @os[0 .. n) and derive again.  0, or -1,
 * reported, when none is left. */
int units_keep(struct units *u, const int *os, size_t n);

void units_release(struct units *u);

/* @hw is for topology.c alone, which frees it. */
struct topology {
	struct units units;
	bool real;			/* see topology_is_real() */
	struct hwloc_topology *hw;
};

#endif

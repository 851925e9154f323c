/*
 * blocks.h - DIR/blocks.csv: what each pair took in each round of each block, a block
 * at a time as it becomes known.
 */
#ifndef TESTS_PEERS_BLOCKS_H
#define TESTS_PEERS_BLOCKS_H

#include "base/table.h"

struct round {
	uint64_t block, round;	/* from 1 */
	const char *pair;
	const char *theirs;	/* the other side, with its version once known */
	const char *first;	/* the side that was first: "ours", "theirs" */
	uint64_t units, seed;
	double ours_ns, theirs_ns;	/* a unit; NaN: disturbed */
	double ours_cpu_ns, theirs_cpu_ns;	/* CPU time a unit; likewise */
};
extern const struct column round_columns[];

struct blocks {
	const char *path;
	int fd;
};

/* Open or create the file in @dir; @old[0 .. n-1] is what it has.  0, or -1. */
int blocks_open(struct blocks *s, const char *dir, const struct round **old, size_t *n,
		struct arena *a);

/* Append the @n rounds of a block, all or none, and force them to disk.  0, or -1,
 * reported. */
int blocks_append(struct blocks *s, const struct round *row, size_t n);
void blocks_close(struct blocks *s);

#endif

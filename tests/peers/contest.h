/*
 * contest.h - all pairs that are to be compared, and what is known of them.
 */
#ifndef TESTS_PEERS_CONTEST_H
#define TESTS_PEERS_CONTEST_H

#include "blocks.h"
#include "interleave.h"
#include "peer.h"

enum { PAIRS_MAX = 32, OURS = 0, THEIRS = 1 };

struct contest {
	const char *dir, *plots;
	uint64_t blocks, seed;
	bool seed_given;
	int lock;
	struct blocks kept;
	struct arena arena;
	unsigned n;
	const struct pair *pair[PAIRS_MAX];
	struct trial trial[PAIRS_MAX][2];
	struct peer peer[PAIRS_MAX];
	struct speeds speed[PAIRS_MAX][BLOCKS_MAX];
	struct speeds cpu[PAIRS_MAX][BLOCKS_MAX];
	bool known[PAIRS_MAX][BLOCKS_MAX];	/* measured, now or before */
	const char *version[PAIRS_MAX];	/* their name in earlier blocks, or NULL */
};

/* Pair @k cannot run here, or comes to nothing: its reason is set. */
static inline bool contest_skipped(const struct contest *c, unsigned k)
{
	return c->peer[k].reason != NULL;
}

/* rounds.c: prepare both trials of pair @k, on @cpus and with the server on CPU
 * @server, and find how much work a pass of it is. */
enum code contest_size(struct contest *c, unsigned k, const char *cpus, int server);

/* Measure block @block (from 0) of pair @k, and keep it; @seed says who is first. */
enum code contest_block(struct contest *c, unsigned k, uint64_t block, uint64_t seed);

/* The figures of a block of pair @k, of its @n rounds. */
void contest_conclude(struct contest *c, unsigned k, const struct round *row, size_t n);

#endif

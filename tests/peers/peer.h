/*
 * peer.h - one of us and one of them on the same work: a row of peers.csv.
 */
#ifndef TESTS_PEERS_PEER_H
#define TESTS_PEERS_PEER_H

#include <stdbool.h>

#include "base/mem.h"
#include "base/table.h"

enum { BLOCKS_MAX = 99, ROUNDS = 4, ROUNDS_MAX = 2 * ROUNDS };

/* What is compared: the workload, and the two strategies that it runs under. */
struct pair {
	const char *name, *workload, *params;
	unsigned workers;
	const char *ours, *our_options;
	const char *theirs, *their_options;
	double goal;		/* how much faster we are to be; NaN: no goal */
	unsigned pass_ms;	/* long enough for who starts slowly, or knows only
				 * seconds */
	bool one_cpu;		/* the server is on the client's CPU: no wake-up of
				 * an idle one, which is most of what is measured
				 * else, and not ours */
};
extern const struct pair pairs[];	/* ended by a NULL name */

struct peer {
	const char *name;
	const char *params;
	uint64_t workers;
	const char *ours, *theirs, *server;	/* with versions, as far as known */
	uint64_t n;		/* blocks that count */
	double ours_per_s, theirs_per_s;	/* medians, units a second */
	double ratio, lo, hi, level;	/* see stats_order_interval() */
	double ours_cpu_ns, theirs_cpu_ns;	/* medians, a unit; NaN: not known */
	double cpu_ratio, cpu_lo, cpu_hi;	/* theirs over ours */
	double goal;
	const char *verdict;	/* HOLDS FAILS UNCLEAR SKIPPED, or "" */
	const char *reason;
	uint64_t seed;
};
extern const struct column peer_columns[];

/* A block: medians over its rounds.  All NaN: it does not count. */
struct speeds {
	double ours, theirs;	/* ns a unit */
	double ratio;		/* theirs over ours, in the same round */
};

/* Of @n rounds, at most ROUNDS_MAX, in each of which we took ours[i] ns a unit and
 * they theirs[i]; a round with a NaN is left out, and half of ROUNDS must be left. */
struct speeds peer_speeds(const double *ours, const double *theirs, size_t n);

/* Of @n blocks, at most BLOCKS_MAX, fill in the figures and the verdict. */
void peer_judge(struct peer *p, const struct speeds *block, size_t n);

/* Likewise of the CPU time that each had, which nobody is to reach. */
void peer_judge_cpu(struct peer *p, const struct speeds *block, size_t n);

/* For people: the heads of the columns, and a line. */
void peer_print_head(FILE *out);
void peer_print(const struct peer *p, FILE *out);

/* DIR/figures/peers.{svg,pdf,png}, by the scripts in folder @plots, both from /,
 * when anything was measured.
 * 0; 1 having said that gnuplot is missing; -1, reported. */
int peers_draw(const struct peer *p, size_t n, const char *dir, const char *plots,
	       struct arena *a);

#endif

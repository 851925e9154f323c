/*
 * Are we fast enough to measure others?  The tools people trust do the same work,
 * on the same CPUs, in the same minute.
 *
 *	peers DIR PLOTS BLOCKS [SEED|- [PAIR...]]
 *
 * Both sides are trials under the same supervisor: the same workload sets up the
 * same server or file, and either one of our strategies runs its tasks, or one in
 * this folder lets wrk, redis-benchmark, fio or a bare loop do as much, pinned to
 * the same CPU.  In a block every pair runs, in random order, for some rounds: short
 * passes of both sides, one right after the other, and the other way round the next
 * time, because a shared machine changes its speed within a second.  A block's figure
 * is the median over its rounds of the in-round ratio of speeds; the figure is the
 * median over blocks.  A round in which the rules of validity call a side disturbed
 * is left out and another one made, as many again at most.
 *
 * Every block of a pair goes to DIR/blocks.csv as soon as it is known: the same
 * command with the same DIR goes on where an earlier one was stopped, with its seed.
 *
 * Prints the table; DIR/peers.csv has it too, and DIR/figures/peers.svg shows it.
 * Exit: 0 every goal HOLDS, 4 one FAILS, 3 one is UNCLEAR; otherwise as the program.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/num.h"
#include "contest.h"
#include "pipeline/lock.h"
#include "pipeline/progress.h"
#include "pipeline/trial.h"

/* Nothing is known of pair @p yet but, perhaps, the version of the other side. */
static struct peer peer_of(struct contest *c, const struct pair *p, const char *version)
{
	return (struct peer){
		.name = p->name, .params = p->params, .workers = p->workers,
		.ours = arena_printf(&c->arena, "%s %s%s%s", p->workload, p->ours,
				     *p->our_options ? " " : "", p->our_options),
		.theirs = version ? version : p->theirs,
		.server = "", .verdict = "", .goal = p->goal,
		.ours_per_s = NAN, .theirs_per_s = NAN, .ratio = NAN, .lo = NAN,
		.hi = NAN, .level = NAN, .seed = c->seed, .ours_cpu_ns = NAN,
		.theirs_cpu_ns = NAN, .cpu_ratio = NAN, .cpu_lo = NAN, .cpu_hi = NAN,
	};
}

static enum code plan(struct contest *c)
{
	enum code code = CODE_OK;
	int cpu, server;
	const char *cpus;

	if (interleave_place(&cpu, &server) < 0)
		return CODE_INTERNAL;
	cpus = arena_printf(&c->arena, "%d", cpu);
	for (unsigned k = 0; code == CODE_OK && k < c->n; k++) {
		c->peer[k] = peer_of(c, c->pair[k], c->version[k]);
		code = contest_size(c, k, cpus, c->pair[k]->one_cpu ? cpu : server);
	}
	return code;
}

/* Is block @b of pair @k still to be measured? */
static bool to_do(const struct contest *c, unsigned k, uint64_t b)
{
	return !contest_skipped(c, k) && !c->known[k][b];
}

static enum code measure_all(struct contest *c)
{
	struct progress progress;
	size_t left = 0;
	enum code code = CODE_OK;
	unsigned order[PAIRS_MAX];

	for (unsigned k = 0; k < c->n; k++)
		for (uint64_t b = 0; b < c->blocks; b++)
			left += to_do(c, k, b);
	progress_start(&progress, left);
	for (uint64_t b = 0; code == CODE_OK && b < c->blocks; b++) {
		interleave_shuffle(order, c->n, rng_at(c->seed, b));
		for (unsigned i = 0; code == CODE_OK && i < c->n; i++) {
			unsigned k = order[i];

			if (!to_do(c, k, b))
				continue;
			progress_show(&progress, b + 1, c->pair[k]->name);
			code = contest_block(c, k, b, rng_at(c->seed, (b + 1) << 16 | k));
		}
	}
	progress_end(&progress);
	return code;
}

/* The rounds that are of the same block of the same pair as the first of @n. */
static size_t block_length(const struct round *row, size_t n)
{
	size_t i = 1;

	while (i < n && i < ROUNDS_MAX && row[i].block == row[0].block &&
	       !strcmp(row[i].pair, row[0].pair))
		i++;
	return i;
}

/* What was measured before in this folder is not measured again. */
static enum code take_over(struct contest *c)
{
	const struct round *old;
	size_t n, length;

	for (unsigned k = 0; k < c->n; k++)
		for (unsigned b = 0; b < BLOCKS_MAX; b++)
			c->speed[k][b] = c->cpu[k][b] = (struct speeds){ NAN, NAN, NAN };
	if (blocks_open(&c->kept, c->dir, &old, &n, &c->arena) < 0)
		return CODE_STORE;
	for (size_t i = 0; i < n; i += length) {
		length = block_length(&old[i], n - i);
		for (unsigned k = 0; k < c->n; k++)
			if (!strcmp(c->pair[k]->name, old[i].pair) && old[i].block <= c->blocks) {
				c->version[k] = old[i + length - 1].theirs;
				contest_conclude(c, k, &old[i], length);
			}
	}
	if (n && c->seed_given && c->seed != old[0].seed) {
		fail("%s was begun with seed %lu", c->kept.path, old[0].seed);
		return CODE_USAGE;
	}
	c->seed = n ? old[0].seed : c->seed;
	return CODE_OK;
}

/* Print, write and draw the table.  The worst of the verdicts. */
static enum code conclude(struct contest *c)
{
	const char *path = arena_printf(&c->arena, "%s/peers.csv", c->dir);
	FILE *f = table_create(path);
	enum code worst = CODE_OK;

	if (!f)
		return CODE_STORE;
	table_header(f, peer_columns);
	peer_print_head(stdout);
	for (unsigned k = 0; k < c->n; k++) {
		struct peer *p = &c->peer[k];

		if (!contest_skipped(c, k)) {
			peer_judge(p, c->speed[k], c->blocks);
			peer_judge_cpu(p, c->cpu[k], c->blocks);
		}
		table_row(f, peer_columns, p);
		peer_print(p, stdout);
		if (!strcmp(p->verdict, "FAILS"))
			worst = CODE_CLAIM;
		else if (!strcmp(p->verdict, "UNCLEAR") && worst == CODE_OK)
			worst = CODE_FAILED;
	}
	printf("%s\n", path);
	if (table_commit(f, path) < 0 ||
	    peers_draw(c->peer, c->n, c->dir, c->plots, &c->arena) < 0)
		return CODE_STORE;
	return worst;
}

static bool chosen(const struct pair *p, int names, char **name)
{
	for (int i = 0; i < names; i++)
		if (!strcmp(p->name, name[i]))
			return true;
	return !names;
}

static int parse(struct contest *c, int argc, char **argv)
{
	c->seed = clock_ns() & 0xffffffff;
	c->seed_given = argc > 4 && strcmp(argv[4], "-") != 0;
	if (argc < 4 || num_parse(argv[3], &c->blocks) < 0 || !c->blocks ||
	    c->blocks > BLOCKS_MAX || (c->seed_given && num_parse(argv[4], &c->seed) < 0))
		return fail("usage: peers DIR PLOTS BLOCKS [SEED|- [PAIR...]], at most %d blocks",
			    BLOCKS_MAX);
	c->dir = realpath(argv[1], NULL);
	c->plots = realpath(argv[2], NULL);
	if (!c->dir || !c->plots)
		return fail_errno("%s", c->dir ? argv[2] : argv[1]);
	for (const struct pair *p = pairs; p->name; p++)
		if (chosen(p, argc > 5 ? argc - 5 : 0, argv + 5))
			c->pair[c->n++] = p;
	return c->n ? 0 : fail("none of these is a pair");
}

static enum code contest(struct contest *c)
{
	enum code code;

	if (supervise_init() < 0)
		return CODE_INTERNAL;
	c->lock = lock_take(c->dir);
	if (c->lock < 0)
		return c->lock == -2 ? CODE_LOCKED : CODE_STORE;
	code = take_over(c);
	if (code == CODE_OK)
		code = plan(c);
	if (code == CODE_OK)
		code = supervise_stopped() ? CODE_INTERRUPTED : measure_all(c);
	blocks_close(&c->kept);
	if (code == CODE_INTERRUPTED)
		fprintf(stderr, "stopped; to go on: make peers OUT=%s\n", c->dir);
	return code == CODE_OK ? conclude(c) : code;
}

int main(int argc, char **argv)
{
	static struct contest c;
	struct trial t;
	int code;

	if (argc == 4 && !strcmp(argv[1], "trial"))
		return trial_parse(&t, argv[3], &c.arena) < 0 ? 1 : trial_main(&t, atoi(argv[2]));
	if (parse(&c, argc, argv) < 0)
		return CODE_USAGE;
	code = (int)contest(&c);
	free((char *)c.dir);
	free((char *)c.plots);
	arena_release(&c.arena);
	return code;
}

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
#include "blocks.h"
#include "interleave.h"
#include "peer.h"
#include "pipeline/lock.h"
#include "pipeline/progress.h"
#include "pipeline/trial.h"

const struct pair pairs[] = {
	{ "http-16", "http", "", 16, "async-epoll", "", "wrk", "", 1.05, 1000, false },
	{ "http-64", "http", "", 64, "async-epoll", "", "wrk", "", 1.05, 1000, false },
	{ "http-16-uring", "http", "", 16, "async-uring", "", "wrk", "", 1.05, 1000, false },
	{ "http-64-uring", "http", "", 64, "async-uring", "", "wrk", "", 1.05, 1000, false },
	{ "redis-p1", "redis", "", 50, "async-epoll", "", "redis-benchmark", "", 1.6, 200, false },
	{ "redis-p16", "redis", "pipeline=16", 50, "async-epoll", "", "redis-benchmark", "", 1.0, 200, false },
	{ "fread-fio", "fread", "", 1, "single", "", "fio", "", 1.25, 200, false },
	{ "fread-bare", "fread", "", 1, "single", "", "bare", "", 0.9, 200, false },
	{ "fread-fio-uring", "fread", "", 32, "async-uring", "", "fio",
	  "ioengine=io_uring;depth=32;batch=16", 1.15, 200, false },
	{ "append-fio", "append", "prealloc=1", 1, "single", "", "fio", "", 1.0, 200, false },
	{ "append-bare", "append", "prealloc=1", 1, "single", "", "bare", "", 0.97, 200, false },
	{ "pipe-bare", "pipe", "", 1, "single", "", "bare", "", 0.97, 200, false },
	{ "futex-bare", "futex", "", 1, "single", "", "bare", "", 0.97, 200, false },
	{ "pipe-bare-one-cpu", "pipe", "", 1, "single", "", "bare", "", 0.97, 200, true },
	{ "futex-bare-one-cpu", "futex", "", 1, "single", "", "bare", "", 0.97, 200, true },
	{ "epoll-libuv", "echo", "", 64, "async-epoll", "", "async-uv", "", NAN, 200, false },
	{ .name = NULL }
};

enum { PAIRS_MAX = 32, SIZES = 12, OURS = 0, THEIRS = 1 };

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

static bool skipped(const struct contest *c, unsigned k)
{
	return c->peer[k].reason != NULL;
}

/* Run one side of pair @k.  What cannot run here takes the pair out, and what fails
 * counts as disturbed: neither ends the rest. */
static enum code measure(struct contest *c, unsigned k, int side, double *ns, struct ending *e)
{
	const struct trial *t = &c->trial[k][side];
	struct peer *p = &c->peer[k];
	struct outcome o;
	enum code code = interleave_measure(t, c->lock, ns, e, &o);

	*ns = code == CODE_OK ? *ns : NAN;
	if (code == CODE_FAILED && o.status == STATUS_SKIPPED) {
		p->reason = arena_printf(&c->arena, "%s", o.reason);
		p->verdict = "SKIPPED";
	}
	if (side == THEIRS && *e->report.engine)
		p->theirs = arena_printf(&c->arena, "%s", e->report.engine);
	if (*e->report.server)
		p->server = arena_printf(&c->arena, "%s", e->report.server);
	return code == CODE_FAILED ? CODE_OK : code;
}

static struct trial trial_of(const struct contest *c, const struct pair *p, int side,
			     const char *cpus, int server)
{
	return (struct trial){
		.id = (uint64_t)(p - pairs) * 2 + (uint64_t)side + 1,
		.experiment = "peers", .cell = p->name, .role = "cell", .block = 1,
		.position = 1, .workload = p->workload, .params = p->params,
		.workers = p->workers, .strategy = side == OURS ? p->ours : p->theirs,
		.options = side == OURS ? p->our_options : p->their_options,
		.placement = "compact", .cpus = cpus, .server_cpu = (uint64_t)server,
		.tasks = p->workers, .units = 1, .reps = 1, .seed = c->seed,
		.timeout_ns = 60ull * NS_PER_SEC,
		.checksum = NONE, .state = NONE, .ops = NONE,
	};
}

/* Find how many units of pair @k we do in a pass, and what is right then; one that
 * is long for once, because somebody was in the way, does not decide.  Both sides do
 * as many, but for who knows only seconds. */
static enum code find_size(struct contest *c, unsigned k)
{
	struct trial *t = &c->trial[k][OURS];
	uint64_t pass_ns = (uint64_t)c->pair[k]->pass_ms * NS_PER_MS;
	enum code code = CODE_OK;
	struct ending e = { 0 };
	unsigned enough = 0;
	double ns;

	for (int i = 0; code == CODE_OK && !skipped(c, k) && i < SIZES && enough < 2; i++) {
		uint64_t wall;

		code = measure(c, k, OURS, &ns, &e);
		if (code == CODE_OK && !skipped(c, k) && !e.report.reps) {
			c->peer[k].reason = "its first trial failed";
			c->peer[k].verdict = "UNCLEAR";
		}
		wall = e.report.m[0].wall_ns;
		enough = wall < pass_ns / 2 ? 0 : enough + 1;
		if (!enough && i + 1 < SIZES)
			t->units *= wall < pass_ns / 50 ? 50 : pass_ns / wall + 1;
	}
	if (code != CODE_OK || skipped(c, k))
		return code;
	c->trial[k][THEIRS].units = t->units;
	t->checksum = e.report.m[0].checksum;
	t->state = e.report.m[0].state;
	t->ops = e.report.m[0].ops;
	return CODE_OK;
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
		const struct pair *p = c->pair[k];

		int its = p->one_cpu ? cpu : server;

		c->trial[k][OURS] = trial_of(c, p, OURS, cpus, its);
		c->trial[k][THEIRS] = trial_of(c, p, THEIRS, cpus, its);
		c->peer[k] = (struct peer){
			.name = p->name, .params = p->params, .workers = p->workers,
			.ours = arena_printf(&c->arena, "%s %s", p->workload, p->ours),
			.theirs = c->version[k] ? c->version[k] : p->theirs,
			.server = "", .verdict = "", .goal = p->goal,
			.ours_per_s = NAN, .theirs_per_s = NAN, .ratio = NAN, .lo = NAN,
			.hi = NAN, .level = NAN, .seed = c->seed, .ours_cpu_ns = NAN,
			.theirs_cpu_ns = NAN, .cpu_ratio = NAN, .cpu_lo = NAN, .cpu_hi = NAN,
		};
		code = find_size(c, k);
	}
	return code;
}

/* CPU time a unit of a side that took @ns, which is NaN when it does not count. */
static double cpu_of(double ns, const struct ending *e)
{
	const struct measure *m = &e->report.m[0];

	return isnan(ns) ? NAN : (double)(m->user_ns + m->sys_ns) / (double)m->units;
}

/* The figures of a block of pair @k, of its @n rounds. */
static void conclude_block(struct contest *c, unsigned k, const struct round *row, size_t n)
{
	double ns[2][ROUNDS_MAX], cpu_ns[2][ROUNDS_MAX];
	uint64_t b = row[0].block - 1;

	for (size_t i = 0; i < n; i++) {
		ns[OURS][i] = row[i].ours_ns;
		ns[THEIRS][i] = row[i].theirs_ns;
		cpu_ns[OURS][i] = row[i].ours_cpu_ns;
		cpu_ns[THEIRS][i] = row[i].theirs_cpu_ns;
	}
	c->speed[k][b] = peer_speeds(ns[OURS], ns[THEIRS], n);
	c->cpu[k][b] = peer_speeds(cpu_ns[OURS], cpu_ns[THEIRS], n);
	c->known[k][b] = true;
}

/* Both sides of pair @k, @first first. */
static enum code measure_round(struct contest *c, unsigned k, int first, struct round *row)
{
	static const char *const name[] = { [OURS] = "ours", [THEIRS] = "theirs" };
	enum code code = CODE_OK;
	double ns[2] = { NAN, NAN }, cpu_ns[2] = { NAN, NAN };
	struct ending e;

	for (int i = 0; code == CODE_OK && !skipped(c, k) && i < 2; i++) {
		int side = first ^ i;

		code = measure(c, k, side, &ns[side], &e);
		cpu_ns[side] = cpu_of(ns[side], &e);
	}
	row->first = name[first];
	row->theirs = c->peer[k].theirs;
	row->ours_ns = ns[OURS];
	row->theirs_ns = ns[THEIRS];
	row->ours_cpu_ns = cpu_ns[OURS];
	row->theirs_cpu_ns = cpu_ns[THEIRS];
	return code;
}

/* A block of pair @k; @seed says who is first. */
static enum code measure_block(struct contest *c, unsigned k, uint64_t block, uint64_t seed)
{
	enum code code = CODE_OK;
	struct round row[ROUNDS_MAX];
	unsigned n = 0;

	for (unsigned quiet = 0; code == CODE_OK && quiet < ROUNDS && n < ROUNDS_MAX; n++) {
		row[n] = (struct round){
			.block = block + 1, .round = n + 1, .pair = c->pair[k]->name,
			.units = c->trial[k][OURS].units, .seed = c->seed,
		};
		code = measure_round(c, k, (int)((seed + n) & 1), &row[n]);
		if (skipped(c, k))
			return code;
		quiet += !isnan(row[n].ours_ns) && !isnan(row[n].theirs_ns);
	}
	if (code != CODE_OK)
		return code;
	conclude_block(c, k, row, n);
	return blocks_append(&c->kept, row, n) < 0 ? CODE_STORE : CODE_OK;
}

static enum code measure_all(struct contest *c)
{
	struct progress progress;
	enum code code = CODE_OK;
	unsigned order[PAIRS_MAX];

	progress_start(&progress, c->blocks * c->n);
	for (uint64_t b = 0; code == CODE_OK && b < c->blocks; b++) {
		interleave_shuffle(order, c->n, rng_at(c->seed, b));
		for (unsigned i = 0; code == CODE_OK && i < c->n; i++) {
			progress_show(&progress, b + 1, c->pair[order[i]]->name);
			if (!skipped(c, order[i]) && !c->known[order[i]][b])
				code = measure_block(c, order[i], b,
						     rng_at(c->seed, (b + 1) << 16 | order[i]));
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
				conclude_block(c, k, &old[i], length);
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

		if (!skipped(c, k)) {
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

/*
 * A second opinion: does Google Benchmark, given the same steps, find the same
 * time per unit as we do?
 *
 *	crosscheck DIR BLOCKS [SEED]
 *
 * Both sides are trials, in processes of their own under the same supervisor:
 * the same executable, so that even the addresses of the code agree, the same
 * CPU, parameters, tasks and warm-up, the same checks of the results and the
 * same rules of validity.  Only the strategy differs: `single`, or the library
 * (google_benchmark.c).  In a block every kernel runs once on each side, the
 * sides one right after the other; the order of kernels and of sides is random.
 * The figure is the median over blocks of the in-block ratio.  When the rules,
 * which do not look at the result, say that a side was disturbed, all sides are
 * measured again, twice at most; then the block does not count.
 *
 * Prints the table; DIR/crosscheck.csv has it, too.  Exit: 0 every kernel
 * HOLDS, 4 one FAILS, 3 one is UNCLEAR; otherwise as the program.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "agreement.h"
#include "base/err.h"
#include "base/num.h"
#include "interleave.h"
#include "pipeline/calibrate.h"
#include "pipeline/lock.h"
#include "pipeline/progress.h"
#include "pipeline/run.h"
#include "pipeline/supervise.h"
#include "pipeline/trial.h"

static const char *const kernels[] = {
	"countdown", "squares", "primes", "matmul", "fread",
};
enum { KERNELS = sizeof kernels / sizeof *kernels };

enum side { OURS, COUNTED, BARE, SIDES };
static const struct {
	const char *strategy, *options;
	const char *suffix;	/* of the kernel's name in the table */
	bool judged;
} sides[SIDES] = {
	[OURS] = { "single", "", "", false },
	[COUNTED] = { "google-benchmark", "count=1", "", true },
	[BARE] = { "google-benchmark", "count=0", "-bare", false },
};

enum { TASKS = 10, TRIES = 3 };
static const struct profile profile = {
	.name = "crosscheck", .reps = 1, .pass_ns = 80 * NS_PER_MS,
};

struct check {
	const char *dir;
	uint64_t blocks, seed;
	int lock;
	struct arena arena;
	struct trial trial[KERNELS];		/* calibrated, as `single` */
	double ns[KERNELS][SIDES][BLOCKS_MAX];	/* per unit; NaN: disturbed */
};

static int plan(struct check *c)
{
	struct plan p = { c->trial, KERNELS };
	int cpu, server;

	if (interleave_place(&cpu, &server) < 0)
		return -1;
	for (unsigned k = 0; k < KERNELS; k++) {
		const struct param *params = workload_find(kernels[k])->params;
		uint64_t value[16];

		if (spec_params_parse(params, "", value) < 0)
			return -1;
		c->trial[k] = (struct trial){
			.id = k + 1, .experiment = "crosscheck", .cell = kernels[k],
			.role = "cell", .block = 1, .position = 1, .workload = kernels[k],
			.params = spec_params(params, value, &c->arena), .workers = 1,
			.strategy = sides[OURS].strategy, .options = sides[OURS].options,
			.placement = "compact", .cpus = arena_printf(&c->arena, "%d", cpu),
			.server_cpu = (uint64_t)server, .tasks = TASKS, .units = NONE,
			.reps = profile.reps, .seed = c->seed,
			.timeout_ns = 10ull * NS_PER_SEC,
			.checksum = NONE, .state = NONE, .ops = NONE,
		};
	}
	return calibrate(&p, &profile, c->lock);
}

/* One trial; *@ns gets its time per unit.  An exit code. */
static enum code measure(const struct check *c, unsigned k, enum side side, double *ns)
{
	struct trial t = c->trial[k];
	struct ending e;
	struct outcome o;

	t.strategy = sides[side].strategy;
	t.options = sides[side].options;
	if (side == BARE)
		t.ops = NONE;	/* nobody writes them down */
	return interleave_measure(&t, c->lock, ns, &e, &o);
}

/* Every side of kernel @k, in the order that @seed gives.  *@quiet: none was
 * disturbed. */
static enum code measure_sides(struct check *c, unsigned k, uint64_t block, uint64_t seed,
			       bool *quiet)
{
	enum code code = CODE_OK;
	unsigned side[SIDES];

	*quiet = true;
	interleave_shuffle(side, SIDES, seed);
	for (unsigned s = 0; code == CODE_OK && s < SIDES; s++) {
		double *ns = &c->ns[k][side[s]][block];

		code = measure(c, k, side[s], ns);
		*quiet &= !isnan(*ns);
	}
	return code;
}

static enum code measure_block(struct check *c, uint64_t block, struct progress *progress)
{
	uint64_t seed = rng_at(c->seed, block);
	unsigned kernel[KERNELS];
	enum code code = CODE_OK;

	interleave_shuffle(kernel, KERNELS, seed);
	for (unsigned i = 0; code == CODE_OK && i < KERNELS; i++) {
		bool quiet = false;

		progress_show(progress, block + 1, kernels[kernel[i]]);
		for (unsigned n = 0; code == CODE_OK && !quiet && n < TRIES; n++)
			code = measure_sides(c, kernel[i], block,
					     rng_at(seed, KERNELS + kernel[i] * TRIES + n), &quiet);
	}
	return code;
}

static enum code measure_all(struct check *c)
{
	struct progress progress;
	enum code code = CODE_OK;

	progress_start(&progress, c->blocks * KERNELS);
	for (uint64_t b = 0; code == CODE_OK && b < c->blocks; b++)
		code = measure_block(c, b, &progress);
	progress_end(&progress);
	return code;
}

/* Kernel @k on our side and on @side. */
static struct agreement compare(struct check *c, unsigned k, enum side side)
{
	double ours[BLOCKS_MAX], theirs[BLOCKS_MAX];

	memcpy(ours, c->ns[k][OURS], sizeof ours);
	memcpy(theirs, c->ns[k][side], sizeof theirs);
	return agreement_of(arena_printf(&c->arena, "%s%s", kernels[k], sides[side].suffix),
			    ours, theirs, c->blocks, c->seed);
}

/* Print and write the table.  The worst of the verdicts. */
static enum code conclude(struct check *c)
{
	static const char *const word[] = { "HOLDS", "UNCLEAR", "FAILS" };
	static const enum code code[] = { CODE_OK, CODE_FAILED, CODE_CLAIM };
	const char *path = arena_printf(&c->arena, "%s/crosscheck.csv", c->dir);
	FILE *f = table_create(path);
	enum verdict worst = HOLDS;

	if (!f)
		return CODE_STORE;
	table_header(f, agreement_columns);
	agreement_print_head(stdout);
	for (unsigned k = 0; k < KERNELS; k++)
		for (enum side side = COUNTED; side < SIDES; side++) {
			struct agreement a = compare(c, k, side);
			enum verdict v = sides[side].judged ? agreement_judge(&a) : HOLDS;

			table_row(f, agreement_columns, &a);
			agreement_print(&a, sides[side].judged ? word[v] : "", stdout);
			worst = v > worst ? v : worst;
		}
	return table_commit(f, path) < 0 ? CODE_STORE : code[worst];
}

static int parse(struct check *c, int argc, char **argv)
{
	c->seed = clock_ns() & 0xffffffff;
	if (argc < 3 || argc > 4 || num_parse(argv[2], &c->blocks) < 0 || !c->blocks ||
	    c->blocks > BLOCKS_MAX || (argc == 4 && num_parse(argv[3], &c->seed) < 0))
		return fail("usage: crosscheck DIR BLOCKS [SEED], at most %d blocks", BLOCKS_MAX);
	c->dir = argv[1];
	return 0;
}

static enum code crosscheck(struct check *c)
{
	enum code code;

	if (supervise_init() < 0)
		return CODE_INTERNAL;
	c->lock = lock_take(c->dir);
	if (c->lock < 0)
		return c->lock == -2 ? CODE_LOCKED : CODE_STORE;
	if (plan(c) < 0)
		return CODE_INTERNAL;
	code = supervise_stopped() ? CODE_INTERRUPTED : measure_all(c);
	return code == CODE_OK ? conclude(c) : code;
}

int main(int argc, char **argv)
{
	static struct check check;
	struct trial t;
	int code;

	if (argc == 4 && !strcmp(argv[1], "trial"))
		return trial_parse(&t, argv[3], &check.arena) < 0 ? 1 :
		       trial_main(&t, atoi(argv[2]));
	if (parse(&check, argc, argv) < 0)
		return CODE_USAGE;
	code = (int)crosscheck(&check);
	arena_release(&check.arena);
	return code;
}

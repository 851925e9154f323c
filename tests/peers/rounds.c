/* rounds.c - the passes of a pair: how long they are, and both sides in turn. */
#include <math.h>
#include <string.h>

#include "contest.h"

enum { SIZES = 12 };

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

/* How many units we do in a pass, and what is right then; one that is long for once,
 * because somebody was in the way, does not decide.  Both sides do as many, but for
 * who knows only seconds. */
enum code contest_size(struct contest *c, unsigned k, const char *cpus, int server)
{
	struct trial *t = &c->trial[k][OURS];
	uint64_t pass_ns = (uint64_t)c->pair[k]->pass_ms * NS_PER_MS;
	enum code code = CODE_OK;
	struct ending e = { 0 };
	unsigned enough = 0;
	double ns;

	c->trial[k][OURS] = trial_of(c, c->pair[k], OURS, cpus, server);
	c->trial[k][THEIRS] = trial_of(c, c->pair[k], THEIRS, cpus, server);
	for (int i = 0; code == CODE_OK && !contest_skipped(c, k) && i < SIZES && enough < 2; i++) {
		uint64_t wall;

		code = measure(c, k, OURS, &ns, &e);
		if (code == CODE_OK && !contest_skipped(c, k) && !e.report.reps) {
			c->peer[k].reason = "its first trial failed";
			c->peer[k].verdict = "UNCLEAR";
		}
		wall = e.report.m[0].wall_ns;
		enough = wall < pass_ns / 2 ? 0 : enough + 1;
		if (!enough && i + 1 < SIZES)
			t->units *= wall < pass_ns / 50 ? 50 : pass_ns / wall + 1;
	}
	if (code != CODE_OK || contest_skipped(c, k))
		return code;
	c->trial[k][THEIRS].units = t->units;
	t->checksum = e.report.m[0].checksum;
	t->state = e.report.m[0].state;
	t->ops = e.report.m[0].ops;
	return CODE_OK;
}

/* CPU time a unit of a side that took @ns, which is NaN when it does not count. */
static double cpu_of(double ns, const struct ending *e)
{
	const struct measure *m = &e->report.m[0];

	return isnan(ns) ? NAN : (double)(m->user_ns + m->sys_ns) / (double)m->units;
}

void contest_conclude(struct contest *c, unsigned k, const struct round *row, size_t n)
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

	for (int i = 0; code == CODE_OK && !contest_skipped(c, k) && i < 2; i++) {
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

enum code contest_block(struct contest *c, unsigned k, uint64_t block, uint64_t seed)
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
		if (contest_skipped(c, k))
			return code;
		quiet += !isnan(row[n].ours_ns) && !isnan(row[n].theirs_ns);
	}
	if (code != CODE_OK)
		return code;
	contest_conclude(c, k, row, n);
	return blocks_append(&c->kept, row, n) < 0 ? CODE_STORE : CODE_OK;
}

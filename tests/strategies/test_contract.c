/*
 * What every strategy owes every workload: each task once, and the same
 * results, the same shared state and the same stream of operations as `single`.
 *
 * Every pair runs with 1, 2 and 7 workers (7 is more than many machines have
 * cores) as a real trial: this program executes itself as the supervisor
 * executes samework.  CONTRACT_STRATEGIES="fine gil" keeps only those, for the
 * builds whose race detector does not understand the others, CONTRACT_WORKERS="2"
 * only that number and CONTRACT_UNITS="10" fewer units of what is shared, for the
 * slow ones, and CONTRACT_WORKLOADS="counter" only that workload, for whoever
 * writes a new one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/supervise.h"
#include "pipeline/trial.h"
#include "strategies/pool.h"

enum {
	TASKS = 21,
	UNITS = 3,
	UNITS_SHARED = 100,	/* workers meet for a millisecond, not in passing;
				 * at the disk they meet anyhow */
	PAIRS_MAX = 4096,
};

/* Beside its defaults a workload runs with these. */
static const struct variant {
	const char *workload, *params;
} variants[] = {
	{ "relay", "accept=1" },
	{ "relay", "backend=0;accept=1" },
};
enum { VARIANTS = sizeof variants / sizeof *variants };

/* What `single` gave for a workload. */
struct expected {
	const struct workload *workload;
	const char *params;	/* "": its defaults */
	struct measure m;
	bool known, skipped;
};

struct pair {
	struct expected *expected;
	const struct strategy *strategy;
	unsigned workers;
	char name[96];
};

static struct arena arena;

/* All of @p, with those of @text in the place of their defaults. */
static const char *params_of(const struct param *p, const char *text)
{
	uint64_t value[64];

	assert_int_equal(spec_params_parse(p, text, value), 0);
	return spec_params(p, value, &arena);
}

static uint64_t units_of(const struct workload *w)
{
	const char *units = getenv("CONTRACT_UNITS");

	if (!w->shared_bytes || w->needs & 1 << OP_SYNC)
		return UNITS;
	return units ? strtoul(units, NULL, 10) : UNITS_SHARED;
}

static struct trial trial_of(const struct expected *x, const struct strategy *s,
			     unsigned workers)
{
	const struct workload *w = x->workload;

	return (struct trial){
		.id = 1, .experiment = "contract", .cell = "cell", .role = "cell",
		.block = 1, .position = 1,
		.workload = w->name, .strategy = s->name, .workers = workers,
		.params = params_of(w->params, x->params),
		.options = params_of(s->params, ""),
		.placement = "none", .cpus = "", .server_cpu = NONE, .oversubscribed = 1,
		.tasks = TASKS, .units = units_of(w), .reps = 2, .seed = 42,
		.timeout_ns = 60000000000, .checksum = NONE, .state = NONE, .ops = NONE,
	};
}

static void run(const struct pair *c, struct ending *e, struct outcome *o)
{
	struct trial t = trial_of(c->expected, c->strategy, c->workers);

	assert_int_equal(supervise(&t, -1, -1, e, o), 0);
}

/* Learn from `single`, once per workload. */
static void learn(struct expected *x)
{
	struct pair single = { .expected = x, .strategy = strategy_find("single"), .workers = 1 };
	struct ending e;
	struct outcome o;

	run(&single, &e, &o);
	if (o.status != STATUS_SKIPPED && !status_measured(o.status))
		fail_msg("%s under single: %s: %s", x->workload->name, status_name(o.status),
			 o.reason);
	x->m = e.report.m[0];
	x->known = true;
	x->skipped = o.status == STATUS_SKIPPED;
}

static void compare(const struct pair *c, const struct measure *m)
{
	const struct measure *x = &c->expected->m;
	uint64_t ops = c->strategy->opaque ? NONE : x->ops;

	assert_int_equal(m->tasks, TASKS);
	assert_int_equal(m->units, x->units);
	assert_int_equal(m->checksum, x->checksum);
	assert_int_equal(m->state, x->state);
	assert_int_equal(m->ops, ops);
}

static void matched(void **state)
{
	struct pair *c = *state;
	struct outcome o;
	struct ending e;

	if (!c->expected->known)
		learn(c->expected);
	if (c->expected->skipped)
		return;
	run(c, &e, &o);
	if (o.status == STATUS_NOT_APPLICABLE || o.status == STATUS_SKIPPED) {
		print_message("# %s: %s: %s\n", c->name, status_name(o.status), o.reason);
		return;
	}
	if (!status_measured(o.status))
		fail_msg("%s: %s: %s", c->name, status_name(o.status), o.reason);
	assert_int_equal(e.report.reps, 2);
	compare(c, &e.report.m[0]);
	compare(c, &e.report.m[1]);
}

/* True when environment variable @names is not set, or lists @name. */
static bool wanted(const char *names, const char *name)
{
	const char *only = getenv(names);
	char list[256], *word, *rest = list;

	if (!only)
		return true;
	snprintf(list, sizeof list, "%s", only);
	while ((word = strsep(&rest, " ")))
		if (!strcmp(word, name))
			return true;
	return false;
}

/* Append the pairs of @x and @s to both tables; how many there are then. */
static size_t add_pairs(struct expected *x, const struct strategy *s, struct pair *pair,
			struct CMUnitTest *test, size_t n)
{
	static const unsigned workers[] = { 1, 2, 7 };

	for (size_t k = 0; k < 3; k++) {
		struct pair *c = &pair[n];
		char number[12];

		if (s->max_workers && workers[k] > s->max_workers)
			continue;
		snprintf(number, sizeof number, "%u", workers[k]);
		if (!wanted("CONTRACT_WORKERS", number))
			continue;
		if (s->opaque && workers[k] != 2)	/* slow to start */
			continue;
		*c = (struct pair){ x, s, workers[k], "" };
		snprintf(c->name, sizeof c->name, "%s%s%s/%s/%u", x->workload->name,
			 *x->params ? " " : "", x->params, s->name, workers[k]);
		test[n++] = (struct CMUnitTest){ c->name, matched, NULL, NULL, c };
	}
	return n;
}

/* What is to run: every workload, and the variants. */
static struct expected *make_expected(void)
{
	static struct expected expected[256];
	size_t n = 0;

	for (size_t w = 0; workloads[w]; w++)
		expected[n++] = (struct expected){ .workload = workloads[w], .params = "" };
	for (size_t v = 0; v < VARIANTS; v++)
		expected[n++] = (struct expected){ .workload = workload_find(variants[v].workload),
						   .params = variants[v].params };
	return expected;
}

static size_t make_pairs(struct pair *pair, struct CMUnitTest *test)
{
	size_t n = 0;

	for (struct expected *x = make_expected(); x->workload; x++) {
		if (!wanted("CONTRACT_WORKLOADS", x->workload->name))
			continue;
		for (const struct strategy *const *s = strategies; *s; s++)
			if (wanted("CONTRACT_STRATEGIES", (*s)->name))
				n = add_pairs(x, *s, pair, test, n);
	}
	return n;
}

int main(int argc, char **argv)
{
	static struct pair cell[PAIRS_MAX];
	static struct CMUnitTest test[PAIRS_MAX];
	struct trial t;
	int failed;

	if (argc == 4 && !strcmp(argv[1], "trial"))
		return trial_parse(&t, argv[3], &arena) < 0 ? 1 : trial_main(&t, atoi(argv[2]));
	if (argc == 4 && !strcmp(argv[1], "worker"))
		return pool_exec_worker(argv[2], argv[3]) < 0;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (supervise_init() < 0)
		return 1;
	failed = _cmocka_run_group_tests("contract", test, make_pairs(cell, test), NULL, NULL);
	arena_release(&arena);
	return failed;
}

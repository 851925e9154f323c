/* A plan is every cell once a block, in an order and under ids that depend on
 * nothing but what is asked for.  Planned for machines that do not exist. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "pipeline/capture.h"
#include "pipeline/plan.h"
#include "pipeline/specfile.h"

/* 2 x (1 single + 3 strategies x 3) cells, and 2 twins, on 2 CPUs. */
static const char first[] = "title: t\nquestion: q\n"
	"workloads: [ledger, {name: delay, as: far, params: {delay: 2ms}, units: 5}]\n"
	"strategies: [single, {name: gil, as: gil-50us, params: {interval: 50us}}, fork, async]\n"
	"workers: [1, 2, 4, max]\n";
enum { CELLS = 20, TWINS = 2 };

/* No `single`: the first cell is the baseline. */
static const char second[] = "title: t\nquestion: q\nworkloads: [primes]\n"
	"strategies: [fine, fork]\nworkers: [2]\nplacements: [compact, none]\n"
	"timeout: 7s\n";
enum { CELLS_2 = 4, TWINS_2 = 1 };

struct fixture {
	struct arena arena;
	struct specfile file;
	struct spec spec[2];
	struct topology *two;	/* 2 cores */
	struct plan plan;
};

static int setup(void **state)
{
	static const char *const text[] = { first, second };
	static struct fixture f;

	f = (struct fixture){ .two = topology_load("pack:1 core:2 pu:1") };
	*state = &f;
	for (int i = 0; i < 2; i++)
		if (specfile_write(&f.file, text[i], strlen(text[i])) ||
		    spec_read(&f.spec[i], f.file.path, 2, &f.arena))
			return -1;
	f.spec[1].name = "second";
	return f.two ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	topology_free(f->two);
	arena_release(&f->arena);
	specfile_remove(&f->file);
	return 0;
}

static struct plan make(struct fixture *f, const char *profile,
			const struct filter *filter, uint64_t seed)
{
	struct plan p;

	assert_int_equal(plan_make(&p, f->spec, 2, f->two, profile_find(profile), filter,
				   seed, &f->arena), 0);
	return p;
}

/* The trial of @cell and @role in block 1, or fail. */
static const struct trial *find(const struct plan *p, const char *cell, const char *role)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->trial[i].block == 1 && !strcmp(p->trial[i].cell, cell) &&
		    !strcmp(p->trial[i].role, role))
			return &p->trial[i];
	fail_msg("no %s %s", role, cell);
	return NULL;
}

static size_t count(const struct plan *p, uint64_t block, const char *experiment,
		    const char *role)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->trial[i].block == block && !strcmp(p->trial[i].role, role) &&
			!strcmp(p->trial[i].experiment, experiment);
	return n;
}

static void test_blocks(void **state)
{
	struct fixture *f = *state;
	struct plan p = make(f, "quick", NULL, 1);
	uint64_t position = 0;

	assert_int_equal(p.n, 6 * (CELLS + TWINS + CELLS_2 + TWINS_2));
	for (uint64_t b = 1; b <= 6; b++) {
		assert_int_equal(count(&p, b, "try", "cell"), CELLS - 2);
		assert_int_equal(count(&p, b, "try", "baseline"), 2);
		assert_int_equal(count(&p, b, "try", "twin"), TWINS);
		assert_int_equal(count(&p, b, "second", "cell"), CELLS_2 - 1);
		assert_int_equal(count(&p, b, "second", "baseline"), 1);
		assert_int_equal(count(&p, b, "second", "twin"), TWINS_2);
	}
	for (size_t i = 0; i < p.n; i++) {
		position = i && p.trial[i].block == p.trial[i - 1].block ? position + 1 : 1;
		assert_int_equal(p.trial[i].position, position);
		assert_true(!i || p.trial[i].block >= p.trial[i - 1].block);
	}
}

/* An experiment is one stretch of its block. */
static void test_stretches(void **state)
{
	struct fixture *f = *state;
	struct plan p = make(f, "default", NULL, 5);
	unsigned changes = 0, second_first = 0;

	for (size_t i = 0; i < p.n; i++) {
		bool other = i && strcmp(p.trial[i].experiment, p.trial[i - 1].experiment);

		changes += other && p.trial[i].block == p.trial[i - 1].block;
		second_first += p.trial[i].position == 1 && *p.trial[i].experiment == 's';
	}
	assert_int_equal(changes, 9);
	assert_in_range(second_first, 1, 8);
}

static int by_id(const void *a, const void *b)
{
	uint64_t x = ((const struct trial *)a)->id, y = ((const struct trial *)b)->id;

	return x < y ? -1 : x > y;
}

/* The seed changes the order and the random numbers, but not what is run. */
static void test_seed(void **state)
{
	struct fixture *f = *state;
	struct plan p = make(f, "default", NULL, 1), q = make(f, "default", NULL, 1);
	struct plan r = make(f, "default", NULL, 2);
	size_t moved = 0;

	assert_int_equal(p.n, r.n);
	for (size_t i = 0; i < p.n; i++) {
		assert_int_equal(p.trial[i].id, q.trial[i].id);
		assert_int_equal(p.trial[i].seed, p.trial[0].seed);
		moved += p.trial[i].id != r.trial[i].id;
	}
	assert_true(moved > p.n / 2);
	assert_int_not_equal(p.trial[0].seed, r.trial[0].seed);
	qsort(p.trial, p.n, sizeof *p.trial, by_id);
	qsort(r.trial, r.n, sizeof *r.trial, by_id);
	for (size_t i = 0; i < p.n; i++) {
		assert_int_equal(p.trial[i].id, r.trial[i].id);
		assert_true(!i || p.trial[i].id != p.trial[i - 1].id);
	}
}

/* Blocks differ in order, each cell comes early and late. */
static void test_shuffled(void **state)
{
	struct fixture *f = *state;
	struct plan p = make(f, "full", NULL, 3);
	const char *cell = p.trial[0].cell;
	uint64_t least = UINT64_MAX, most = 0;

	for (size_t i = 0; i < p.n; i++)
		if (!strcmp(p.trial[i].cell, cell)) {
			least = p.trial[i].position < least ? p.trial[i].position : least;
			most = p.trial[i].position > most ? p.trial[i].position : most;
		}
	assert_true(least <= 5 && most >= 18);
}

/* Ids are of what is run, not of where. */
static void test_ids(void **state)
{
	struct fixture *f = *state;
	struct topology *large = topology_load("pack:2 core:2 pu:2");
	struct plan p = make(f, "default", NULL, 1), q;
	const struct trial *here, *there;

	assert_non_null(large);
	assert_int_equal(plan_make(&q, f->spec, 1, large, profile_find("default"), NULL, 7,
				   &f->arena), 0);
	here = find(&p, "ledger/fork/compact/4", "cell");
	there = find(&q, "ledger/fork/compact/4", "cell");
	topology_free(large);
	assert_int_equal(here->id, there->id);
	assert_string_not_equal(here->cpus, there->cpus);
}

static void test_trial(void **state)
{
	struct fixture *f = *state;
	struct plan p = make(f, "default", NULL, 1);
	const struct trial *t = find(&p, "far/gil-50us/compact/4", "cell");

	assert_string_equal(t->workload, "delay");
	assert_string_equal(t->params, "delay=2000000;bytes=64;work=0");
	assert_string_equal(t->strategy, "gil");
	assert_string_equal(t->options, "interval=50000");
	assert_string_equal(t->placement, "compact");
	assert_string_equal(t->cpus, "0;1;0;1");
	assert_int_equal(t->server_cpu, 1);
	assert_int_equal(t->oversubscribed, 1);
	assert_int_equal(t->tasks, 840);
	assert_int_equal(t->units, 5);
	assert_int_equal(t->reps, 1);
	assert_int_equal(t->timeout_ns, (uint64_t)10 * NS_PER_SEC);
	assert_true(t->checksum == NONE && t->state == NONE && t->ops == NONE);
	assert_true(t->seed < (uint64_t)1 << 53);
	t = find(&p, "far/async/compact/4", "cell");
	assert_int_equal(t->oversubscribed, 0);
	t = find(&p, "ledger/single/compact/1", "twin");
	assert_true(t->units == NONE);
	assert_string_equal(t->cpus, "0");
	t = find(&p, "primes/fork/none/2", "cell");
	assert_string_equal(t->cpus, "");
	assert_true(t->server_cpu == NONE);
	assert_int_equal(t->oversubscribed, 0);
	assert_int_equal(t->timeout_ns, (uint64_t)7 * NS_PER_SEC);
	find(&p, "primes/fine/compact/2", "baseline");
}

static void test_filter(void **state)
{
	static const struct filter gil4 = { "ledger", "gil", "4" };
	static const struct filter max = { NULL, "fork,async", "max" };
	struct fixture *f = *state;
	struct plan p = make(f, "smoke", &gil4, 1);

	assert_int_equal(p.n, 2 * 3);
	find(&p, "ledger/single/compact/1", "baseline");
	find(&p, "ledger/single/compact/1", "twin");
	find(&p, "ledger/gil-50us/compact/4", "cell");
	p = make(f, "smoke", &max, 1);
	assert_int_equal(p.n, 2 * (2 * (2 + 2) + 2 + 2));
	find(&p, "far/async/compact/2", "cell");
	find(&p, "primes/fine/compact/2", "twin");
	find(&p, "primes/fork/none/2", "cell");
}

static void test_filter_unknown(void **state)
{
	static const struct {
		struct filter filter;
		const char *said;
	} cases[] = {
		{ { "ledgr", NULL, NULL }, "samework: unknown workload 'ledgr', did you mean "
			"'ledger'? known: ledger, delay, far, primes\n" },
		{ { NULL, "single,fine,openmp", NULL }, "samework: unknown strategy 'openmp', "
			"known: single, gil, gil-50us, fork, async, fine\n" },
		{ { NULL, NULL, "1,3" }, "samework: unknown number of workers '3', known: 1, 2, "
			"4, max\n" },
		{ { NULL, NULL, "," }, "samework: no number of workers is named in ','\n" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct capture c = capture_start();
		struct plan p;
		char said[512];
		int rc = plan_make(&p, f->spec, 2, f->two, profile_find("smoke"),
				   &cases[i].filter, 1, &f->arena);

		capture_stop(&c, said, sizeof said);
		assert_int_equal(rc, -1);
		assert_string_equal(said, cases[i].said);
	}
}

/* Written, read and written again, a plan is the same bytes. */
static void test_file(void **state)
{
	struct fixture *f = *state;
	struct plan p = make(f, "quick", NULL, 1), q;
	char *path = f->file.path;

	p.trial[0].checksum = 12345;
	p.trial[1].units = 99;
	assert_int_equal(plan_write(&p, path), 0);
	assert_int_equal(plan_read(&q, path, &f->arena), 0);
	assert_int_equal(p.n, q.n);
	for (size_t i = 0; i < p.n; i++) {
		char *a, *b;
		size_t n;
		FILE *m = open_memstream(&a, &n);

		table_row(m, plan_columns, &p.trial[i]);
		fclose(m);
		m = open_memstream(&b, &n);
		table_row(m, plan_columns, &q.trial[i]);
		fclose(m);
		assert_string_equal(a, b);
		free(a);
		free(b);
	}
	assert_true(q.trial[2].units == p.trial[2].units);
	assert_int_equal(q.trial[0].checksum, 12345);
}

static void test_estimate(void **state)
{
	static const struct filter one = { "primes", "fine", "2" };
	static const struct filter io = { "far", "single,async", "4" };
	struct fixture *f = *state;
	const struct profile *profile = profile_find("default");
	uint64_t trial = 19 * (uint64_t)NS_PER_MS, pass = 100 * (uint64_t)NS_PER_MS;
	struct plan p = make(f, "default", &one, 1);

	/* compact, its twin, none: two workers on two CPUs */
	assert_int_equal(p.n, 9 * 3);
	assert_int_equal(plan_estimate(&p, profile), 27 * (trial + 2 * pass / 2));
	p = make(f, "default", &io, 1);
	/* single, its twin, and four waits at a time */
	assert_int_equal(plan_estimate(&p, profile),
			 9 * (2 * (trial + 2 * pass) + trial + 2 * pass / 4));
}

static void test_print(void **state)
{
	struct fixture *f = *state;
	struct plan p = make(f, "smoke", NULL, 1);
	size_t n, lines = 0;
	char *text;
	FILE *out = open_memstream(&text, &n);

	plan_print(&p, profile_find("smoke"), true, out);
	fclose(out);
	for (const char *s = text; (s = strchr(s, '\n')); s++)
		lines++;
	assert_int_equal(lines, p.n + 3);
	assert_non_null(strstr(text, "try                      20 cells   2 blocks     44 trials\n"));
	assert_non_null(strstr(text, "second                    4 cells   2 blocks     10 trials\n"));
	free(text);
}

static void test_profiles(void **state)
{
	(void)state;
	for (const struct profile *p = profiles; p->name; p++) {
		assert_ptr_equal(profile_find(p->name), p);
		/* below six blocks no interval has 95 % coverage */
		assert_int_equal(p->verdicts, p->blocks >= 6);
	}
	assert_null(profile_find("fast"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_blocks, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stretches, setup, teardown),
		cmocka_unit_test_setup_teardown(test_seed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_shuffled, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ids, setup, teardown),
		cmocka_unit_test_setup_teardown(test_trial, setup, teardown),
		cmocka_unit_test_setup_teardown(test_filter, setup, teardown),
		cmocka_unit_test_setup_teardown(test_filter_unknown, setup, teardown),
		cmocka_unit_test_setup_teardown(test_file, setup, teardown),
		cmocka_unit_test_setup_teardown(test_estimate, setup, teardown),
		cmocka_unit_test_setup_teardown(test_print, setup, teardown),
		cmocka_unit_test(test_profiles),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

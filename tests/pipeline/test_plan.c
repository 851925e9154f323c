/* A plan is every cell once a block, in an order and under ids that depend on
 * nothing but what is asked for. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/planned.h"

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
	struct plan p = planned_make(f, "quick", NULL, 1);
	const uint64_t blocks = profile_find("quick")->blocks;
	uint64_t position = 0;

	assert_int_equal(p.n, blocks * (CELLS + TWINS + CELLS_2 + TWINS_2));
	for (uint64_t b = 1; b <= blocks; b++) {
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
	struct plan p = planned_make(f, "full", NULL, 5);
	unsigned changes = 0, second_first = 0, blocks = profile_find("full")->blocks;

	for (size_t i = 0; i < p.n; i++) {
		bool other = i && strcmp(p.trial[i].experiment, p.trial[i - 1].experiment);

		changes += other && p.trial[i].block == p.trial[i - 1].block;
		second_first += p.trial[i].position == 1 && *p.trial[i].experiment == 's';
	}
	assert_int_equal(changes, blocks);
	assert_in_range(second_first, 1, blocks - 1);
}

/* Cell @n of experiment @name in @block, in the order in which they run. */
static const struct trial *nth(const struct plan *p, uint64_t block, const char *name, size_t n)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->trial[i].block == block && !strcmp(p->trial[i].experiment, name) && !n--)
			return &p->trial[i];
	fail_msg("%s has not so many cells in block %d", name, (int)block);
	return NULL;
}

/* No two blocks run the cells of an experiment in one order. */
static void test_orders(void **state)
{
	struct fixture *f = *state;
	struct plan p = planned_make(f, "full", NULL, 3);
	unsigned blocks = profile_find("full")->blocks;

	for (uint64_t b = 2; b <= blocks; b++)
		for (uint64_t other = 1; other < b; other++) {
			size_t same = 0;

			for (size_t i = 0; i < CELLS + TWINS; i++) {
				const struct trial *x = nth(&p, b, "try", i), *y = nth(&p, other, "try", i);

				same += !strcmp(x->cell, y->cell) && !strcmp(x->role, y->role);
			}
			assert_true(same < CELLS);
		}
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
	struct plan p = planned_make(f, "default", NULL, 1), q = planned_make(f, "default", NULL, 1);
	struct plan r = planned_make(f, "default", NULL, 2);
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
	struct plan p = planned_make(f, "full", NULL, 3);
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
	struct plan p = planned_make(f, "default", NULL, 1), q;
	const struct trial *here, *there;

	assert_non_null(large);
	assert_int_equal(plan_make(&q, f->spec, 1, large, profile_find("default"), NULL, 7,
				   &f->arena), 0);
	here = planned_find(&p, "ledger/fork/compact/4", "cell");
	there = planned_find(&q, "ledger/fork/compact/4", "cell");
	topology_free(large);
	assert_int_equal(here->id, there->id);
	assert_string_not_equal(here->cpus, there->cpus);
}

/* What differs in anything that is run is another trial. */
static void test_ids_differ(void **state)
{
	struct fixture *f = *state;
	struct plan p = planned_make(f, "default", NULL, 1), q;
	const struct trial *t = planned_find(&p, "far/fork/compact/2", "cell");
	uint64_t *const change[] = { &f->spec->workload[1].units, &f->spec->workload[1].tasks };

	for (size_t i = 0; i < p.n; i++)
		for (size_t k = 0; k < i; k++)
			assert_int_not_equal(p.trial[i].id, p.trial[k].id);
	for (size_t i = 0; i < 2; i++) {
		++*change[i];
		q = planned_make(f, "default", NULL, 1);
		assert_int_not_equal(planned_find(&q, "far/fork/compact/2", "cell")->id, t->id);
		--*change[i];
	}
	q = planned_make(f, "default", NULL, 1);
	assert_int_equal(planned_find(&q, "far/fork/compact/2", "cell")->id, t->id);
}

static void test_trial(void **state)
{
	struct fixture *f = *state;
	struct plan p = planned_make(f, "default", NULL, 1);
	const struct trial *t = planned_find(&p, "far/gil-50us/compact/4", "cell");

	assert_string_equal(t->workload, "delay");
	assert_string_equal(t->params, "delay=2000000;bytes=64;work=0;law=fixed;transport=tcp;rate=0;"
			    "arrivals=fixed;stall=0;every=1000");
	assert_string_equal(t->strategy, "gil");
	assert_string_equal(t->options, "interval=50000;forced=on;poll=op;trace=off;main=off;slack=1");
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
	assert_string_equal(t->ends, "timeout");
	t = planned_find(&p, "far/async/compact/4", "cell");
	assert_string_equal(t->ends, "");
	assert_int_equal(t->oversubscribed, 0);
	t = planned_find(&p, "ledger/single/compact/1", "twin");
	assert_true(t->units == NONE);
	assert_string_equal(t->ends, "");
	assert_string_equal(t->cpus, "0");
	t = planned_find(&p, "primes/fork/none/2", "cell");
	assert_string_equal(t->cpus, "");
	assert_true(t->server_cpu == NONE);
	assert_int_equal(t->oversubscribed, 0);
	assert_int_equal(t->timeout_ns, (uint64_t)7 * NS_PER_SEC);
	planned_find(&p, "primes/fine/compact/2", "baseline");
}

/* Both workers on the first CPU; and the server on it, when they are on the other. */
static void test_first_cpu(void **state)
{
	static const struct { const char *placement, *cpus; uint64_t server, many; } cases[] = {
		{ "0.0", "0;0", 1, 1 }, { "1.1", "1;1", 0, 1 }, { "0.1", "0;1", 1, 0 },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct spec spec;
		struct plan p;
		char text[256];
		int n = snprintf(text, sizeof text, "title: t\nquestion: q\nworkloads: [echo]\n"
				 "strategies: [fine]\nworkers: [2]\nplacements: ['%s']\n",
				 cases[i].placement);

		assert_int_equal(specfile_write(&f->file, text, (size_t)n), 0);
		assert_int_equal(spec_read(&spec, f->file.path, 2, &f->arena), 0);
		assert_int_equal(plan_make(&p, &spec, 1, f->two, profile_find("smoke"), NULL, 1,
					   &f->arena), 0);
		assert_string_equal(p.trial[0].cpus, cases[i].cpus);
		assert_int_equal(p.trial[0].server_cpu, cases[i].server);
		assert_int_equal(p.trial[0].oversubscribed, cases[i].many);
	}
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
	/* one block may be lost */
	assert_true(profile_find("quick")->blocks > 6);
	/* 13 claims may fail, though Holm multiplies the least p of the sign test */
	assert_true(13. * 2 / (double)(1ul << profile_find("default")->blocks) <= .05);
	assert_true(profile_find("full")->stop_width == .01);
	assert_true(isnan(profile_find("default")->stop_width));
	assert_int_equal(profile_find("default")->pass_ns, 100 * NS_PER_MS);
	assert_int_equal(profile_find("full")->pass_ns, 200 * NS_PER_MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_blocks, planned_setup, planned_teardown),
		cmocka_unit_test_setup_teardown(test_orders, planned_setup, planned_teardown),
		cmocka_unit_test_setup_teardown(test_stretches, planned_setup, planned_teardown),
		cmocka_unit_test_setup_teardown(test_seed, planned_setup, planned_teardown),
		cmocka_unit_test_setup_teardown(test_shuffled, planned_setup, planned_teardown),
		cmocka_unit_test_setup_teardown(test_ids, planned_setup, planned_teardown),
		cmocka_unit_test_setup_teardown(test_ids_differ, planned_setup, planned_teardown),
		cmocka_unit_test_setup_teardown(test_trial, planned_setup, planned_teardown),
		cmocka_unit_test_setup_teardown(test_first_cpu, planned_setup, planned_teardown),
		cmocka_unit_test(test_profiles),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

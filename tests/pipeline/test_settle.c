/*
 * Stopping early: on the width of every interval, after 12, 15 or 20 blocks, and
 * whatever the ratio is.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "pipeline/settle.h"

enum { BLOCKS = 22, CELLS = 3, N = BLOCKS * CELLS };

static struct trial trial[N];
static double wall[N];
static const struct plan plan = { trial, N };

/* One experiment: a baseline, its twin and a cell @ratio times as slow, which
 * differs from block to block by @noise. */
static void make(double ratio, double noise)
{
	static const char *const role[] = { "baseline", "twin", "cell" };

	for (size_t i = 0; i < N; i++) {
		uint64_t block = i / CELLS + 1;
		double drift = 1 + .1 * (double)(block % 5);	/* cancels in the block */

		trial[i] = (struct trial){
			.experiment = "e", .role = role[i % CELLS], .block = block,
			.cell = i % CELLS == 2 ? "primes/fine/compact/2" : "primes/single/compact/1",
			.stop_width = .02,
		};
		wall[i] = 1e9 * drift;
		if (i % CELLS == 2)
			wall[i] *= ratio * (1 + noise * ((double)(block % 4) - 1.5));
	}
}

static bool at(uint64_t block)
{
	return settled(&plan, wall, (block - 1) * CELLS + 1);
}

static void test_narrow(void **state)
{
	(void)state;
	make(.5, .001);
	for (uint64_t b = 1; b <= 12; b++)
		assert_false(at(b));
	for (uint64_t b = 13; b <= BLOCKS; b++)
		assert_true(at(b));
}

/* What the ratio says has no part in it. */
static void test_ratio_is_nothing(void **state)
{
	(void)state;
	make(1, .001);
	assert_true(at(13));
	make(7, .001);
	assert_true(at(13));
	make(7, .01);	/* 3 % wide, of a small ratio */
	assert_false(at(13));
}

static void test_wide(void **state)
{
	(void)state;
	make(.5, .1);
	for (uint64_t b = 1; b <= BLOCKS; b++)
		assert_false(at(b));
}

/* Wide only at the beginning: seen at the next look, not before. */
static void test_looks(void **state)
{
	(void)state;
	make(.5, .001);
	for (uint64_t b = 1; b <= 3; b++)
		wall[(b - 1) * CELLS + 2] *= 2;
	for (uint64_t b = 13; b <= 15; b++)
		assert_false(at(b));
	assert_true(at(16));
}

/* Blocks that were not run, or do not count, are not waited for; too few make
 * no interval. */
static void test_missing(void **state)
{
	(void)state;
	make(.5, .001);
	wall[2] = wall[3] = NAN;	/* a cell, and a baseline */
	assert_true(at(13));
	for (uint64_t b = 3; b <= 12; b++)
		wall[(b - 1) * CELLS + 2] = NAN;
	assert_false(at(13));
}

/* Each workload is held against its own baseline, which drifts as it likes; and the
 * end of an experiment is its own. */
static void test_others(void **state)
{
	static const struct { const char *experiment, *single, *fine; double noise; } set[] = {
		{ "e", "primes/single/compact/1", "primes/fine/compact/2", .001 },
		{ "e", "primes-b/single/compact/1", "primes-b/fine/compact/2", .001 },
		{ "f", "primes/single/compact/1", "primes/fine/compact/2", .1 },
	};
	enum { SETS = sizeof set / sizeof *set, BLOCK = SETS * CELLS };
	static struct trial t[SETS * N];
	static double ns[SETS * N];
	const struct plan all = { t, SETS * N };

	(void)state;
	for (size_t k = 0; k < SETS; k++) {
		make(.5, set[k].noise);
		for (size_t i = 0; i < N; i++) {
			size_t at = i / CELLS * BLOCK + k * CELLS + i % CELLS;

			t[at] = trial[i];
			t[at].experiment = set[k].experiment;
			t[at].cell = i % CELLS == 2 ? set[k].fine : set[k].single;
			ns[at] = wall[i] * (1 + (double)(k * trial[i].block % 3));
		}
	}
	assert_true(settled(&all, ns, 12 * BLOCK));
	assert_true(settled(&all, ns, 12 * BLOCK + CELLS));
	assert_false(settled(&all, ns, 12 * BLOCK + 2 * CELLS));
}

static void test_never(void **state)
{
	(void)state;
	make(.5, 0);
	for (size_t i = 0; i < N; i++)
		trial[i].stop_width = NAN;
	assert_false(at(22));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_narrow),
		cmocka_unit_test(test_ratio_is_nothing),
		cmocka_unit_test(test_wide),
		cmocka_unit_test(test_looks),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_never),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The histogram: every value has one bucket, and a bucket is narrow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/hist.h"
#include "base/rng.h"

static int setup(void **state)
{
	*state = calloc(2, sizeof(struct hist));
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

static void assert_bucket(uint64_t v)
{
	unsigned i = hist_bucket(v);

	assert_true(i < HIST_BUCKETS);
	assert_true(hist_lo(i) <= v);
	assert_true(v < hist_hi(i) || v == UINT64_MAX);
}

static void test_buckets(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit < 64; bit++)
		for (uint64_t off = 0; off < 3; off++)
			assert_bucket(((uint64_t)1 << bit) - 1 + off);
	for (uint64_t i = 0; i < 10000; i++)
		assert_bucket(rng_at(1, i) >> i % 64);
	assert_int_equal(hist_bucket(0), 0);
	assert_int_equal(hist_bucket(UINT64_MAX), HIST_BUCKETS - 1);
}

/* Buckets follow each other without a gap, each under 0.8 % wide. */
static void test_widths(void **state)
{
	(void)state;
	assert_int_equal(hist_lo(0), 0);
	for (unsigned i = 0; i + 1 < HIST_BUCKETS; i++) {
		uint64_t width = hist_hi(i) - hist_lo(i);

		assert_true(hist_hi(i) == hist_lo(i + 1));
		assert_true(width >= 1);
		assert_true(width == 1 || width <= hist_lo(i) / 128);
	}
}

static void test_empty(void **state)
{
	struct hist *h = *state;

	assert_int_equal(hist_quantile(h, .5), 0);
	assert_int_equal(h->n, 0);
	assert_false(hist_supports(h, .5));
	hist_add(h, 0);
	assert_int_equal(hist_quantile(h, .5), 0);
	assert_int_equal(h->n, 1);
}

/* Below 128 every value has its own bucket: quantiles are exact, rank ceil(q n). */
static void test_small(void **state)
{
	struct hist *h = *state;

	for (uint64_t v = 1; v <= 100; v++)
		hist_add(h, v);
	assert_int_equal(hist_quantile(h, .5), 50);
	assert_int_equal(hist_quantile(h, .9), 90);
	assert_int_equal(hist_quantile(h, .99), 99);
	assert_int_equal(hist_quantile(h, 1), 100);
	assert_int_equal(hist_quantile(h, .001), 1);
	assert_int_equal(h->min, 1);
	assert_int_equal(h->max, 100);
	assert_int_equal(h->sum, 5050);
}

static void test_precision(void **state)
{
	struct hist *h = *state;

	for (uint64_t v = 1; v <= 100000; v++)
		hist_add(h, v * 1000);
	for (int i = 1; i <= 99; i++) {
		double want = i * 1e6, got = (double)hist_quantile(h, i / 100.);

		assert_true(got > want * .996 && got < want * 1.004);
	}
}

/* The midpoint of a wide bucket is never beyond what was measured. */
static void test_clamped(void **state)
{
	struct hist *h = *state;

	hist_add(h, 1000001);	/* below the middle of its bucket */
	assert_int_equal(hist_quantile(h, .5), 1000001);
	assert_int_equal(hist_quantile(h, 1), 1000001);
	memset(h, 0, sizeof *h);
	hist_add(h, 1003000);	/* above it */
	assert_int_equal(hist_quantile(h, .5), 1003000);
	hist_add(h, UINT64_MAX);
	assert_true(hist_quantile(h, 1) > UINT64_MAX / 2);
}

/* Merged, two halves are the whole. */
static void test_merge(void **state)
{
	struct hist *h = *state, *other = h + 1, *empty = calloc(1, sizeof *empty);

	assert_non_null(empty);
	for (uint64_t v = 50; v < 100; v++)
		hist_add(h, v);
	for (uint64_t v = 0; v < 50; v++)
		hist_add(other, v);
	hist_merge(h, empty);
	assert_int_equal(h->min, 50);
	hist_merge(h, other);
	assert_int_equal(h->n, 100);
	assert_int_equal(h->sum, 4950);
	assert_int_equal(h->min, 0);
	assert_int_equal(h->max, 99);
	assert_int_equal(hist_quantile(h, .5), 49);
	assert_int_equal(hist_quantile(h, .495), 49);	/* between two: the greater */
	assert_int_equal(hist_quantile(h, .01), 0);
	hist_merge(empty, h);
	assert_memory_equal(empty, h, sizeof *h);
	free(empty);
}

/* Ten values beyond it, or no percentile. */
static void test_supports(void **state)
{
	struct hist *h = *state;

	h->n = 1000;
	assert_true(hist_supports(h, .5));
	assert_true(hist_supports(h, .9));
	h->n = 900;
	assert_false(hist_supports(h, .99));
	h->n = 1100;
	assert_true(hist_supports(h, .99));
	assert_false(hist_supports(h, .999));
	h->n = 20;
	assert_true(hist_supports(h, .5));
	h->n = 19;
	assert_false(hist_supports(h, .5));
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_buckets), cmocka_unit_test(test_widths),
		T(test_empty), T(test_small), T(test_precision), T(test_clamped),
		T(test_merge), T(test_supports),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

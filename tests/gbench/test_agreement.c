/* What is made of the times of two tools: whose is above the line, and when they agree. */
#include "gbench/agreement.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* A block in which one side was disturbed is left out on both. */
static void ours_is_over_theirs(void **state)
{
	double ours[] = { 208, NAN, 202, 204, 214, 206, 210, 212 };
	double theirs[] = { 100, 100, 100, 100, 100, 100, 100, 100 };
	struct agreement a = agreement_of("x", ours, theirs, 8, 7);

	(void)state;
	assert_string_equal(a.kernel, "x");
	assert_int_equal(a.n, 7);
	assert_int_equal(a.seed, 7);
	assert_true(a.ours_ns == 208 && a.theirs_ns == 100 && a.ratio == 2.08);
	assert_true(a.lo == 2.02 && a.hi == 2.14 && a.level == 1 - 2. / 128);
}

/* The ratio is taken within a block: what both have in common is no difference. */
static void blocks_are_compared(void **state)
{
	double ours[] = { 10, 20, 30, 40, 50, 60 }, theirs[] = { 20, 40, NAN, 80, 100, 120 };
	struct agreement a = agreement_of("x", ours, theirs, 6, 1);

	(void)state;
	assert_int_equal(a.n, 5);
	assert_true(a.ratio == .5 && a.ours_ns == 40 && a.theirs_ns == 80);
	assert_true(isnan(a.lo) && isnan(a.hi));
}

static void agreement_is_judged(void **state)
{
	static const struct {
		uint64_t n;
		double ratio, lo, hi;
		enum verdict verdict;
	} cases[] = {
		{ 6, .98, .97, .99, HOLDS }, { 6, 1.02, 1.01, 1.03, HOLDS },
		{ 6, .979, .97, .99, FAILS }, { 6, 1.021, 1.01, 1.03, FAILS },
		{ 6, .9, .8, 1, HOLDS }, { 6, 1.1, 1, 1.2, HOLDS },
		{ 5, 1, NAN, NAN, UNCLEAR },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct agreement a = { .n = cases[i].n, .ratio = cases[i].ratio,
				       .lo = cases[i].lo, .hi = cases[i].hi };

		assert_int_equal(agreement_judge(&a), cases[i].verdict);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ours_is_over_theirs),
		cmocka_unit_test(blocks_are_compared),
		cmocka_unit_test(agreement_is_judged),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("agreement", tests, NULL, NULL);
}

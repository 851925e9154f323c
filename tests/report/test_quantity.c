/* Numbers for people: short, with a unit, and never a made-up one. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/quantity.h"

#define DASH "\xe2\x80\x93"
#define US "\xc2\xb5s"

static void scales_to_the_unit(void **state)
{
	static const struct {
		double v;
		const char *unit, *text;
	} cases[] = {
		{ 0, "ns", "0 ns" }, { 0.5, "ns", "0.5000 ns" }, { 26.6137274, "ns", "26.61 ns" },
		{ 999, "ns", "999.0 ns" }, { 1000, "ns", "1.000 " US },
		{ 95449979, "ns", "95.45 ms" }, { 6.2e9, "ns", "6.200 s" },
		{ 3.6e12, "ns", "3600 s" }, { 123205.894, "1/s", "123.2 k" },
		{ 12.5, "1/s", "12.50" }, { 2.5e9, "1/s", "2.500 G" },
		{ 25276510208, "bytes", "25.28 GB" }, { 1.9364881, "1", "1.936" },
		{ 0.0181699767, "1", "0.01817" }, { 0.00001, "1", "1.000e-05" },
		{ 12345, "", "12345" }, { NAN, "ns", DASH }, { NAN, "1", DASH },
	};
	struct arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(quantity(cases[i].v, cases[i].unit, &a), cases[i].text);
	arena_release(&a);
}

static void gives_intervals_one_unit(void **state)
{
	struct arena a = { 0 };

	(void)state;
	assert_string_equal(quantity_interval(95449979, 950236, 1e9, "ns", &a),
			    "95.45 [0.9502, 1000] ms");
	assert_string_equal(quantity_interval(1.5, 1.25, 2, "1", &a), "1.500 [1.250, 2.000]");
	assert_string_equal(quantity_interval(1.5, NAN, NAN, "1", &a), "1.500");
	assert_string_equal(quantity_interval(NAN, NAN, NAN, "1", &a), DASH);
	arena_release(&a);
}

static void says_what_is_expected(void **state)
{
	struct arena a = { 0 };

	(void)state;
	assert_string_equal(quantity_range(0.9, 1.1, "1", &a), "0.9 .. 1.1");
	assert_string_equal(quantity_range(NAN, 60, "ns", &a), "up to 60 ns");
	assert_string_equal(quantity_range(1.2, NAN, "1", &a), "from 1.2");
	assert_string_equal(quantity_range(500e3, 2e6, "ns", &a), "0.5 .. 2 ms");
	assert_string_equal(quantity_range(NAN, NAN, "1", &a), "anything");
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scales_to_the_unit),
		cmocka_unit_test(gives_intervals_one_unit),
		cmocka_unit_test(says_what_is_expected),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Numbers as people write them: what is read, and what is refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/num.h"

static void test_whole(void **state)
{
	static const struct {
		const char *text;
		uint64_t value;
	} good[] = {
		{ "0", 0 }, { "7", 7 }, { "007", 7 }, { "5000000000", 5000000000 },
		{ "18446744073709551615", UINT64_MAX },
		{ "64k", 64000 }, { "2M", 2000000 }, { "3G", 3000000000 },
		{ "64Ki", 65536 }, { "1Mi", 1048576 }, { "1Gi", 1073741824 },
		{ "10ns", 10 }, { "50us", 50000 }, { "2ms", 2000000 },
		{ "1s", 1000000000 }, { "18446744073s", 18446744073000000000u },
	};
	uint64_t v;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_int_equal(num_parse(good[i].text, &v), 0);
		assert_int_equal(v, good[i].value);
	}
}

static void test_whole_refused(void **state)
{
	static const char *const bad[] = {
		"", "-3", "+3", " 3", "3 ", "12abc", "0x10", "1e3", "1.5", "k", "3kk",
		"3K", "3 k", "3m", "3\n", "18446744073709551616", "99999999999999999999",
		"18446744074s", "18446744073709551615k",
	};
	uint64_t v = 42;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(num_parse(bad[i], &v), -1);
}

static void test_real(void **state)
{
	static const struct {
		const char *text;
		double value;
	} good[] = {
		{ "0", 0 }, { "7", 7 }, { "0.95", .95 }, { "1.5", 1.5 }, { "2.10", 2.1 },
		{ "1000000", 1e6 }, { "0.000001", 1e-6 }, { "123.456", 123.456 },
	};
	static const char *const bad[] = {
		"", ".5", "5.", "-1", "+1", "1e3", "nan", "inf", "1,5", "1.5 ", " 1.5",
		"1.5.5", "0x1", "9999999999999999999999",
	};
	double v;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_int_equal(num_parse_real(good[i].text, &v), 0);
		assert_true(v == good[i].value);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(num_parse_real(bad[i], &v), -1);
}

static void test_hex(void **state)
{
	static const char *const bad[] = {
		"", "0", "00000000000000000", "000000000000000g", "0x00000000000000",
		" 000000000000000", "-000000000000001", "000000000000000,",
	};
	uint64_t v;

	(void)state;
	assert_int_equal(num_parse_hex("0000000000000000", &v), 0);
	assert_int_equal(v, 0);
	assert_int_equal(num_parse_hex("0123456789abcdef", &v), 0);
	assert_int_equal(v, 0x0123456789abcdef);
	assert_int_equal(num_parse_hex("FEDCBA9876543210", &v), 0);
	assert_int_equal(v, 0xfedcba9876543210);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(num_parse_hex(bad[i], &v), -1);
}

static void test_text(void **state)
{
	static const struct { double v; const char *text; } table[] = {
		{ 0, "0" }, { 1, "1.000" }, { .95, "0.9500" }, { 64.375, "64.38" },
		{ 999.94, "999.9" }, { 2475.2, "2475" }, { 19744.69, "19745" },
		{ 123456789, "123456789" }, { 2e9, "2.000e+09" }, { -12345.6, "-12346" },
		{ .01817, "0.01817" }, { 1e-5, "1.000e-05" },
	};
	struct arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		assert_string_equal(num_text(table[i].v, &a), table[i].text);
	assert_string_equal(num_interval(1.5, 1.25, 19744.69, &a), "1.500 [1.250, 19745]");
	assert_string_equal(num_interval(1.5, NAN, NAN, &a), "1.500");
	assert_string_equal(num_interval(NAN, NAN, NAN, &a), "-");
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_whole_refused),
		cmocka_unit_test(test_real),
		cmocka_unit_test(test_hex),
		cmocka_unit_test(test_text),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

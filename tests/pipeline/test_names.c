/* Which names are well formed, and which one was meant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/names.h"

static void test_valid(void **state)
{
	static const char *const bad[] = { "", "-a", ".", "..", "a/b", "A", "a b", "\xc3\xa9",
		"12345678901234567890123456789012345678901234567890123456789012345" };
	(void)state;

	assert_true(name_valid("gil-50us"));
	assert_true(name_valid("0.1"));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(name_valid(bad[i]));
}

static void test_nearest(void **state)
{
	struct arena a = { 0 };
	struct names n = { 0 };
	(void)state;

	names_add(&n, "primes", &a);
	names_add(&n, "fine", &a);
	names_add(&n, "primes", &a);
	names_add(&n, "pipe", &a);
	assert_int_equal(n.n, 3);
	assert_string_equal(names_nearest(&n, "prmies"), "primes");
	assert_string_equal(names_nearest(&n, "pine"), "fine");
	assert_null(names_nearest(&n, "quicksort"));
	assert_null(names_nearest(&n, "x"));
	assert_null(names_nearest(&n, ""));
	arena_release(&a);
}

static void test_unknown(void **state)
{
	struct arena a = { 0 };
	struct names n = { 0 };
	(void)state;

	assert_string_equal(names_unknown(&n, "word", "x", " here", &a),
			    "unknown word 'x' here, there is none");
	names_add(&n, "one", &a);
	names_add(&n, "two", &a);
	assert_string_equal(names_unknown(&n, "word", "tow", "", &a),
			    "unknown word 'tow', did you mean 'two'? known: one, two");
	assert_string_equal(names_unknown(&n, "word", "seven", "", &a),
			    "unknown word 'seven', known: one, two");
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_valid),
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_unknown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

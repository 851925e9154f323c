/* The kernel's small files, taken apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "machine/text.h"

static void finds_numbers(void **state)
{
	static const struct {
		const char *text, *key;
		bool found;
		uint64_t value;
	} cases[] = {
		{ "a 1\nb 2\n", "a", true, 1 },
		{ "a 1\nb 2\n", "b", true, 2 },
		{ "a 1\nb 2", "c", false, 0 },
		{ "ab 1\na 2\n", "a", true, 2 },
		{ "xa 1\n", "a", false, 0 },
		{ "MemTotal:     12 kB\n", "MemTotal:", true, 12 },
		{ "a\t7\n", "a", true, 7 },
		{ "a x\n", "a", false, 0 },
		{ "a\n1\n", "a", false, 0 },
		{ "a", "a", false, 0 },
		{ "", "a", false, 0 },
		{ "a 18446744073709551615\n", "a", true, UINT64_MAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint64_t v = 0;

		assert_int_equal(text_number(cases[i].text, cases[i].key, &v), cases[i].found);
		assert_int_equal(v, cases[i].value);
	}
}

static void finds_fields(void **state)
{
	static const char text[] = "model\t\t: 207\nmodel name\t: A CPU\nflags : x y\nend:";
	char v[32];

	(void)state;
	assert_true(text_field(text, "model", v, sizeof v));
	assert_string_equal(v, "207");
	assert_true(text_field(text, "model name", v, sizeof v));
	assert_string_equal(v, "A CPU");
	assert_true(text_field(text, "flags", v, 3));
	assert_string_equal(v, "x ");
	assert_true(text_field(text, "end", v, sizeof v));
	assert_string_equal(v, "");
	assert_false(text_field(text, "name", v, sizeof v));
	assert_string_equal(v, "");
}

static void picks_the_choice(void **state)
{
	static const char *const cases[][2] = {
		{ "always [madvise] never", "madvise" },
		{ "[always] madvise", "always" },
		{ "plain", "plain" },
		{ "[open", "[open" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char s[64];

		strcpy(s, cases[i][0]);
		text_choice(s);
		assert_string_equal(s, cases[i][1]);
	}
}

static void says_where_it_cut(void **state)
{
	char s[9] = "";

	(void)state;
	text_add(s, sizeof s, "%s", "12345678");
	assert_string_equal(s, "12345678");
	text_add(s, sizeof s, "9");
	assert_string_equal(s, "12345...");
	text_add(s, sizeof s, "abc");
	assert_string_equal(s, "12345...");
}

static void reads_files(void **state)
{
	char s[32], tiny[4];

	(void)state;
	assert_true(text_read(s, sizeof s, "/proc/%s/comm", "self"));
	assert_null(strchr(s, '\n'));
	assert_true(text_read(tiny, sizeof tiny, "/proc/self/status"));
	assert_int_equal(strlen(tiny), 3);
	assert_false(text_read(s, sizeof s, "/nonexistent"));
	assert_string_equal(s, "");
	assert_false(text_read(s, sizeof s, "/dev/null"));
	assert_false(text_read(s, sizeof s, "/"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_numbers),
		cmocka_unit_test(finds_fields),
		cmocka_unit_test(picks_the_choice),
		cmocka_unit_test(says_where_it_cut),
		cmocka_unit_test(reads_files),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Filling memory with a number, held against its definition byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bytes.h"

enum { MOST = 40 };
static const uint64_t word = 0x0123456789abcdef;

static void all_lengths_are_filled_and_no_more(void **state)
{
	unsigned char buf[MOST + 1];

	(void)state;
	for (size_t n = 0; n <= MOST; n++) {
		memset(buf, 0x55, sizeof buf);
		bytes_fill(buf, n, word);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(buf[i], (unsigned char)(word >> (i & 7) * 8));
		for (size_t i = n; i <= MOST; i++)
			assert_int_equal(buf[i], 0x55);
		assert_true(bytes_filled(buf, n, word));
	}
}

static void one_wrong_byte_is_seen(void **state)
{
	unsigned char buf[MOST];

	(void)state;
	for (size_t n = 1; n <= MOST; n++)
		for (size_t i = 0; i < n; i++) {
			bytes_fill(buf, n, word);
			buf[i] ^= 0x80;
			assert_false(bytes_filled(buf, n, word));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_lengths_are_filled_and_no_more),
		cmocka_unit_test(one_wrong_byte_is_seen),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

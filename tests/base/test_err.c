/* What is said of trouble: one line, whatever is in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <string.h>

#include <cmocka.h>
#undef fail			/* ours is called so, too */

#include "base/err.h"
#include "pipeline/capture.h"

static char said[4096];

static void test_lines(void **state)
{
	struct capture c = capture_start();

	(void)state;
	assert_int_equal(fail("%s: %d", "a\nb\x1b[2J\x7f" "\xc3\xa9", 7), -1);
	errno = ENOENT;
	assert_int_equal(fail_errno("%s", "x\ty"), -1);
	warn("%c", 'w');
	capture_stop(&c, said, sizeof said);
	assert_string_equal(said, "samework: a?b?[2J?\xc3\xa9: 7\n"
			    "samework: x?y: No such file or directory\n"
			    "samework: warning: w\n");
}

/* What is too long is cut, and is a line all the same. */
static void test_long(void **state)
{
	struct capture c = capture_start();

	(void)state;
	errno = ENOENT;
	assert_int_equal(fail_errno("%*d", 3000, 1), -1);
	capture_stop(&c, said, sizeof said);
	assert_in_range(strlen(said), 1000, 1100);
	assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_long),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* How far a run is, as told where no terminal is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/capture.h"
#include "pipeline/progress.h"

/* Nobody knows how long it takes before the first trial, and each block is told of
 * once. */
static void test_lines(void **state)
{
	static const char begun[] = "samework: block 1: trial 1 of 3\n"
				    "samework: block 2: trial 3 of 3, about ";
	struct capture c = capture_start();
	struct progress p;
	char said[256];

	(void)state;
	progress_start(&p, 3);
	progress_show(&p, 1, "a");
	progress_show(&p, 1, "b");
	progress_show(&p, 2, "a");
	progress_end(&p);
	capture_stop(&c, said, sizeof said);
	assert_memory_equal(said, begun, sizeof begun - 1);
	assert_string_equal(strstr(said + sizeof begun - 1, " s left"), " s left\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

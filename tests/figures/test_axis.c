/* How far an axis goes: round numbers around what is drawn, and a unit to read it in. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "figures/figure.h"

static void holds_what_is_drawn(void **state)
{
	static const struct {
		enum axis axis;
		double lo, hi;
		const char *words;
	} cases[] = {
		/* halves and doubles, or one and a half of them; 1 is in it */
		{ AXIS_RATIO, .9, 1.9, "1:2:0.750000:2.000000" },
		{ AXIS_RATIO, .3, 5, "1:2:0.250000:6.000000" },
		{ AXIS_RATIO, 3, 6.5, "1:2:0.750000:8.000000" },
		{ AXIS_RATIO, .45, 2.9, "1:2:0.375000:3.000000" },
		{ AXIS_RATIO, 0, 3, "1:0:0.000000:3.240000" },
		{ AXIS_SHARE, .2, .9, "1:0:0.000000:1.100000" },
		{ AXIS_SHARE, .2, 2, "1:0:0.000000:2.100000" },
		{ AXIS_LATENCY, 1000, 50000, "us:10:800.000000:60000.000000" },
		{ AXIS_LATENCY, 1100, 1200, "ns:10:1000.000000:1500.000000" },
		{ AXIS_LATENCY, 170, 9700, "us:10:150.000000:15000.000000" },
		/* logarithmic beyond a factor of 100 */
		{ AXIS_TIME, 5, 400, "ns:0:0.000000:432.000000" },
		{ AXIS_TIME, 5, 600, "ns:10:4.000000:800.000000" },
		{ AXIS_TIME, 1e6, 5e7, "ms:0:0.000000:54000000.000000" },
		{ AXIS_TIME, 1e9, 5e9, "s:0:0.000000:5400000000.000000" },
		{ AXIS_TIME, 0, 0, "ns:0:0.000000:1.000000" },
		{ AXIS_TIME, NAN, NAN, "s:0:0.000000:1.000000" },
	};
	struct arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(axis_words(cases[i].axis, cases[i].lo, cases[i].hi, &a),
				    cases[i].words);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holds_what_is_drawn),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

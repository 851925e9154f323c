/* The heap of sleepers gives deadlines in order, whatever order they came in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engines/engine.h"

enum { SLEEPERS = 10000 };

static void in_order(void **state)
{
	static struct wait wait[SLEEPERS];
	struct timers t;
	uint64_t last = 0, sum = 0, left = 0, next;

	(void)state;
	assert_int_equal(timers_init(&t, SLEEPERS), 0);
	for (unsigned i = 0; i < SLEEPERS; i++) {
		wait[i].op.at = rng_at(7, i) % 5000;	/* many are equal */
		left += wait[i].op.at;
		timers_add(&t, &wait[i]);
	}
	for (unsigned i = 0; i < SLEEPERS; i++) {
		struct wait *w;

		next = timers_next(&t);
		w = timers_expire(&t, 5000);
		assert_non_null(w);
		assert_int_equal(w->op.at, next);
		assert_true(w->op.at >= last);
		last = w->op.at;
		sum += last;
	}
	assert_int_equal(sum, left);
	assert_null(timers_expire(&t, 5000));
	timers_release(&t);
}

static void not_before_time(void **state)
{
	struct wait late = { .op.at = 20 }, soon = { .op.at = 10 };
	struct timers t;

	(void)state;
	assert_int_equal(timers_init(&t, 2), 0);
	assert_int_equal(timers_next(&t), UINT64_MAX);
	assert_null(timers_expire(&t, UINT64_MAX));
	timers_add(&t, &late);
	timers_add(&t, &soon);
	assert_null(timers_expire(&t, 9));
	assert_ptr_equal(timers_expire(&t, 10), &soon);
	assert_null(timers_expire(&t, 19));
	assert_ptr_equal(timers_expire(&t, 20), &late);
	timers_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_order),
		cmocka_unit_test(not_before_time),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

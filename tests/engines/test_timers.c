/* The heap of sleepers gives deadlines in order, whatever order they came in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engines/engine.h"

enum { SLEEPERS = 10000, FEW = 7 };

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

/* Out of so few, in every order that there is: a heap that forgets its last place is
 * wrong about few of many. */
static void in_whatever_order(struct wait *wait, unsigned n)
{
	struct timers t;

	assert_int_equal(timers_init(&t, FEW), 0);
	for (unsigned i = 0; i < n; i++)
		timers_add(&t, &wait[i]);
	for (unsigned i = 0; i < n; i++)
		assert_int_equal(timers_expire(&t, FEW)->op.at, i);
	assert_null(timers_expire(&t, FEW));
	timers_release(&t);
}

/* Every order of the first @k. */
static void permute(struct wait *wait, unsigned k, unsigned n)
{
	if (k < 2)
		in_whatever_order(wait, n);
	for (unsigned i = 0; k > 1 && i < k; i++) {
		struct wait other = wait[i];

		wait[i] = wait[k - 1];
		wait[k - 1] = other;
		permute(wait, k - 1, n);
		wait[k - 1] = wait[i];
		wait[i] = other;
	}
}

static void the_last_place_counts(void **state)
{
	(void)state;
	for (unsigned n = 1; n <= FEW; n++) {
		struct wait wait[FEW] = { 0 };

		for (unsigned i = 0; i < n; i++)
			wait[i].op.at = i;
		permute(wait, n, n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_order),
		cmocka_unit_test(not_before_time),
		cmocka_unit_test(the_last_place_counts),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

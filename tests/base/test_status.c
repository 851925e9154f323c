/* Statuses are a closed set with one name each; of troubles the first wins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <pthread.h>

#include "base/status.h"

enum { THREADS = 8 };

static void each_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (unsigned s = 0; s < STATUS_COUNT; s++) {
		const char *name = status_name(s);

		assert_non_null(name);
		assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz_"), strlen(name));
		assert_true(*name);
		assert_int_equal(status_find(name), s);
	}
}

static void what_is_not_a_name_is_not_found(void **state)
{
	static const char *const names[] = { "", "OK", "ok ", " ok", "o", "okay", "crash,abort" };

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		assert_int_equal(status_find(names[i]), STATUS_COUNT);
}

static void three_carry_numbers(void **state)
{
	(void)state;
	for (unsigned s = 0; s < STATUS_COUNT; s++)
		assert_int_equal(!!status_measured(s), s == STATUS_OK ||
				 s == STATUS_ENV_CHANGED || s == STATUS_THROTTLED);
}

static void what_fails_is_all_else_that_was_tried(void **state)
{
	(void)state;
	for (unsigned s = 0; s < STATUS_COUNT; s++)
		assert_int_equal(!!status_fails(s), s != STATUS_OK && s != STATUS_ENV_CHANGED &&
				 s != STATUS_THROTTLED && s != STATUS_SKIPPED &&
				 s != STATUS_NOT_APPLICABLE && s != STATUS_EXPECTED_FAIL &&
				 s != STATUS_INTERRUPTED);
}

static void an_errno_has_its_status(void **state)
{
	static const struct { int err; enum status status; } table[] = {
		{ ENOMEM, STATUS_ALLOC_FAIL },
		{ EMFILE, STATUS_FD_FAIL },
		{ ENFILE, STATUS_FD_FAIL },
		{ EIO, STATUS_IO_ERROR },
		{ EPIPE, STATUS_IO_ERROR },
		{ 0, STATUS_IO_ERROR },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		assert_int_equal(status_of_errno(table[i].err), table[i].status);
}

static void a_cleaned_text_is_a_field(void **state)
{
	static const struct { const char *before, *after; } table[] = {
		{ "", "" },
		{ "plain text.", "plain text." },
		{ "a,b", "a;b" },
		{ "say \"no\"", "say ;no;" },
		{ "two\nlines\r\t", "two?lines??" },
		{ "\x1b[31mred\x7f", "?[31mred?" },
		{ "\xc3\xa9t\xc3\xa9", "??t??" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		char text[64];

		strcpy(text, table[i].before);
		status_clean(text);
		assert_string_equal(text, table[i].after);
	}
}

static void the_first_trouble_stays(void **state)
{
	struct trouble t = { 0 };

	(void)state;
	assert_int_equal(trouble_set(&t, STATUS_FD_FAIL, "%d, \"left\"", 3), -1);
	assert_int_equal(trouble_set(&t, STATUS_CRASH, "later"), -1);
	assert_int_equal(atomic_load(&t.taken), 2);
	assert_int_equal(t.status, STATUS_FD_FAIL);
	assert_string_equal(t.reason, "3; ;left;");
}

static void a_long_reason_is_cut(void **state)
{
	struct trouble t = { 0 };

	(void)state;
	trouble_set(&t, STATUS_IO_ERROR, "%0500d", 1);
	assert_int_equal(strlen(t.reason), sizeof t.reason - 1);
}

struct racer {
	struct trouble *trouble;
	unsigned number;
};

static void *race(void *arg)
{
	const struct racer *r = arg;

	trouble_set(r->trouble, (enum status)r->number, "thread %u", r->number);
	return NULL;
}

/* Who reads taken == 2 sees the status and the reason of one and the same. */
static void of_many_at_once_one_is_recorded(void **state)
{
	struct trouble t = { 0 };
	struct racer racer[THREADS];
	pthread_t id[THREADS];
	char reason[32];

	(void)state;
	for (unsigned i = 0; i < THREADS; i++) {
		racer[i] = (struct racer){ &t, i + 1 };
		assert_int_equal(pthread_create(&id[i], NULL, race, &racer[i]), 0);
	}
	while (atomic_load_explicit(&t.taken, memory_order_acquire) != 2)
		;
	snprintf(reason, sizeof reason, "thread %u", (unsigned)t.status);
	assert_string_equal(t.reason, reason);
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(id[i], NULL);
	assert_string_equal(t.reason, reason);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_has_a_name_of_its_own),
		cmocka_unit_test(what_is_not_a_name_is_not_found),
		cmocka_unit_test(three_carry_numbers),
		cmocka_unit_test(what_fails_is_all_else_that_was_tried),
		cmocka_unit_test(an_errno_has_its_status),
		cmocka_unit_test(a_cleaned_text_is_a_field),
		cmocka_unit_test(the_first_trouble_stays),
		cmocka_unit_test(a_long_reason_is_cut),
		cmocka_unit_test(of_many_at_once_one_is_recorded),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

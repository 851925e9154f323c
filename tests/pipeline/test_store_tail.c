/* What an interruption left behind the last whole trial is cut off samples.csv
 * before it grows again, and is kept beside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/storefile.h"

/* Cut at every byte of the last row, resumed, and written again. */
static void a_torn_tail_is_kept_beside(void **state)
{
	struct file *f = *state;
	const char *text = text_of(f, ROWS);
	size_t whole = strlen(text_of(f, ROWS - 1)), all = strlen(text), torn;
	struct sample *rows;

	for (size_t n = whole + 1; n < all; n++) {
		size_t count;

		put_file(f->path, text, n);
		assert_int_equal(samples_read(f->path, &rows, &count, &torn, &f->arena), 0);
		assert_int_equal(torn, n - whole);
		assert_int_equal(open_store(f, f->path, torn), 0);
		assert_non_null(strstr(f->said, f->torn));
		assert_rows(f, ROWS - 1);
		assert_file(f, f->torn, text + whole, n - whole);
		assert_int_equal(append(f, ROWS), 0);
		store_close(&f->store);
		assert_rows(f, ROWS);
		unlink(f->torn);
	}
}

/* A second tail goes behind the first. */
static void no_tail_is_lost(void **state)
{
	struct file *f = *state;
	const char *text = text_of(f, 1);
	size_t n = strlen(text);

	for (int i = 0; i < 2; i++) {
		put_file(f->path, text, n);
		assert_int_equal(open_store(f, f->path, 3), 0);
		store_close(&f->store);
	}
	assert_file(f, f->torn, arena_printf(&f->arena, "%s%s", text + n - 3, text + n - 3), 6);
}

/* Larger than any buffer: what a power cut leaves may be blocks of zeros. */
static void a_long_tail_is_kept_whole(void **state)
{
	enum { LONG = 200000 };
	struct file *f = *state;
	const char *text = text_of(f, 1);
	size_t n = strlen(text);
	char *all = arena_alloc(&f->arena, n + LONG);

	memcpy(all, text, n);
	for (size_t i = 0; i < LONG; i++)
		all[n + i] = (char)(i % 251);
	put_file(f->path, all, n + LONG);
	assert_int_equal(open_store(f, f->path, LONG), 0);
	store_close(&f->store);
	assert_rows(f, 1);
	assert_file(f, f->torn, all + n, LONG);
}

/* When all of the file is torn the header is written again. */
static void a_torn_header_is_written_again(void **state)
{
	struct file *f = *state;

	put_file(f->path, "run_id,exp", 10);
	assert_int_equal(open_store(f, f->path, 10), 0);
	store_close(&f->store);
	assert_rows(f, 0);
	assert_file(f, f->torn, "run_id,exp", 10);
}

/* Where the tail cannot be kept, it is not cut. */
static void a_tail_that_cannot_be_kept_stays(void **state)
{
	struct file *f = *state;
	const char *text = text_of(f, 1);
	size_t n = strlen(text);

	put_file(f->path, text, n);
	assert_int_equal(symlink("/dev/full", f->torn), 0);
	assert_int_equal(open_store(f, f->path, 5), -1);
	store_close(&f->store);
	assert_file(f, f->path, text, n);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, file_setup, file_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_torn_tail_is_kept_beside),
		TEST(no_tail_is_lost),
		TEST(a_long_tail_is_kept_whole),
		TEST(a_torn_header_is_written_again),
		TEST(a_tail_that_cannot_be_kept_stays),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

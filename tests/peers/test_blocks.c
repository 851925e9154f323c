/* What is known of earlier blocks survives, and a file that is not ours is refused. */
#include "peers/blocks.c"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void blocks_are_kept(void **state)
{
	char dir[] = "/tmp/samework-test-XXXXXX", path[64];
	const struct round row[] = {
		{ 1, 1, "x", "wrk-4", "ours", 500, 7, 80, 100, 60, 90 },
		{ 1, 2, "x", "wrk-4", "theirs", 500, 7, NAN, 100, NAN, 90 },
	};
	struct arena a = { 0 };
	const struct round *old;
	struct blocks s;
	size_t n;
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/blocks.csv", dir);
	assert_int_equal(blocks_open(&s, dir, &old, &n, &a), 0);
	assert_int_equal(n, 0);
	assert_int_equal(blocks_append(&s, row, 2), 0);
	assert_int_equal(blocks_append(&s, row, 0), 0);
	blocks_close(&s);
	assert_int_equal(blocks_open(&s, dir, &old, &n, &a), 0);
	assert_int_equal(n, 2);
	assert_true(old[0].ours_ns == 80 && old[0].seed == 7 && old[1].round == 2);
	assert_string_equal(old[1].theirs, "wrk-4");
	assert_string_equal(old[1].first, "theirs");
	assert_true(isnan(old[1].ours_ns) && old[1].theirs_ns == 100);
	assert_true(old[0].ours_cpu_ns == 60 && old[0].theirs_cpu_ns == 90);
	assert_int_equal(blocks_append(&s, row, 1), 0);	/* behind those */
	blocks_close(&s);
	assert_int_equal(blocks_open(&s, dir, &old, &n, &a), 0);
	assert_int_equal(n, 3);
	assert_true(old[1].round == 2 && old[2].round == 1);
	blocks_close(&s);
	f = fopen(path, "a");
	assert_non_null(f);
	fputs("100,1,x,wrk-4,ours,500,7,1,1,1,1\n", f);
	fclose(f);
	assert_int_equal(blocks_open(&s, dir, &old, &n, &a), -1);
	blocks_close(&s);
	unlink(path);
	rmdir(dir);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(blocks_are_kept) };

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("blocks", tests, NULL, NULL);
}

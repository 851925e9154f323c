/* Tables as data: what is written can be read, and a reader sees all or nothing. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/table.h"
#include "pipeline/capture.h"

struct row {
	double real;
	const char *text;
	uint64_t whole, hex;
};

#define AT(field) offsetof(struct row, field)

static const struct column columns[] = {
	{ "text", FIELD_TEXT, AT(text), "", "a text" },
	{ "whole", FIELD_WHOLE, AT(whole), "ns", "a whole number" },
	{ "hex", FIELD_HEX, AT(hex), "", "a bit pattern" },
	{ "real", FIELD_REAL, AT(real), "1", "a real number" },
	{ NULL, FIELD_TEXT, 0, NULL, NULL }
};

static const struct {
	struct row row;
	const char *text;
} cases[] = {
	{ { 1.5, "a", 7, 0xabc }, "a,7,0000000000000abc,1.5\n" },
	{ { NAN, NULL, NONE, NONE }, ",,,\n" },
	{ { INFINITY, "", 0, 0 }, ",0,0000000000000000,\n" },
	{ { -1e300, "x y;z=1", NONE - 1, NONE - 1 },
	  "x y;z=1,18446744073709551614,fffffffffffffffe,-1e+300\n" },
	{ { 1. / 3, "b", 1, 1 }, "b,1,0000000000000001,0.333333333\n" },
	{ { 123456789, "c", 1, 1 }, "c,1,0000000000000001,123456789\n" },
};
enum { CASES = sizeof cases / sizeof *cases };

static char dir[64], path[80], temporary[88];

/* In the place of the system's: a disk that may fail. */
static int syncs, sync_errno;

int fsync(int fd)
{
	(void)fd;
	syncs++;
	errno = sync_errno;
	return sync_errno ? -1 : 0;
}

static int setup(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/test_table.XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof path, "%s/t.csv", dir);
	snprintf(temporary, sizeof temporary, "%s.tmp", path);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir);	/* fails when something was left behind */
}

static void put(const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void test_written(void **state)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	(void)state;
	assert_non_null(f);
	table_header(f, columns);
	fflush(f);
	assert_string_equal(text, "text,whole,hex,real\n");
	for (size_t i = 0; i < CASES; i++) {
		rewind(f);
		table_row(f, columns, &cases[i].row);
		fflush(f);
		text[n] = '\0';
		assert_string_equal(text, cases[i].text);
	}
	fclose(f);
	free(text);
}

static void assert_same(const struct row *a, const struct row *b)
{
	assert_string_equal(a->text, b->text ? b->text : "");
	assert_true(a->whole == b->whole && a->hex == b->hex);
	if (isfinite(b->real))
		assert_true(fabs(a->real - b->real) <= 1e-9 * fabs(b->real));
	else
		assert_true(isnan(a->real));
}

static void test_round_trip(void **state)
{
	struct arena a = { 0 };
	FILE *f = table_create(path);
	struct csv c;

	(void)state;
	assert_non_null(f);
	table_header(f, columns);
	for (size_t i = 0; i < CASES; i++)
		table_row(f, columns, &cases[i].row);
	assert_int_equal(access(path, F_OK), -1);	/* not before it is whole */
	assert_int_equal(table_commit(f, path), 0);
	assert_int_equal(access(temporary, F_OK), -1);
	assert_int_equal(csv_read(&c, path, &a), 0);
	assert_int_equal(table_check(&c, columns), 0);
	assert_int_equal(c.rows, CASES);
	for (size_t i = 0; i < CASES; i++) {
		struct row r;

		assert_int_equal(table_read(&c, i, columns, &r), 0);
		assert_same(&r, &cases[i].row);
	}
	arena_release(&a);
}

/* Read the table @text and its first row; what is said goes to @said. */
static int read_one(const char *text, struct row *r, char said[256])
{
	struct capture cap = capture_start();
	struct arena a = { 0 };
	struct csv c;
	int rc = -1;

	put(text);
	if (!csv_read(&c, path, &a) && !table_check(&c, columns))
		rc = table_read(&c, 0, columns, r);
	capture_stop(&cap, said, 256);
	arena_release(&a);
	return rc;
}

static void test_wrong_rows(void **state)
{
	static const struct {
		const char *row, *why;
	} bad[] = {
		{ "a,x,,", ":2: whole 'x' is not a number" },
		{ "a,-1,,", ":2: whole '-1'" },
		{ "a,18446744073709551616,,", "whole '18446744073709551616'" },
		{ "a,1,12,", "hex '12'" },
		{ "a,1,,x", "real 'x'" },
		{ "a,1,,1.5x", "real '1.5x'" },
		{ "a,1,,nan", "real 'nan'" },
		{ "a,1,,inf", "real 'inf'" },
	};
	char text[128], said[256];
	struct row r;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		snprintf(text, sizeof text, "text,whole,hex,real\n%s\n", bad[i].row);
		assert_int_equal(read_one(text, &r, said), -1);
		assert_non_null(strstr(said, bad[i].why));
	}
}

static void test_wrong_header(void **state)
{
	static const struct {
		const char *header, *why;
	} bad[] = {
		{ "text,whole,hex\n", ":1: column 4 is '', not 'real'" },
		{ "text,hex,whole,real\n", ":1: column 2 is 'hex', not 'whole'" },
		{ "text,whole,hex,real,more\n", ":1: unknown column 'more'" },
	};
	char said[256];
	struct row r;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(read_one(bad[i].header, &r, said), -1);
		assert_non_null(strstr(said, bad[i].why));
	}
}

/* A file that is older than the last column has no values there; but that there is
 * no text would go unnoticed too long. */
static void test_older(void **state)
{
	struct arena a = { 0 };
	struct capture cap;
	char said[256];
	struct row *r;
	size_t n;

	(void)state;
	put("text,whole,hex\na,7,0000000000000abc\n");
	r = table_load(path, columns, sizeof *r, &n, &a);
	assert_non_null(r);
	assert_int_equal(n, 1);
	assert_same(r, &(struct row){ NAN, "a", 7, 0xabc });
	put("text,hex\na,7\n");	/* not even if it could be read as the other */
	cap = capture_start();
	assert_null(table_load(path, columns, sizeof *r, &n, &a));
	capture_stop(&cap, said, sizeof said);
	assert_non_null(strstr(said, "column 2 is 'hex', not 'whole'"));
	put("text,whole\na,7\n");
	cap = capture_start();
	assert_null(table_load(path, columns, sizeof *r, &n, &a));
	capture_stop(&cap, said, sizeof said);
	assert_non_null(strstr(said, "column 3 is '', not 'hex'"));
	arena_release(&a);
}

/* What cannot be stored is said, and leaves the old file as it was. */
static void test_commit_fails(void **state)
{
	FILE *full = fopen("/dev/full", "w");
	char said[256], line[16] = "";
	struct capture cap;
	FILE *f;
	int rc;

	(void)state;
	put("old\n");
	assert_non_null(full);
	fputs("new\n", full);
	cap = capture_start();
	rc = table_commit(full, path);
	capture_stop(&cap, said, sizeof said);
	assert_int_equal(rc, -1);
	assert_non_null(strstr(said, "No space left"));
	f = fopen(path, "r");
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof line, f));
	fclose(f);
	assert_string_equal(line, "old\n");
}

/* What cannot take its place is no table. */
static void test_rename_fails(void **state)
{
	char said[256];
	struct capture cap;
	FILE *f;
	int rc;

	(void)state;
	unlink(path);
	assert_int_equal(mkdir(path, 0755), 0);
	f = table_create(path);
	assert_non_null(f);
	cap = capture_start();
	rc = table_commit(f, path);
	capture_stop(&cap, said, sizeof said);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(rc, -1);
	assert_non_null(strstr(said, "Is a directory"));
	assert_int_equal(access(temporary, F_OK), -1);
}

/* What is renamed is on the disk before. */
static void test_commit_syncs(void **state)
{
	char said[256], line[16] = "";
	struct capture cap;
	FILE *f = table_create(path);

	(void)state;
	assert_non_null(f);
	fputs("old\n", f);
	syncs = 0;
	assert_int_equal(table_commit(f, path), 0);
	assert_int_equal(syncs, 1);
	f = table_create(path);
	assert_non_null(f);
	fputs("new\n", f);
	sync_errno = EIO;
	cap = capture_start();
	assert_int_equal(table_commit(f, path), -1);
	capture_stop(&cap, said, sizeof said);
	sync_errno = 0;
	assert_non_null(strstr(said, "Input/output error"));
	assert_int_equal(access(temporary, F_OK), -1);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof line, f));
	fclose(f);
	assert_string_equal(line, "old\n");
}

static void test_create_fails(void **state)
{
	struct capture cap = capture_start();
	char said[256];
	FILE *f = table_create("/nonexistent/t.csv");

	(void)state;
	capture_stop(&cap, said, sizeof said);
	assert_null(f);
	assert_non_null(strstr(said, "/nonexistent/t.csv.tmp: No such file"));
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_written), T(test_round_trip), T(test_wrong_rows),
		T(test_wrong_header), T(test_older), T(test_commit_fails), T(test_rename_fails),
		T(test_create_fails),
		T(test_commit_syncs),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * samples.csv while it grows: one write and one sync a row, and whatever fails,
 * no half a row stays.  The kernel is asked to fail where it can be (a limit on
 * file size, /dev/full); a disk that cannot sync, or writes less than it was
 * given, is played by this file's own write() and fdatasync().
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "pipeline/storefile.h"

/* The disk. */
static struct {
	int writes, syncs;
	int sync_errno;		/* 0: it can */
	size_t most;		/* bytes a write takes; 0: all */
	int interrupted;	/* so many writes are, before they begin */
} disk;

ssize_t write(int fd, const void *buf, size_t n)
{
	disk.writes++;
	if (disk.interrupted && disk.interrupted--) {
		errno = EINTR;
		return -1;
	}
	return syscall(SYS_write, fd, buf, disk.most && n > disk.most ? disk.most : n);
}

int fdatasync(int fd)
{
	(void)fd;
	disk.syncs++;
	errno = disk.sync_errno;
	return errno ? -1 : 0;
}

static int setup(void **state)
{
	memset(&disk, 0, sizeof disk);
	return file_setup(state);
}

static void rows_follow_one_header(void **state)
{
	struct file *f = *state;

	begin(f, 0);
	assert_rows(f, 0);
	assert_int_equal(append(f, 1), 0);
	store_close(&f->store);
	assert_int_equal(open_store(f, f->path, 0), 0);
	assert_int_equal(append(f, 2), 0);
	store_close(&f->store);
	assert_rows(f, 2);
	assert_string_equal(f->said, "");
}

static void a_row_is_one_write_and_one_sync(void **state)
{
	struct file *f = *state;

	begin(f, 0);
	for (int i = 1; i <= ROWS; i++) {
		disk.writes = disk.syncs = 0;
		assert_int_equal(append(f, (uint64_t)i), 0);
		assert_int_equal(disk.writes, 1);
		assert_int_equal(disk.syncs, 1);
	}
	store_close(&f->store);
}

/* Whole all the same when the kernel takes it in parts. */
static void short_writes_are_gone_on_with(void **state)
{
	struct file *f = *state;

	begin(f, 1);
	disk.most = 7;
	disk.interrupted = 3;
	assert_int_equal(append(f, 2), 0);
	store_close(&f->store);
	assert_rows(f, 2);
}

/* After a failure: the file as before, the row on stderr, and room again. */
static void assert_refused(struct file *f, uint64_t rows)
{
	struct sample s = sample(rows + 1);
	char *line = samples_line(&s, &f->arena);

	line[strlen(line) - 1] = '\0';
	assert_non_null(strstr(f->said, "could not be stored; it reads: "));
	assert_non_null(strstr(f->said, line));
	assert_rows(f, rows);
	memset(&disk, 0, sizeof disk);
	assert_int_equal(append(f, rows + 1), 0);
	assert_rows(f, rows + 1);
	store_close(&f->store);
}

/* Whichever part of the row fits, none of it stays. */
static void a_file_that_may_not_grow(void **state)
{
	static const size_t fits[] = { 0, 1, 50, 100 };
	struct file *f = *state;
	struct rlimit was, limit;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	for (size_t i = 0; i < sizeof fits / sizeof *fits; i++) {
		int rc;

		begin(f, ROWS);
		limit = (struct rlimit){ f->store.bytes + fits[i], was.rlim_max };
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
		rc = append(f, ROWS + 1);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
		assert_int_equal(rc, -1);
		assert_non_null(strstr(f->said, strerror(EFBIG)));
		assert_refused(f, ROWS);
		unlink(f->path);
	}
}

/* Asked once: the kernel forgets, and would say yes the second time. */
static void a_disk_that_cannot_sync(void **state)
{
	struct file *f = *state;

	begin(f, ROWS);
	disk.syncs = 0;
	disk.sync_errno = EIO;
	assert_int_equal(append(f, ROWS + 1), -1);
	assert_int_equal(disk.syncs, 1);
	assert_non_null(strstr(f->said, strerror(EIO)));
	assert_refused(f, ROWS);
}

static void a_file_that_has_no_disk(void **state)
{
	struct file *f = *state;

	disk.sync_errno = EINVAL;
	begin(f, 1);
	store_close(&f->store);
	assert_rows(f, 1);
}

static void a_full_disk(void **state)
{
	struct file *f = *state;

	assert_int_equal(open_store(f, "/dev/full", 0), -1);
	assert_non_null(strstr(f->said, "/dev/full"));
	assert_non_null(strstr(f->said, strerror(ENOSPC)));
	store_close(&f->store);
}

static void a_link_is_not_followed(void **state)
{
	struct file *f = *state;

	assert_int_equal(symlink("/dev/null", f->path), 0);
	assert_int_equal(open_store(f, f->path, 0), -1);
	assert_non_null(strstr(f->said, f->path));
	store_close(&f->store);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, file_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rows_follow_one_header),
		TEST(a_row_is_one_write_and_one_sync),
		TEST(short_writes_are_gone_on_with),
		TEST(a_file_that_may_not_grow),
		TEST(a_disk_that_cannot_sync),
		TEST(a_file_that_has_no_disk),
		TEST(a_full_disk),
		TEST(a_link_is_not_followed),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

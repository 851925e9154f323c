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
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "pipeline/capture.h"
#include "pipeline/store.h"

enum { ROWS = 3 };

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

struct file {
	struct arena arena;
	char folder[64], path[96], torn[104];
	struct store store;
	char said[2048];
};

static struct sample sample(uint64_t trial)
{
	struct sample s = {
		.run_id = "20260101t000000-abcd", .experiment = "e", .trial = trial,
		.workload = "primes", .params = "span=200", .strategy = "fine",
		.engine = "blocking", .workers = 2, .placement = "compact", .block = 1,
		.position = trial, .rep = 1, .seed = 1, .status = "ok", .reason = "",
		.cpus = "0;1", .build = 0xb111d,
	};

	memset(&s.m, 0xff, sizeof s.m);		/* NONE everywhere */
	s.m.wall_ns = 1000 + trial;
	return s;
}

static int setup(void **state)
{
	struct file *f = calloc(1, sizeof *f);

	memset(&disk, 0, sizeof disk);
	if (!f)
		return -1;
	strcpy(f->folder, "/tmp/test_store.XXXXXX");
	if (!mkdtemp(f->folder))
		return -1;
	snprintf(f->path, sizeof f->path, "%s/samples.csv", f->folder);
	snprintf(f->torn, sizeof f->torn, "%s.torn", f->path);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct file *f = *state;

	unlink(f->path);
	unlink(f->torn);
	rmdir(f->folder);
	arena_release(&f->arena);
	free(f);
	return 0;
}

/* The header and rows 1 .. @rows, as they should stand in the file. */
static char *text_of(struct file *f, uint64_t rows)
{
	char *text = samples_header(&f->arena);

	for (uint64_t i = 1; i <= rows; i++) {
		struct sample s = sample(i);

		text = arena_printf(&f->arena, "%s%s", text, samples_line(&s, &f->arena));
	}
	return text;
}

static void assert_file(struct file *f, const char *path, const char *text, size_t n)
{
	char *got = arena_alloc(&f->arena, n + 2);
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	assert_int_equal(fread(got, 1, n + 1, file), n);
	assert_memory_equal(got, text, n);
	fclose(file);
}

static void put_file(const char *path, const char *text, size_t n)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, n, file), n);
	assert_int_equal(fclose(file), 0);
}

static int open_store(struct file *f, const char *path, size_t torn)
{
	struct capture c = capture_start();
	int rc = store_open(&f->store, path, torn);

	capture_stop(&c, f->said, sizeof f->said);
	return rc;
}

static int append(struct file *f, uint64_t trial)
{
	struct sample s = sample(trial);
	struct capture c = capture_start();
	int rc = store_append(&f->store, &s);

	capture_stop(&c, f->said, sizeof f->said);
	return rc;
}

/* A new file with rows 1 .. @rows. */
static void begin(struct file *f, uint64_t rows)
{
	assert_int_equal(open_store(f, f->path, 0), 0);
	for (uint64_t i = 1; i <= rows; i++)
		assert_int_equal(append(f, i), 0);
}

static void assert_rows(struct file *f, uint64_t rows)
{
	const char *text = text_of(f, rows);

	assert_file(f, f->path, text, strlen(text));
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

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

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
		TEST(a_torn_tail_is_kept_beside),
		TEST(no_tail_is_lost),
		TEST(a_long_tail_is_kept_whole),
		TEST(a_torn_header_is_written_again),
		TEST(a_tail_that_cannot_be_kept_stays),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

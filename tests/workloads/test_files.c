/* The files that append and fread work on. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "workloads/drive.h"

extern const struct workload workload_append, workload_fread, workload_null;

static off_t size_of(int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_nlink, 0);	/* nothing to leave behind */
	return st.st_size;
}

/* In place of the C library's: a write that is interrupted, and then moves a part;
 * and what was brought to the disk. */
static unsigned hindered, synced;

ssize_t write(int fd, const void *buf, size_t n)
{
	if (hindered && --hindered % 2) {
		errno = EINTR;
		return -1;
	}
	return syscall(SYS_write, fd, buf, hindered ? n / 2 + 1 : n);
}

int fdatasync(int fd)
{
	synced++;
	return (int)syscall(SYS_fdatasync, fd);
}

static void a_hindered_write_goes_on(void **state)
{
	enum { BYTES = 100001 };
	static unsigned char buf[BYTES + 1];
	struct drive d;
	ssize_t n;

	(void)state;
	drive_init(&d, &workload_null, 1);
	hindered = 8;
	assert_int_equal(run_files(&d.run, FILES_ONE, BYTES, 0), 0);
	hindered = 0;
	n = pread(d.channel[0].in, buf, sizeof buf, 0);
	assert_int_equal(n, BYTES);
	for (uint64_t i = 0; i < BYTES; i++)
		assert_int_equal(buf[i], file_byte(i));
	drive_close(&d);
}

/* What is still dirty would be written back while others are timed. */
static void files_are_on_the_disk_before(void **state)
{
	struct drive d;

	(void)state;
	synced = 0;
	drive_init(&d, &workload_null, 2);
	assert_int_equal(run_files(&d.run, FILES_PER_WORKER, 4096, 0), 0);
	assert_int_equal(synced, 2);
	drive_close(&d);
}

static void one_file_for_all(void **state)
{
	enum { BYTES = 100001 };
	static unsigned char buf[BYTES];
	struct drive d;

	(void)state;
	drive_init(&d, &workload_null, 3);
	assert_int_equal(run_files(&d.run, FILES_ONE, BYTES, 0), 0);
	for (unsigned w = 0; w < 3; w++) {
		int fd = d.channel[w].in;

		assert_int_equal(d.channel[w].out, fd);
		assert_int_equal(size_of(fd), BYTES);
		assert_int_equal(pread(fd, buf, BYTES, 0), BYTES);
		for (uint64_t i = 0; i < BYTES; i++)
			assert_int_equal(buf[i], file_byte(i));
	}
	assert_int_equal(pwrite(d.channel[0].in, "?", 1, 0), 1);
	assert_int_equal(pread(d.channel[2].in, buf, 1, 0), 1);
	assert_int_equal(buf[0], '?');
	assert_int_not_equal(d.channel[0].in, d.channel[2].in);
	/* each by a way of its own, but of one kind */
	assert_int_equal(lseek(d.channel[0].in, 10, SEEK_SET), 10);
	assert_int_not_equal(lseek(d.channel[2].in, 0, SEEK_CUR), 10);
	drive_close(&d);
	drive_init(&d, &workload_null, 3);
	assert_int_equal(run_files(&d.run, FILES_ONE, 0, O_APPEND), 0);
	for (unsigned w = 0; w < 3; w++)
		assert_true(fcntl(d.channel[w].in, F_GETFL) & O_APPEND);
	drive_close(&d);
}

static void one_file_for_each(void **state)
{
	struct drive d;

	(void)state;
	drive_init(&d, &workload_null, 2);
	assert_int_equal(run_files(&d.run, FILES_PER_WORKER, 0, O_APPEND), 0);
	assert_int_equal(pwrite(d.channel[0].out, "abc", 3, 1000), 3);
	assert_int_equal(size_of(d.channel[0].out), 3);
	assert_int_equal(size_of(d.channel[1].out), 0);
	drive_close(&d);
}

static void no_folder_is_an_error(void **state)
{
	const char *old = getenv("TMPDIR");
	char *keep = old ? strdup(old) : NULL;
	struct drive d;

	(void)state;
	drive_init(&d, &workload_fread, 1);
	setenv("TMPDIR", "/nonexistent", 1);
	assert_int_equal(drive_open(&d), -1);
	assert_int_equal(d.trouble.status, STATUS_IO_ERROR);
	assert_non_null(strstr(d.trouble.reason, "/nonexistent"));
	if (keep)
		setenv("TMPDIR", keep, 1);
	else
		unsetenv("TMPDIR");
	free(keep);
	drive_close(&d);
}

static void append_grows_or_does_not(void **state)
{
	struct drive d;

	(void)state;
	for (uint64_t prealloc = 0; prealloc < 2; prealloc++) {
		off_t before;

		drive_init(&d, &workload_append, 1);
		drive_set(&d, "prealloc", prealloc);
		assert_int_equal(drive_open(&d), 0);
		before = size_of(d.channel[0].out);
		assert_int_equal(!!(fcntl(d.channel[0].out, F_GETFL) & O_APPEND), !prealloc);
		drive_all(&d, false);
		assert_int_equal(size_of(d.channel[0].out) - before,
				 prealloc ? 0 : 6 * 4 * 256);
		drive_close(&d);
	}
}

/* Each record is where its unit belongs, and none over another. */
static void append_fills_place_after_place(void **state)
{
	enum { RECORD = 256, RECORDS = 6 * 4 };
	unsigned char got[RECORD], before[RECORDS][RECORD];
	struct drive d;

	(void)state;
	drive_init(&d, &workload_append, 1);
	drive_set(&d, "prealloc", 1);
	assert_int_equal(drive_open(&d), 0);
	for (int i = 0; i < RECORDS; i++)
		assert_int_equal(pread(d.channel[0].out, before[i], RECORD, i * RECORD), RECORD);
	drive_all(&d, false);
	for (int i = 0; i < RECORDS; i++) {
		assert_int_equal(pread(d.channel[0].out, got, RECORD, i * RECORD), RECORD);
		assert_memory_not_equal(got, before[i], RECORD);
	}
	drive_close(&d);
}

static void fread_notices_a_wrong_block(void **state)
{
	static const unsigned char zero[65536];
	struct drive d;

	(void)state;
	drive_init(&d, &workload_fread, 1);
	drive_set(&d, "size", sizeof zero);
	assert_int_equal(drive_open(&d), 0);
	assert_int_equal(pwrite(d.channel[0].in, zero, sizeof zero, 0), sizeof zero);
	assert_int_equal(drive_run(&d, 0, 0), -EBADMSG);
	for (int last = 0; last < 2; last++) {	/* blocks that are right but at one end */
		unsigned char block[4096];

		for (size_t at = 0; at < sizeof zero; at += sizeof block) {
			for (size_t i = 0; i < sizeof block; i++)
				block[i] = file_byte(at + i);
			block[last ? sizeof block - 1 : 0] ^= 1;
			assert_int_equal(pwrite(d.channel[0].in, block, sizeof block, (off_t)at),
					 sizeof block);
		}
		assert_int_equal(drive_run(&d, 0, 0), -EBADMSG);
	}
	assert_int_equal(ftruncate(d.channel[0].in, 0), 0);
	assert_int_equal(drive_run(&d, 0, 0), -EIO);
	drive_close(&d);
}

/* How many of the @bytes of @fd's file are in the page cache, in pages. */
static unsigned cached(int fd, size_t bytes)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	unsigned char there[1024];
	unsigned n = 0;
	void *map = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);

	assert_true(map != MAP_FAILED && bytes / page <= sizeof there);
	assert_int_equal(mincore(map, bytes, there), 0);
	munmap(map, bytes);
	for (size_t i = 0; i < bytes / page; i++)
		n += there[i] & 1;
	return n;
}

/* Blocks are read, right, and not left in the cache: in every pass. */
static void what_is_cold_stays_cold(void **state)
{
	enum { BYTES = 1 << 20 };

	(void)state;
	for (uint64_t cache = CACHE_HOT; cache <= CACHE_DIRECT; cache++) {
		struct drive d;
		int fd;

		drive_init(&d, &workload_fread, 2);
		drive_set(&d, "size", BYTES);
		drive_set(&d, "cache", cache);
		if (drive_open(&d) < 0) {	/* TMPDIR is in memory */
			assert_int_equal(d.trouble.status, STATUS_SKIPPED);
			drive_close(&d);
			continue;
		}
		fd = d.channel[1].in;
		assert_int_equal(!!(fcntl(fd, F_GETFL) & O_DIRECT), cache == CACHE_DIRECT);
		for (int pass = 0; pass < 2; pass++) {
			drive_all(&d, false);
			if (cache == CACHE_HOT)
				assert_int_equal(cached(fd, BYTES), BYTES / 4096);
			else	/* a page may be busy just when it is dropped */
				assert_in_range(cached(fd, BYTES), 0, 2);
		}
		drive_close(&d);
	}
}

/* Records past the cache: all of them there, where they belong, and no page of
 * them in memory. */
static void direct_records_leave_no_page(void **state)
{
	enum { RECORD = 4096, ALL = 6 * 4 * RECORD };

	(void)state;
	for (uint64_t prealloc = 0; prealloc < 2; prealloc++) {
		unsigned char *got = aligned_alloc(RECORD, RECORD);
		struct drive d;
		struct task t;
		int fd;

		drive_init(&d, &workload_append, 1);
		drive_set(&d, "bytes", RECORD);
		drive_set(&d, "direct", 1);
		drive_set(&d, "prealloc", prealloc);
		if (drive_open(&d) < 0) {	/* TMPDIR is in memory */
			assert_int_equal(d.trouble.status, STATUS_SKIPPED);
			drive_close(&d);
			free(got);
			continue;
		}
		fd = d.channel[0].out;
		assert_true(fcntl(fd, F_GETFL) & O_DIRECT);
		assert_int_equal(size_of(fd), prealloc ? 1 << 20 : 0);
		drive_all(&d, false);
		assert_int_equal(size_of(fd), prealloc ? 1 << 20 : ALL);
		assert_int_equal(cached(fd, ALL), 0);
		t = drive_task(&d, 3, 0);
		for (unsigned unit = 0; unit < 4; unit++) {
			uint64_t r = task_random(&t, unit, 0);

			assert_int_equal(pread(fd, got, RECORD, (12 + unit) * RECORD), RECORD);
			assert_int_equal(got[0], (unsigned char)r);
			assert_int_equal(got[RECORD - 1], r >> 56);
		}
		free(t.local);
		free(got);
		drive_close(&d);
	}
}

/* In place of the C library's: a page is still there, so often. */
static unsigned busy;

int mincore(void *at, size_t bytes, unsigned char *there)
{
	long rc = syscall(SYS_mincore, at, bytes, there);

	if (!rc && busy) {
		busy--;
		there[(bytes - 1) / 4096] |= 1;
	}
	return (int)rc;
}

static void who_is_busy_is_asked_again(void **state)
{
	struct drive d;

	(void)state;
	for (int now = 0; now < 2; now++) {
		drive_init(&d, &workload_fread, 2);
		drive_set(&d, "cache", CACHE_COLD);
		busy = now ? 5 : 0;
		if (drive_open(&d) < 0) {	/* TMPDIR is in memory */
			assert_int_equal(d.trouble.status, STATUS_SKIPPED);
			assert_int_equal(now, 0);
			now = 1;
		}
		assert_int_equal(busy, 0);
		drive_close(&d);
	}
	busy = 0;
}

static void memory_is_no_disk(const struct workload *w, const char *param, uint64_t value,
			      uint64_t bytes)
{
	struct drive d;

	drive_init(&d, w, 1);
	drive_set(&d, param, value);
	drive_set(&d, "bytes", bytes);
	assert_int_equal(drive_open(&d), -1);
	assert_int_equal(d.trouble.status, STATUS_SKIPPED);
	assert_non_null(strstr(d.trouble.reason, "/dev/shm"));
	drive_close(&d);
}

static void memory_is_not_cold(void **state)
{
	const char *old = getenv("TMPDIR");
	char *keep = old ? strdup(old) : NULL;

	(void)state;
	if (access("/dev/shm", W_OK))
		skip();
	setenv("TMPDIR", "/dev/shm", 1);
	memory_is_no_disk(&workload_fread, "cache", CACHE_COLD, 4096);
	memory_is_no_disk(&workload_fread, "cache", CACHE_DIRECT, 4096);
	memory_is_no_disk(&workload_append, "direct", 1, 4096);
	if (keep)
		setenv("TMPDIR", keep, 1);
	else
		unsetenv("TMPDIR");
	free(keep);
}

static void what_is_direct_is_of_whole_pages(void **state)
{
	struct drive d;

	(void)state;
	drive_init(&d, &workload_fread, 1);
	drive_set(&d, "cache", CACHE_DIRECT);
	assert_null(workload_fread.supported(d.param));
	drive_set(&d, "bytes", 4097);
	assert_non_null(workload_fread.supported(d.param));
	drive_set(&d, "cache", CACHE_COLD);
	assert_null(workload_fread.supported(d.param));
	drive_init(&d, &workload_append, 1);
	assert_null(workload_append.supported(d.param));
	drive_set(&d, "direct", 1);
	assert_non_null(workload_append.supported(d.param));
	drive_set(&d, "bytes", 8192);
	assert_null(workload_append.supported(d.param));
}

/* A sync after every batch, and after what is left over. */
static void a_batch_shares_a_sync(void **state)
{
	static const struct { uint64_t batch; unsigned syncs; } way[] = {
		{ 1, 10 }, { 3, 4 }, { 5, 2 }, { 10, 1 }, { 1024, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof way / sizeof way[0]; i++) {
		unsigned syncs = 0, dirty = 0, units = 0;
		struct drive d;
		struct task t;
		struct op op;

		drive_init(&d, &workload_append, 1);
		drive_set(&d, "batch", way[i].batch);
		d.run.units = 10;
		assert_int_equal(drive_open(&d), 0);
		t = drive_task(&d, 0, 0);
		while ((op = workload_append.step(&t)).kind != OP_DONE) {
			assert_int_not_equal(op.kind, OP_FAIL);
			dirty += op.kind == OP_PWRITE;
			assert_true(dirty <= way[i].batch);
			if (op.kind == OP_SYNC)
				syncs++, dirty = 0;
			if (op.kind == OP_UNIT)	/* none but what is on disk */
				assert_int_equal(dirty, 0), units += (unsigned)op.len;
			t.res = drive_exec(&op);
		}
		assert_int_equal(syncs, way[i].syncs);
		assert_int_equal(units, 10);
		assert_int_equal(size_of(d.channel[0].out), 10 * 256);
		free(t.local);
		drive_close(&d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hindered_write_goes_on),
		cmocka_unit_test(files_are_on_the_disk_before),
		cmocka_unit_test(one_file_for_all),
		cmocka_unit_test(one_file_for_each),
		cmocka_unit_test(no_folder_is_an_error),
		cmocka_unit_test(append_grows_or_does_not),
		cmocka_unit_test(append_fills_place_after_place),
		cmocka_unit_test(fread_notices_a_wrong_block),
		cmocka_unit_test(what_is_cold_stays_cold),
		cmocka_unit_test(direct_records_leave_no_page),
		cmocka_unit_test(who_is_busy_is_asked_again),
		cmocka_unit_test(memory_is_not_cold),
		cmocka_unit_test(what_is_direct_is_of_whole_pages),
		cmocka_unit_test(a_batch_shares_a_sync),
	};

	drive_watchdog();
	return cmocka_run_group_tests_name("files", tests, NULL, NULL);
}

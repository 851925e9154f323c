/* files.c - the files that workloads read and write: no name, known content. */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "workloads/workload.h"

enum {
	SPARE_FDS = 64,		/* of the harness, and open already */
	DROPS = 10,		/* of one file, until no page is left */
};

/* A new file without a name in folder @dir.  The descriptor, or -1. */
static int file_make(const char *dir, int flags)
{
	char path[4096];
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC | flags, 0600);

	/* not every file system knows O_TMPFILE */
	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
		return fd;
	if (snprintf(path, sizeof path, "%s/samework-XXXXXX", dir) >= (int)sizeof path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = mkostemp(path, O_CLOEXEC | flags);
	if (fd >= 0)
		unlink(path);
	return fd;
}

static int file_write(int fd, const void *bytes, size_t n)
{
	const char *buf = bytes;

	while (n) {
		ssize_t done = write(fd, buf, n);

		if (done < 0 && errno != EINTR)
			return -1;
		if (done > 0) {
			buf += done;
			n -= (size_t)done;
		}
	}
	return 0;
}

/* Fill @fd and bring it to disk: pages still dirty would be written back while
 * the run is timed.  They stay in the page cache. */
static int file_fill(int fd, size_t bytes)
{
	static uint64_t word[8192];

	for (size_t at = 0; at < bytes; at += sizeof word) {
		size_t n = bytes - at < sizeof word ? bytes - at : sizeof word;

		/* eight times file_byte() at once */
		for (size_t i = 0; i < sizeof word / 8; i++)
			word[i] = htole64(rng_mix(at / 8 + i));
		if (file_write(fd, word, n) < 0)
			return -1;
	}
	return bytes ? fdatasync(fd) : 0;
}

/* @fd's file once more, under an open file description of its own: threads
 * would fight over the count of references to a common one. */
static int file_again(int fd, int flags)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	return open(path, O_RDWR | O_CLOEXEC | flags);
}

static const char *folder(void)
{
	const char *dir = getenv("TMPDIR");

	return dir && *dir ? dir : "/tmp";
}

int run_files(struct run *r, enum files how, size_t bytes, int open_flags)
{
	const char *dir = folder();

	if (run_descriptors(r, (uint64_t)r->workers + SPARE_FDS) < 0)
		return -1;
	for (unsigned w = 0; w < r->workers; w++) {
		bool again = how == FILES_ONE && w > 0;
		int fd = again ? file_again(r->channel[0].in, open_flags)
			       : file_make(dir, open_flags);

		r->channel[w] = (struct channel){ fd, fd };
		if (fd < 0 || (!again && file_fill(fd, bytes) < 0))
			return run_fail(r, status_of_errno(errno), "a file in %s: %s",
					dir, strerror(errno));
	}
	return 0;
}

/* How many pages of @fd's file are in the page cache, or -1 with errno. */
static long cached_pages(int fd)
{
	long page = sysconf(_SC_PAGESIZE), n = 0;
	unsigned char *there;
	struct stat st;
	size_t pages;
	void *map;
	int rc;

	if (fstat(fd, &st) < 0)
		return -1;
	pages = (size_t)((st.st_size + page - 1) / page);
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return -1;
	there = malloc(pages);
	rc = there ? mincore(map, (size_t)st.st_size, there) : -1;
	for (size_t i = 0; !rc && i < pages; i++)
		n += there[i] & 1;
	free(there);
	munmap(map, (size_t)st.st_size);
	return rc ? -1 : n;
}

/* Drop them: how many are left, or -1 with errno. */
static long drop_pages(int fd)
{
	long left = 1;

	for (unsigned i = 0; left > 0 && i < DROPS; i++) {
		if (i)
			usleep(1000);	/* a page was busy */
		errno = posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
		left = errno ? -1 : cached_pages(fd);
	}
	return left;
}

int run_uncache(struct run *r, enum cache how)
{
	int direct = how == CACHE_DIRECT ? O_DIRECT : 0;
	long left;

	for (unsigned w = 0; how != CACHE_HOT && w < r->workers; w++) {
		int fd = r->channel[w].in;

		/* nothing may be read ahead: that is a cache as well */
		errno = posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM);
		left = errno ? -1 : drop_pages(fd);
		if (left > 0)
			return run_fail(r, STATUS_SKIPPED, "%s keeps files in memory", folder());
		if (left < 0 || fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | direct) < 0)
			return run_fail(r, errno == EINVAL ? STATUS_SKIPPED : STATUS_IO_ERROR,
					"%s: no %s i/o: %s", folder(),
					direct ? "direct" : "cold", strerror(errno));
	}
	return 0;
}

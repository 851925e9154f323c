/* files.c - the files that workloads read and write: no name, known content. */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "workloads/workload.h"

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

int run_files(struct run *r, enum files how, size_t bytes, int open_flags)
{
	const char *dir = getenv("TMPDIR");

	if (!dir || !*dir)
		dir = "/tmp";
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

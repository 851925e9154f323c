#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "pipeline/store.h"

/* All of @text, or -1 with errno. */
static int write_all(int fd, const char *text, size_t n)
{
	while (n) {
		ssize_t k = write(fd, text, n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return -1;
		text += k;
		n -= (size_t)k;
	}
	return 0;
}

/* Special files cannot be synced; a disk that cannot is never asked twice: the
 * kernel forgets the failure and would say yes (fsyncgate, ATC'20). */
static int sync_data(int fd)
{
	return fdatasync(fd) < 0 && errno != EINVAL && errno != EROFS ? -1 : 0;
}

static int append(struct store *s, const char *text)
{
	size_t n = text ? strlen(text) : 0;

	if (!n)
		return fail("%s: out of memory for a row", s->path);
	if (write_all(s->fd, text, n) < 0 || sync_data(s->fd) < 0) {
		int err = errno;

		if (ftruncate(s->fd, (off_t)s->bytes) < 0)
			warn("%s: the last row may be cut", s->path);
		errno = err;
		return fail_errno("%s: a row could not be stored; it reads: %.*s",
				  s->path, (int)n - 1, text);
	}
	s->bytes += n;
	return 0;
}

/* Move the last @n bytes to a file of their own. */
static int cut_tail(struct store *s, size_t n)
{
	char path[4096], buf[65536];
	ssize_t got;
	int fd, rc;

	snprintf(path, sizeof path, "%s.torn", s->path);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (fd < 0)
		return fail_errno("%s", path);
	rc = 0;
	for (size_t at = s->bytes - n; !rc && at < s->bytes; at += (size_t)got) {
		got = pread(s->fd, buf, sizeof buf, (off_t)at);
		rc = got <= 0 ? -1 : write_all(fd, buf, (size_t)got);
	}
	if (close(fd) < 0 || rc < 0)
		return fail_errno("%s", path);
	s->bytes -= n;
	if (ftruncate(s->fd, (off_t)s->bytes) < 0)
		return fail_errno("%s", s->path);
	warn("%s: the last %zu bytes are not a whole trial; moved to %s", s->path, n, path);
	return 0;
}

int store_open(struct store *s, const char *path, size_t torn_bytes)
{
	struct arena a = { 0 };
	struct stat st;
	int rc = 0;

	*s = (struct store){ .path = path };
	s->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (s->fd < 0 || fstat(s->fd, &st) < 0)
		return fail_errno("%s", path);
	s->bytes = (size_t)st.st_size;
	if (torn_bytes)
		rc = cut_tail(s, torn_bytes);
	if (!rc && !s->bytes)
		rc = append(s, samples_header(&a));
	arena_release(&a);
	return rc;
}

int store_append(struct store *s, const struct sample *row)
{
	struct arena a = { 0 };
	int rc = append(s, samples_line(row, &a));

	arena_release(&a);
	return rc;
}

void store_close(struct store *s)
{
	if (s->fd >= 0)
		close(s->fd);
}

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "pipeline/lock.h"

/* Open the file, which any user may have made: in a sticky folder the kernel
 * refuses O_CREAT on another's file, so that comes last. */
static int open_any(const char *path)
{
	const int flags = O_CLOEXEC | O_NOFOLLOW;
	int fd = open(path, O_RDWR | flags);

	if (fd < 0 && errno == EACCES)
		fd = open(path, O_RDONLY | flags);
	if (fd >= 0 || errno != ENOENT)
		return fd;
	fd = open(path, O_RDWR | O_CREAT | flags, 0666);
	if (fd >= 0)
		fchmod(fd, 0666);	/* whatever the umask is */
	return fd;
}

/* The descriptor, -1, or -2 when it is held. */
static int take(const char *path)
{
	int fd = open_any(path);
	char holder[32] = "";

	if (fd < 0)
		return fail_errno("%s", path);
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		int err = errno;

		if (pread(fd, holder, sizeof holder - 1, 0) < 0)
			holder[0] = '\0';
		close(fd);
		errno = err;
		if (err != EWOULDBLOCK)
			return fail_errno("%s", path);
		fail("another run is measuring on this machine: pid %d holds %s",
		     atoi(holder), path);
		return -2;
	}
	/* who cannot write it locks it all the same, without a name */
	if (!ftruncate(fd, 0))
		dprintf(fd, "%d\n", (int)getpid());
	return fd;
}

int lock_take(const char *dir)
{
	const char *machine = getenv("SAMEWORK_LOCK");
	char path[4096];
	int fd;

	snprintf(path, sizeof path, "%s/.lock", dir);
	fd = take(path);
	return fd < 0 ? fd : take(machine && *machine ? machine : "/tmp/samework.lock");
}

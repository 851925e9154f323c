#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/err.h"
#include "pipeline/lock.h"

/* The descriptor, -1, or -2 when it is held. */
static int take(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
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
	if (ftruncate(fd, 0) < 0 || dprintf(fd, "%d\n", (int)getpid()) < 0)
		return fail_errno("%s", path);
	return fd;
}

int lock_take(const char *dir)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	char path[4096];
	int fd;

	snprintf(path, sizeof path, "%s/.lock", dir);
	fd = take(path);
	if (fd < 0)
		return fd;
	if (runtime && *runtime == '/' && !access(runtime, W_OK))
		snprintf(path, sizeof path, "%s/samework.lock", runtime);
	else
		snprintf(path, sizeof path, "/tmp/samework-%u.lock", (unsigned)getuid());
	return take(path);
}

#include <ctype.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pipeline/descend.h"

/* Our children now, zombies too, in @pid; how many.  0 when the kernel does not
 * list them. */
static unsigned children(pid_t *pid, unsigned max)
{
	FILE *f = fopen("/proc/thread-self/children", "re");
	unsigned n = 0;
	int p;

	while (f && n < max && fscanf(f, "%d", &p) == 1)
		pid[n++] = p;
	if (f)
		fclose(f);
	return n;
}

static char state_of(pid_t pid)
{
	char path[64], state = 'Z';
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	f = fopen(path, "re");
	/* the name in brackets may hold anything but is at most 15 long */
	if (f && fscanf(f, "%*d (%*[^\n]") == 0) {
		rewind(f);
		if (fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
			state = '?';
	}
	if (f)
		fclose(f);
	return state;
}

unsigned descend_kill(pid_t pgid)
{
	pid_t pid[256];
	unsigned n, killed = 0;

	/* each death may hand us its children: until nobody is left */
	while ((n = children(pid, 256))) {
		for (unsigned i = 0; i < n; i++)
			killed += state_of(pid[i]) != 'Z';
		for (unsigned i = 0; i < n; i++)
			kill(pid[i], SIGKILL);
		for (unsigned i = 0; i < n; i++)
			waitpid(pid[i], NULL, 0);
	}
	/* not before: whom it kills could no longer be counted */
	kill(-pgid, SIGKILL);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	return killed;
}

/* The system call that a thread is in. */
struct call {
	long number;			/* -1: none, or not told */
	unsigned long arg[4];
};

static struct call call_of(const char *pid, const char *tid)
{
	struct call c = { .number = -1 };
	char path[600];
	FILE *f;

	snprintf(path, sizeof path, "/proc/%s/task/%s/syscall", pid, tid);
	f = fopen(path, "re");
	if (f) {
		if (fscanf(f, "%ld %lx %lx %lx %lx", &c.number, &c.arg[0], &c.arg[1],
			   &c.arg[2], &c.arg[3]) < 1)
			c.number = -1;
		fclose(f);
	}
	return c;
}

/* True when descriptor @fd of @pid is what only another can fill or empty. */
static bool is_pipe(const char *pid, unsigned long fd)
{
	static const char *const kind[] = { "pipe:", "anon_inode:[eventfd]" };
	char path[300], to[64] = "";

	snprintf(path, sizeof path, "/proc/%s/fd/%lu", pid, fd);
	if (readlink(path, to, sizeof to - 1) < 0)
		return false;
	return !strncmp(to, kind[0], strlen(kind[0])) ||
	       !strncmp(to, kind[1], strlen(kind[1]));
}

/* True for a wait that has no end of its own: for a lock, or at a pipe. */
static bool waits_blocked(const char *pid, const struct call *c)
{
	return c->number == SYS_futex ||
	       ((c->number == SYS_read || c->number == SYS_write) && is_pipe(pid, c->arg[0]));
}

/* Likewise, for what another process will do. */
static bool waits_for_others(const struct call *c)
{
	switch (c->number) {
	case SYS_wait4:
	case SYS_waitid:
		return true;
	case SYS_ppoll:
		return !c->arg[2];
	case SYS_epoll_pwait2:
		return !c->arg[3];
	case SYS_epoll_pwait:
#ifdef SYS_epoll_wait
	case SYS_epoll_wait:
#endif
		return (int)c->arg[3] < 0;
#ifdef SYS_poll
	case SYS_poll:
		return (int)c->arg[2] < 0;
#endif
	default:
		return false;
	}
}

/* Count the threads of @pid that are blocked; false if one does else than wait. */
static bool all_wait(const char *pid, unsigned *blocked)
{
	char path[300];
	struct dirent *d;
	bool all = true;
	DIR *dir;

	snprintf(path, sizeof path, "/proc/%s/task", pid);
	dir = opendir(path);
	while (dir && all && (d = readdir(dir))) {
		struct call c;

		if (!isdigit((unsigned char)*d->d_name))
			continue;
		c = call_of(pid, d->d_name);
		if (waits_blocked(pid, &c))
			++*blocked;
		else
			all = waits_for_others(&c);
	}
	if (dir)
		closedir(dir);
	return all;
}

bool descend_asleep(pid_t pgid)
{
	DIR *dir = opendir("/proc");
	unsigned blocked = 0;
	struct dirent *d;
	bool all = dir;

	while (all && (d = readdir(dir))) {
		if (!isdigit((unsigned char)*d->d_name) ||
		    getpgid((pid_t)atoi(d->d_name)) != pgid)
			continue;
		all = all_wait(d->d_name, &blocked);
	}
	if (dir)
		closedir(dir);
	return all && blocked;
}

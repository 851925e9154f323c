#include <ctype.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
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

/* The number of the system call that thread is in, or -1. */
static long call_of(const char *pid, const char *tid)
{
	char path[600];
	long call = -1;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%s/task/%s/syscall", pid, tid);
	f = fopen(path, "re");
	if (f) {
		if (fscanf(f, "%ld", &call) != 1)
			call = -1;
		fclose(f);
	}
	return call;
}

/* Count the threads of @pid that wait for a lock; false if one does else. */
static bool all_wait(const char *pid, unsigned *locks)
{
	char path[300];
	struct dirent *d;
	bool all = true;
	DIR *dir;

	snprintf(path, sizeof path, "/proc/%s/task", pid);
	dir = opendir(path);
	while (dir && all && (d = readdir(dir))) {
		long call;

		if (!isdigit((unsigned char)*d->d_name))
			continue;
		call = call_of(pid, d->d_name);
		*locks += call == SYS_futex;
		all = call == SYS_futex || call == SYS_wait4 || call == SYS_waitid;
	}
	if (dir)
		closedir(dir);
	return all;
}

bool descend_asleep(pid_t pgid)
{
	DIR *dir = opendir("/proc");
	unsigned locks = 0;
	struct dirent *d;
	bool all = dir;

	while (all && (d = readdir(dir))) {
		if (!isdigit((unsigned char)*d->d_name) ||
		    getpgid((pid_t)atoi(d->d_name)) != pgid)
			continue;
		all = all_wait(d->d_name, &locks);
	}
	if (dir)
		closedir(dir);
	return all && locks;
}

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tool.h"

enum { NOT_FOUND = 127 };
static double last_cpu_ns;

static _Noreturn void become(const struct pass *p, const struct tool *t, char *const *argv,
			     int out, int fd, pid_t parent)
{
	int server = p->run->server_cpu;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	dup2(out, STDOUT_FILENO);
	if (fd >= 0)
		fcntl(fd, F_SETFD, 0);
	signal(SIGPIPE, SIG_DFL);
	if (t->apart && server >= 0 && topology_bind(p->topology, server) < 0)
		_exit(EXIT_FAILURE);
	execvp(argv[0], argv);
	_exit(NOT_FOUND);
}

/* All that comes out of @fd, NUL-ended. */
static char *read_all(int fd)
{
	char *text = NULL, buf[4096];
	size_t n;
	ssize_t k;
	FILE *f = open_memstream(&text, &n);

	while (f && ((k = read(fd, buf, sizeof buf)) > 0 || (k < 0 && errno == EINTR)))
		if (k > 0)
			fwrite(buf, 1, (size_t)k, f);
	if (f)
		fclose(f);
	return text;
}

static int blame(const struct pass *p, const struct tool *t, int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND)
		return trouble_set(p->trouble, STATUS_SKIPPED,
				   "%s is not installed (Debian package %s)", t->program,
				   t->package);
	return trouble_set(p->trouble, STATUS_EXIT_CODE, "%s ended with status %#x", t->program,
			   (unsigned)status);
}

static double ns_of(struct timeval tv)
{
	return (double)tv.tv_sec * 1e9 + (double)tv.tv_usec * 1e3;
}

double tool_cpu_ns(void)
{
	return last_cpu_ns;
}

/* Start @argv, and let *@out be where its stdout comes from.  Its pid, or -1. */
static pid_t start(const struct pass *p, const struct tool *t, char *const *argv, int fd, int *out)
{
	pid_t self = getpid(), pid;
	int end[2];

	if (pipe2(end, O_CLOEXEC) < 0)
		return -1;
	pid = fork();
	if (!pid)
		become(p, t, argv, end[1], fd, self);
	close(end[1]);
	*out = end[0];
	if (pid < 0)
		close(end[0]);
	return pid;
}

/* All that @argv wrote to stdout; how it ended is in *@status. */
static char *output(const struct pass *p, const struct tool *t, char *const *argv, int fd,
		    int *status)
{
	struct rusage ru = { 0 };
	pid_t pid;
	char *text;
	int out;

	pid = start(p, t, argv, fd, &out);
	if (pid < 0) {
		trouble_set(p->trouble, STATUS_SPAWN_FAIL, "%s: %s", t->program, strerror(errno));
		return NULL;
	}
	text = read_all(out);
	close(out);
	while (wait4(pid, status, 0, &ru) < 0 && errno == EINTR)
		;
	last_cpu_ns = ns_of(ru.ru_utime) + ns_of(ru.ru_stime);
	return text;
}

char *tool_output(const struct pass *p, const struct tool *t, char *const *argv, int fd)
{
	int status = 0;
	char *text = output(p, t, argv, fd, &status);

	if (!text || !status)
		return text;
	blame(p, t, status);
	free(text);
	return NULL;
}

void tool_version(struct pass *p, const struct tool *t, const char *flag, const char *pattern)
{
	char *argv[] = { (char *)t->program, (char *)flag, NULL };
	char version[TOOL_VERSION] = "";
	int status = 0;
	char *text = output(p, t, argv, -1, &status);

	if (text && sscanf(text, pattern, version) == 1)
		snprintf(p->engine, sizeof p->engine, "%s-%s", t->program, version);
	free(text);
}

int tool_begin(struct pass *p)
{
	gate_open(p, 1);
	return worker_begin(p, 0);
}

int tool_end(struct pass *p, double ns, double cpu_ns)
{
	struct slot *s = &p->slot[0];

	if (!(ns > 0 && isfinite(ns) && cpu_ns >= 0 && isfinite(cpu_ns)))
		return trouble_set(p->trouble, STATUS_INTERNAL_ERROR, "no figure in what it said");
	s->tasks = p->run->tasks;
	s->units = tool_units(p);
	s->user_ns += (uint64_t)cpu_ns;	/* to what it takes to wait for it */
	worker_end(p, 0);
	p->gate->start_ns = s->end_ns - (uint64_t)ns;
	return 0;
}

uint64_t tool_units(const struct pass *p)
{
	return p->run->tasks * p->run->units;
}

uint64_t tool_param(const struct pass *p, const char *name)
{
	const struct param *list = p->run->workload->params;
	size_t i = 0;

	while (list[i].name && strcmp(list[i].name, name))
		i++;
	return list[i].name ? p->run->param[i] : 0;
}

unsigned tool_port(const struct pass *p)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t n = sizeof in;

	getpeername(p->run->channel[0].in, (struct sockaddr *)&in, &n);
	return ntohs(in.sin_port);
}

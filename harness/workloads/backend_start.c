/* backend_start.c - execute a real server: what it inherits and what not. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "workloads/backend_start.h"

/* --- where it is --- */

/* The path of @program, in @out of @n bytes; false: not installed.  A user's PATH
 * need not have the folders of servers. */
static bool find_program(const char *program, char *out, size_t n)
{
	static const char more[] = "/usr/local/sbin:/usr/sbin";
	const char *path = getenv("PATH"), *const list[] = { path ? path : "", more };

	for (size_t i = 0; i < 2; i++)
		for (const char *at = list[i]; *at;) {
			int length = (int)strcspn(at, ":");

			snprintf(out, n, "%.*s/%s", length, at, program);
			if (*out == '/' && !access(out, X_OK))
				return true;
			at += length + (at[length] == ':');
		}
	return false;
}

const char *backend_missing(const struct backend *b)
{
	static char why[128];
	char path[256];

	if (find_program(b->program, path, sizeof path))
		return NULL;
	snprintf(why, sizeof why, "%s is not installed (Debian package %s)", b->program,
		 b->package);
	return why;
}

/* --- what it gets --- */

int start_file(const char *name, const void *bytes, size_t n)
{
	int fd = memfd_create(name, MFD_CLOEXEC);

	for (size_t at = 0; fd >= 0 && at < n;) {
		ssize_t k = write(fd, (const char *)bytes + at, n - at);

		if (k < 0 && errno != EINTR) {
			close(fd);
			fd = -1;
		}
		at += k > 0 ? (size_t)k : 0;
	}
	return fd;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void free_arguments(struct start *s)
{
	for (char **a = s->argv; *a; a++) {
		free(*a);
		*a = NULL;
	}
}

void start_release(struct start *s)
{
	free_arguments(s);
	close_fd(&s->log);
	close_fd(&s->config);
	close_fd(&s->scratch);
	close_fd(&s->file);
}

static int expand_all(struct start *s)
{
	char places[16], config[32], file[32], scratch[32];
	const struct word words[] = {
		{ "@port", s->port }, { "@address", s->name }, { "@places", places },
		{ "@config", config }, { "@file", file }, { "@void", scratch },
		{ NULL, NULL },
	};
	const char *const *from = s->how == BACKEND_TCP ? s->backend->tcp : s->backend->local;
	const char *text = s->backend->config ? s->backend->config : "";
	char *own;

	snprintf(places, sizeof places, "%u", s->places);
	snprintf(config, sizeof config, "/proc/self/fd/%d", s->config);
	snprintf(file, sizeof file, "/proc/self/fd/%d", s->file);
	snprintf(scratch, sizeof scratch, "/proc/self/fd/%d", s->scratch);
	for (size_t i = 0; from[i] && i < ARGUMENTS_MAX; i++)
		if (!(s->argv[i] = words_expand(from[i], words)))
			return -1;
	own = words_expand(text, words);
	if (!own || pwrite(s->config, own, strlen(own), 0) != (ssize_t)strlen(own)) {
		free(own);
		return -1;
	}
	free(own);
	return 0;
}

int start_prepare(struct start *s)
{
	free_arguments(s);
	close_fd(&s->config);
	close_fd(&s->scratch);
	close_fd(&s->log);
	s->config = start_file("config", "", 0);
	s->scratch = start_file("void", "", 0);
	s->log = start_file("log", "", 0);
	if (s->config < 0 || s->scratch < 0 || s->log < 0 || expand_all(s) < 0)
		return run_fail(s->run, status_of_errno(errno), "%s: %s", s->backend->program,
				strerror(errno));
	return 0;
}

/* --- its process, until it is another program --- */

static int pin(int cpu)
{
	size_t bytes = CPU_ALLOC_SIZE((size_t)cpu + 1);
	cpu_set_t *set = CPU_ALLOC((size_t)cpu + 1);
	int rc;

	if (!set)
		return -1;
	CPU_ZERO_S(bytes, set);
	CPU_SET_S((size_t)cpu, bytes, set);
	rc = sched_setaffinity(0, bytes, set);
	CPU_FREE(set);
	return rc;
}

/* None of the trial's descriptors but those that are named to it: it must not hold
 * the report open, nor the other ends of its own connections. */
static void keep_descriptors(const struct start *s)
{
	const int kept[] = { s->config, s->scratch, s->file };

	close_range(STDERR_FILENO + 1, ~0u, CLOSE_RANGE_CLOEXEC);
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
		if (kept[i] >= 0)
			fcntl(kept[i], F_SETFD, 0);
}

static _Noreturn void become_server(const struct start *s, const char *path, pid_t parent)
{
	int null = open("/dev/null", O_RDWR);

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);	/* it died before the line above */
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &s->mask, NULL);
	dup2(null, STDIN_FILENO);
	dup2(s->log, STDOUT_FILENO);
	dup2(s->log, STDERR_FILENO);
	keep_descriptors(s);
	if (s->run->server_cpu >= 0 && pin(s->run->server_cpu) < 0) {
		run_fail(s->run, STATUS_BIND_FAIL, "server: cannot run on CPU %d: %s",
			 s->run->server_cpu, strerror(errno));
		_exit(127);
	}
	if (!chdir("/"))
		execv(path, s->argv);
	dprintf(STDERR_FILENO, "%s: %s\n", path, strerror(errno));
	_exit(127);
}

int start_server(struct start *s)
{
	char path[256];
	pid_t self = getpid();

	if (!find_program(s->backend->program, path, sizeof path))
		return run_fail(s->run, STATUS_SKIPPED, "%s", backend_missing(s->backend));
	s->run->server = fork();
	if (!s->run->server)
		become_server(s, path, self);
	if (s->run->server < 0) {
		s->run->server = 0;
		return run_fail(s->run, STATUS_SPAWN_FAIL, "%s: fork: %s", s->backend->program,
				strerror(errno));
	}
	setpgid(s->run->server, s->run->server);	/* whoever is first */
	return 0;
}

void start_listen(struct start *s)
{
	char tail[256];
	off_t end = lseek(s->log, 0, SEEK_END);
	off_t from = end > (off_t)sizeof tail - 1 ? end - (off_t)sizeof tail + 1 : 0;
	ssize_t n = pread(s->log, tail, sizeof tail - 1, from);
	char *last;

	if (n <= 0)
		return;
	while (n && tail[n - 1] == '\n')
		n--;
	tail[n] = '\0';
	last = strrchr(tail, '\n');
	snprintf(s->said, sizeof s->said, "%.*s", (int)sizeof s->said - 1, last ? last + 1 : tail);
}

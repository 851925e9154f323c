/*
 * backend.c - start a real server for a trial, wait until it answers, connect.
 *
 * A port is found by binding to port 0 and letting go; should somebody else take
 * it in between, the server ends, or the answer has another pid, and another port
 * is tried.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "workloads/backend_start.h"

static const uint64_t READY_NS = 5000000000;
/* Places: who asks beside us (make peers) needs as many as we have, and nginx ends
 * connections that rest when few are left. */
enum { TRIES = 3, SPARE_PLACES = 256, ANSWER_BYTES = 8192 };

/* --- where it listens --- */

/* A port of 127.0.0.1 that is free now. */
static int find_port(struct start *s)
{
	struct sockaddr_in *in = (struct sockaddr_in *)&s->address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int rc;

	*in = (struct sockaddr_in){ .sin_family = AF_INET };
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s->length = sizeof *in;
	rc = fd < 0 || bind(fd, (struct sockaddr *)in, s->length) < 0 ||
	     getsockname(fd, (struct sockaddr *)in, &s->length) < 0;
	if (fd >= 0)
		close(fd);
	if (rc)
		return run_fail(s->run, status_of_errno(errno), "a port: %s", strerror(errno));
	snprintf(s->port, sizeof s->port, "%u", ntohs(in->sin_port));
	snprintf(s->name, sizeof s->name, "127.0.0.1:%s", s->port);
	return 0;
}

/* A name for a socket, in a folder of its own. */
static int find_name(struct start *s)
{
	struct sockaddr_un *un = (struct sockaddr_un *)&s->address;
	const char *dir = getenv("TMPDIR");
	char *path = s->folder;

	*un = (struct sockaddr_un){ .sun_family = AF_UNIX };
	s->length = sizeof *un;
	if (!dir || !*dir)
		dir = "/tmp";
	if (snprintf(path, sizeof s->folder, "%s/samework-XXXXXX", dir) >=
	    (int)(sizeof un->sun_path - sizeof "/socket")) {
		*path = '\0';
		return run_fail(s->run, STATUS_IO_ERROR, "%s: too long for a socket's name", dir);
	}
	if (!mkdtemp(path)) {
		*path = '\0';
		return run_fail(s->run, status_of_errno(errno), "a folder in %s: %s", dir,
				strerror(errno));
	}
	strcat(strcpy(un->sun_path, path), "/socket");
	strcpy(s->name, un->sun_path);
	return 0;
}

static void forget_name(struct start *s)
{
	if (!*s->folder)
		return;
	unlink(s->name);
	rmdir(s->folder);
	*s->folder = '\0';
}

/* --- until it answers --- */

/* A new connection, or -1 with errno. */
static int reach(const struct start *s)
{
	int fd = socket(s->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	if (fd < 0)
		return -1;
	if (!connect(fd, (const struct sockaddr *)&s->address, s->length) &&
	    (s->how == BACKEND_LOCAL ||
	     !setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one)))
		return fd;
	one = errno;
	close(fd);
	errno = one;
	return -1;
}

/* Ask who is there: 1 when it is our server, 0 when somebody else. */
static int greet(struct start *s, int fd)
{
	const struct timeval patience = { 1, 0 };
	char answer[ANSWER_BYTES], pid[16] = "", version[24] = "";
	size_t n = 0;
	ssize_t k;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	send(fd, s->backend->ping, strlen(s->backend->ping), MSG_NOSIGNAL);
	while (n < sizeof answer - 1 && (k = recv(fd, answer + n, sizeof answer - 1 - n, 0)) > 0) {
		n += (size_t)k;
		answer[n] = '\0';
		if (mark_find(answer, s->backend->pid, pid, sizeof pid) &&
		    mark_find(answer, s->backend->version, version, sizeof version))
			break;
	}
	snprintf(s->run->server_name, sizeof s->run->server_name, "%s-%s", s->backend->program,
		 version);
	return *version && atoi(pid) == s->run->server;
}

/* Whether somebody asks the trial to stop, while signals are held back. */
static bool stopping(void)
{
	sigset_t set;

	return !sigpending(&set) && (sigismember(&set, SIGTERM) || sigismember(&set, SIGINT));
}

/* Until it answers: 0; or is dead: -1; or for too long: 1. */
static int wait_ready(struct start *s)
{
	const struct timespec nap = { .tv_nsec = 1000000 };
	uint64_t late = clock_ns() + READY_NS;

	while (clock_ns() < late && !stopping()) {
		int fd, ours = 0;

		if (waitpid(s->run->server, NULL, WNOHANG)) {
			s->run->server = 0;
			return -1;
		}
		fd = reach(s);
		if (fd >= 0) {
			ours = greet(s, fd);
			close(fd);
		}
		if (ours)
			return 0;
		nanosleep(&nap, NULL);
	}
	snprintf(s->said, sizeof s->said, "no answer");
	return 1;
}

static void end_server(struct run *r)
{
	if (r->server) {
		kill(-r->server, SIGKILL);
		while (waitpid(r->server, NULL, 0) < 0 && errno == EINTR)
			;
	}
	r->server = 0;
}

/* Start it and wait for it, as wait_ready(). */
static int try_once(struct start *s)
{
	int rc = -1;

	if ((s->how == BACKEND_TCP ? find_port(s) : find_name(s)) < 0)
		return 1;
	if (!start_prepare(s) && !start_server(s))
		rc = wait_ready(s);
	if (rc) {
		end_server(s->run);
		start_listen(s);
		forget_name(s);
	}
	return rc;
}

static int connect_all(struct start *s)
{
	struct run *r = s->run;

	for (unsigned w = 0; w < r->workers; w++) {
		int fd = reach(s);

		r->channel[w] = (struct channel){ fd, fd };
		if (fd < 0)
			return run_fail(r, status_of_errno(errno), "connecting to %s: %s",
					r->server_name, strerror(errno));
	}
	return 0;
}

/* Descriptors enough here, and, because a limit is inherited, there. */
static int raise_limit(struct start *s)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) < 0)
		return run_fail(s->run, STATUS_FD_FAIL, "getrlimit: %s", strerror(errno));
	if (l.rlim_cur < s->places) {
		l.rlim_cur = l.rlim_max;
		setrlimit(RLIMIT_NOFILE, &l);
	}
	if (l.rlim_cur < s->places)
		return run_fail(s->run, STATUS_FD_FAIL,
				"%u workers need %u descriptors; the limit is %llu", s->run->workers,
				s->places, (unsigned long long)l.rlim_cur);
	return 0;
}

static int start_and_connect(struct start *s)
{
	struct run *r = s->run;
	int rc = -1;

	for (int i = 0; i < TRIES && rc < 0 && !stopping(); i++)
		rc = try_once(s);
	if (rc)
		return run_fail(r, STATUS_SERVER_LOST, "%s did not start%s%s",
				s->backend->program, *s->said ? ": " : "", s->said);
	rc = connect_all(s);
	forget_name(s);
	if (rc < 0)
		end_server(r);
	return rc;
}

int run_backend(struct run *r, const struct backend *b, enum backend_how how,
		const void *file, size_t bytes)
{
	struct start s = { .run = r, .backend = b, .how = how, .log = -1, .config = -1,
			   .scratch = -1, .places = 2 * r->workers + SPARE_PLACES };
	sigset_t hold;
	int rc;

	/* a peer that is gone is an error of the write, not the end of us */
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&hold);
	sigaddset(&hold, SIGTERM);
	sigaddset(&hold, SIGINT);
	sigaddset(&hold, SIGHUP);
	sigprocmask(SIG_BLOCK, &hold, &s.mask);
	s.file = file ? start_file("file", file, bytes) : -1;
	rc = raise_limit(&s) < 0 ? -1 : start_and_connect(&s);
	start_release(&s);
	sigprocmask(SIG_SETMASK, &s.mask, NULL);
	return rc;
}

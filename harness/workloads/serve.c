/*
 * serve.c - start the embedded server for a trial, and connect to it.
 *
 * It listens, or has its pipes, before it is forked: so there is no port to
 * clash and nothing to wait for but its one byte that says it is ready.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "workloads/server.h"

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Descriptors enough for @each per worker, and some that are open already. */
static int serve_limit(struct run *r, unsigned each)
{
	rlim_t need = (rlim_t)r->workers * each + 64;
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) < 0)
		return run_fail(r, STATUS_FD_FAIL, "getrlimit: %s", strerror(errno));
	if (l.rlim_cur < need) {
		l.rlim_cur = l.rlim_max;
		setrlimit(RLIMIT_NOFILE, &l);
	}
	if (l.rlim_cur < need)
		return run_fail(r, STATUS_FD_FAIL,
				"%u workers need %llu descriptors; the limit is %llu",
				r->workers, (unsigned long long)need,
				(unsigned long long)l.rlim_cur);
	return 0;
}

static int serve_alloc(struct server *s)
{
	s->peer = calloc(s->peers, sizeof *s->peer);
	s->bufs = calloc(s->peers, s->bytes);
	if (!s->peer || !s->bufs)
		return -1;
	for (unsigned i = 0; i < s->peers; i++) {
		s->peer[i].in = s->peer[i].out = -1;
		s->peer[i].buf = s->bufs + i * s->bytes;
	}
	return 0;
}

static int serve_listen(struct server *s, struct sockaddr_in *at)
{
	socklen_t len = sizeof *at;

	*at = (struct sockaddr_in){ .sin_family = AF_INET };
	at->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s->listener < 0 ||
	    bind(s->listener, (struct sockaddr *)at, sizeof *at) < 0 ||
	    listen(s->listener, (int)s->peers) < 0)
		return -1;
	return getsockname(s->listener, (struct sockaddr *)at, &len);
}

static int serve_connect(struct run *r, const struct sockaddr_in *to)
{
	int one = 1;

	for (unsigned w = 0; w < r->workers; w++) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

		r->channel[w] = (struct channel){ fd, fd };
		if (fd < 0 ||
		    connect(fd, (const struct sockaddr *)to, sizeof *to) < 0 ||
		    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) < 0)
			return -1;
	}
	return 0;
}

/* A pipe to and a pipe from each peer; the server's ends never block. */
static int serve_pipes(struct server *s, struct run *r)
{
	for (unsigned w = 0; w < r->workers; w++) {
		struct channel *c = &r->channel[w];
		struct peer *p = &s->peer[w];
		int to[2], from[2];

		if (pipe2(to, O_CLOEXEC | O_NONBLOCK) < 0)
			return -1;
		p->in = to[0];
		c->out = to[1];
		if (pipe2(from, O_CLOEXEC | O_NONBLOCK) < 0)
			return -1;
		c->in = from[0];
		p->out = from[1];
		if (!r->nonblock && (fcntl(c->in, F_SETFL, 0) < 0 ||
				     fcntl(c->out, F_SETFL, 0) < 0))
			return -1;
	}
	return 0;
}

static int serve_fork(struct server *s, struct run *r)
{
	pid_t self = getpid();
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return run_fail(r, status_of_errno(errno), "socketpair: %s",
				strerror(errno));
	r->server_control = pair[0];
	s->control = pair[1];
	r->server = fork();
	if (!r->server)
		server_main(s, r, self);
	if (r->server < 0) {
		r->server = 0;
		return run_fail(r, STATUS_SPAWN_FAIL, "server: fork: %s",
				strerror(errno));
	}
	return 0;
}

/* Let go of what is the server's. */
static void serve_release(struct server *s)
{
	close_fd(&s->listener);
	close_fd(&s->control);
	for (unsigned i = 0; s->peer && i < s->peers; i++)
		peer_close(&s->peer[i]);
	free(s->bufs);
	free(s->peer);
}

/* End what was begun. */
static void serve_undo(struct run *r)
{
	if (r->server) {
		kill(r->server, SIGKILL);
		while (waitpid(r->server, NULL, 0) < 0 && errno == EINTR)
			;
	}
	r->server = 0;
	close_fd(&r->server_control);
}

static int serve_open(struct server *s, struct run *r, enum transport how,
		      struct sockaddr_in *at)
{
	if (serve_limit(r, how == TRANSPORT_PIPE ? 4 : 1) < 0)
		return -1;
	if (serve_alloc(s) < 0)
		return run_fail(r, STATUS_ALLOC_FAIL, "server: out of memory");
	if ((how == TRANSPORT_PIPE ? serve_pipes(s, r) : serve_listen(s, at)) < 0)
		return run_fail(r, status_of_errno(errno), "server: %s",
				strerror(errno));
	return 0;
}

/* Wait for the server's word that all is in place. */
static int serve_ready(const struct run *r)
{
	char c;
	ssize_t n;

	do
		n = read(r->server_control, &c, 1);
	while (n < 0 && errno == EINTR);
	return n == 1 ? 0 : -1;
}

int run_serve(struct run *r, enum transport how, size_t bytes, uint64_t delay_ns)
{
	struct server s = { .bytes = bytes, .delay_ns = delay_ns, .listener = -1,
			    .control = -1, .epoll = -1, .peers = r->workers };
	struct sockaddr_in at;
	int rc;

	r->server = 0;
	r->server_control = -1;
	/* a peer that is gone is an error of the write, not the end of us */
	signal(SIGPIPE, SIG_IGN);
	rc = serve_open(&s, r, how, &at) < 0 || serve_fork(&s, r) < 0 ? -1 : 0;
	/* before connecting: where the server is dead, nobody listens */
	serve_release(&s);
	if (!rc && how == TRANSPORT_TCP && serve_connect(r, &at) < 0)
		rc = run_fail(r, status_of_errno(errno), "connect: %s",
			      strerror(errno));
	if (!rc && serve_ready(r) < 0)
		rc = run_fail(r, STATUS_SERVER_LOST, "the server did not start");
	if (rc < 0)
		serve_undo(r);
	return rc;
}

/*
 * serve.c - start the embedded server for a trial, and connect to it.
 *
 * It listens, or has its pipes, before it is forked: so there is no port to
 * clash and nothing to wait for but its one byte that says it is ready.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "workloads/server.h"

enum { SPARE_FDS = 64 };	/* of the harness, and open already */

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* How many peers the server has: those that come and go may overlap. */
static unsigned peers_of(const struct run *r, const struct service *what)
{
	return r->workers << (what->port || (what->clients && what->backend));
}

/* Descriptors of a worker, in the process that has more of them. */
static unsigned fds_of(const struct service *what)
{
	if (what->how == TRANSPORT_PIPE)
		return 4;
	if (what->how == TRANSPORT_MEMORY)
		return 2;
	return 1u + (what->how == TRANSPORT_UNIX || what->port || what->backend) + what->accept;
}

static int serve_alloc(struct server *s)
{
	size_t window = s->what.window, ring = window * s->what.bytes;

	s->peer = calloc(s->peers, sizeof *s->peer);
	s->queue = calloc(s->peers, sizeof *s->queue);
	s->bufs = calloc(s->peers, ring);
	s->dues = calloc(s->peers, window * sizeof *s->dues);
	if (!s->peer || !s->queue || !s->bufs || !s->dues)
		return -1;
	for (unsigned i = 0; i < s->peers; i++)
		s->peer[i] = (struct peer){
			.in = -1, .out = -1, .nonce = i,
			.buf = s->bufs + i * ring, .due_ns = s->dues + i * window,
		};
	return 0;
}

/* Listen on a port that is free: the socket, or -1 with errno. */
static int serve_listen(unsigned backlog, uint16_t *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) < 0 ||
	    listen(fd, (int)backlog) < 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &len) < 0) {
		close_fd(&fd);
		return -1;
	}
	*port = ntohs(at.sin_port);
	return fd;
}

/* A connection of ours.  It is reset when it is closed: a thousand that were
 * closed in order would each haunt their port for a minute. */
static int serve_options(const struct server *s, int fd)
{
	const struct linger reset = { .l_onoff = 1, .l_linger = 0 };

	if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset) < 0)
		return -1;
	return server_nodelay(s, fd);
}

static int serve_connect(const struct server *s, struct run *r)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(s->port) };

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (unsigned w = 0; w < r->workers; w++) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

		r->channel[w].out = fd;
		if (!s->what.clients)
			r->channel[w].in = fd;
		if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) < 0 ||
		    serve_options(s, fd) < 0)
			return -1;
	}
	return 0;
}

/* The clients have come: take them in, or leave that to the tasks.  What those
 * accept has the door's options, and is closed in order, lest the last reply be
 * lost; the client, who asks on, makes a reset of that. */
static int serve_accept(const struct server *s, struct run *r)
{
	/* of the door itself, which all those that are given out are */
	if (s->what.accept && r->nonblock && fcntl(s->door, F_SETFL, O_NONBLOCK) < 0)
		return -1;
	for (unsigned w = 0; w < r->workers; w++) {
		int fd = s->what.accept ? fcntl(s->door, F_DUPFD_CLOEXEC, 0)
					: accept4(s->door, NULL, NULL, SOCK_CLOEXEC);
		int rc = s->what.accept ? server_nodelay(s, fd) : serve_options(s, fd);

		r->channel[w].in = fd;
		if (!s->what.backend)
			r->channel[w].out = fd;
		if (fd < 0 || rc < 0)
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

/* A pair of sockets for each peer: no address that a file would have to hold. */
static int serve_pairs(struct server *s, struct run *r)
{
	for (unsigned w = 0; w < r->workers; w++) {
		struct peer *p = &s->peer[w];
		int pair[2];

		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
			return -1;
		r->channel[w] = (struct channel){ pair[0], pair[0] };
		p->in = p->out = pair[1];
		if (fcntl(pair[1], F_SETFL, O_NONBLOCK) < 0)
			return -1;
	}
	return 0;
}

/* Memory of each peer, known here and there. */
static int serve_memory(struct server *s, struct run *r)
{
	for (unsigned w = 0; w < r->workers; w++) {
		int fd = words_new();

		r->channel[w] = (struct channel){ fd, fd };
		s->peer[w].in = s->peer[w].out = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0);
		if (s->peer[w].in < 0)
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
	free(s->dues);
	free(s->bufs);
	free(s->queue);
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

/* What must be there before the fork. */
static int serve_open(struct server *s, struct run *r)
{
	const struct service *what = &s->what;
	int rc = 0;

	if (run_descriptors(r, (uint64_t)r->workers * fds_of(what) + SPARE_FDS) < 0)
		return -1;
	if (serve_alloc(s) < 0)
		return run_fail(r, STATUS_ALLOC_FAIL, "server: out of memory");
	if (what->how == TRANSPORT_PIPE)
		rc = serve_pipes(s, r);
	else if (what->how == TRANSPORT_UNIX)
		rc = serve_pairs(s, r);
	else if (what->how == TRANSPORT_MEMORY)
		rc = serve_memory(s, r);
	else if (!what->clients || what->backend)
		rc = s->listener = serve_listen(s->peers, &s->port);
	if (rc >= 0 && what->clients)
		rc = s->door = serve_listen(r->workers, &s->door_port);
	return rc < 0 ? run_fail(r, status_of_errno(errno), "server: %s", strerror(errno)) : 0;
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

/* Connect to the server, and let its clients in. */
static int serve_meet(const struct server *s, struct run *r)
{
	if (s->what.port)
		*s->what.port = s->port;
	else if (s->port && serve_connect(s, r) < 0)
		return run_fail(r, status_of_errno(errno), "connect: %s", strerror(errno));
	if (serve_ready(r) < 0)
		return run_fail(r, STATUS_SERVER_LOST, "the server did not start");
	if (s->door >= 0 && serve_accept(s, r) < 0)
		return run_fail(r, status_of_errno(errno), "accept: %s", strerror(errno));
	return 0;
}

int run_serve(struct run *r, const struct service *what)
{
	struct server s = { .what = *what, .listener = -1, .door = -1, .control = -1,
			    .epoll = -1, .peers = peers_of(r, what) };
	int rc;

	r->server = 0;
	r->server_control = -1;
	/* a peer that is gone is an error of the write, not the end of us */
	signal(SIGPIPE, SIG_IGN);
	rc = serve_open(&s, r) < 0 || serve_fork(&s, r) < 0 ? -1 : 0;
	/* before connecting: where the server is dead, nobody listens */
	serve_release(&s);
	if (!rc)
		rc = serve_meet(&s, r);
	close_fd(&s.door);
	if (rc < 0)
		serve_undo(r);
	return rc;
}

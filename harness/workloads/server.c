/*
 * server.c - the embedded server's process: one level-triggered epoll loop, for
 * echo, pipe, delay, fanout and connect; for relay it is the clients as well.
 *
 * The trial and the server hold the ends of one socket: the server sends one
 * byte over it when it is ready, and goes when it is closed.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/epoll.h"
#include "workloads/server.h"

static int server_pin(struct run *r)
{
	size_t cpu = (size_t)r->server_cpu, bytes = CPU_ALLOC_SIZE(cpu + 1);
	cpu_set_t *set;
	int rc;

	if (r->server_cpu < 0)
		return 0;
	set = CPU_ALLOC(cpu + 1);
	if (!set)
		return run_fail(r, STATUS_ALLOC_FAIL, "server: out of memory");
	CPU_ZERO_S(bytes, set);
	CPU_SET_S(cpu, bytes, set);
	rc = sched_setaffinity(0, bytes, set);
	CPU_FREE(set);
	if (rc < 0)
		return run_fail(r, STATUS_BIND_FAIL, "server: cannot run on CPU %d: %s",
				r->server_cpu, strerror(errno));
	return 0;
}

int server_nodelay(const struct server *s, int fd)
{
	int one = 1;

	return s->what.nagle ? 0 : setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

/* Accept into @p: 0, or -1 with errno. */
static int server_accept(struct server *s, struct peer *p)
{
	do
		p->in = accept4(s->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	while (p->in < 0 && errno == EINTR);
	p->out = p->in;
	return p->in < 0 ? -1 : server_nodelay(s, p->in);
}

/* Be a client: the trial accepts once all have come, so none is refused. */
static int server_call(struct server *s, struct peer *p)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(s->door_port) };

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	p->client = true;
	p->in = p->out = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (p->in < 0 || connect(p->in, (struct sockaddr *)&to, sizeof to) < 0 ||
	    fcntl(p->in, F_SETFL, O_NONBLOCK) < 0)
		return -1;
	return server_nodelay(s, p->in);
}

/* Connections that come and go.  One that has gone may be heard of only after
 * the next has come: then there is a place for both. */
static int server_come(struct server *s)
{
	for (unsigned i = 0; i < s->peers; i++) {
		struct peer *p = &s->peer[i];

		if (p->in >= 0 || p->queued)
			continue;
		/* gone again before it was accepted: no matter */
		if (server_accept(s, p) < 0)
			return p->in < 0 ? 0 : -1;
		return peer_open(s, p);
	}
	return 0;
}

/* An event of @p; a client that was hung up on comes again. */
static int server_event(struct server *s, struct peer *p, uint32_t events)
{
	bool open = p->in >= 0;

	peer_event(s, p, events);
	if (!open || p->in >= 0 || !p->client || !s->what.accept)
		return 0;
	if (!server_call(s, p))
		return peer_open(s, p);
	peer_close(p);	/* nobody listens: the trial is over */
	return 0;
}

static void server_stall(struct server *s)
{
	uint64_t every = s->what.stall_every;

	if (!every || s->asked / every == s->stalls)
		return;
	s->stalls = s->asked / every;
	clock_sleep_until(clock_ns() + s->what.stall_ns);
}

/* Wait for events until the first answer is due.  How many, 0, or -1. */
static int server_wait(struct server *s, struct epoll_event *ev, int n)
{
	uint64_t until = s->queued ? peer_due_ns(s, s->queue[0]) : UINT64_MAX;
	int got = epoll_until(s->epoll, ev, n, until, &s->coarse);

	return got < 0 && errno == EINTR ? 0 : got;
}

static void server_answer(struct server *s)
{
	uint64_t now = clock_ns();
	struct peer *p;

	while ((p = due_take(s, now)))
		peer_answer(s, p, now);
}

static _Noreturn void server_loop(struct server *s)
{
	struct epoll_event ev[64];

	for (;;) {
		int n = server_wait(s, ev, 64);

		if (n < 0)
			_exit(1);
		for (int i = 0; i < n; i++) {
			if (!ev[i].data.ptr)
				_exit(0);	/* the control socket */
			if ((ev[i].data.ptr == s ? server_come(s) :
			     server_event(s, ev[i].data.ptr, ev[i].events)) < 0)
				_exit(1);
		}
		server_stall(s);
		if (s->queued)
			server_answer(s);
	}
}

/* Let go of the trial's ends, or the server would not see them close. */
static void server_leave(const struct server *s, const struct run *r)
{
	close(r->server_control);
	if (s->door >= 0)
		close(s->door);
	for (unsigned w = 0; w < r->workers; w++) {
		if (r->channel[w].in >= 0)
			close(r->channel[w].in);
		if (r->channel[w].out >= 0 && r->channel[w].out != r->channel[w].in)
			close(r->channel[w].out);
	}
}

static int server_watch(struct server *s, int fd, void *ptr)
{
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = ptr };

	return epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &e);
}

/* Take in peer @i of those that stay: one that has descriptors already, a
 * client, or a connection. */
static int server_admit(struct server *s, const struct run *r, unsigned i)
{
	struct peer *p = &s->peer[i];

	if (s->what.how == TRANSPORT_MEMORY)
		return words_serve(p->in);
	if (p->in < 0 && (s->door >= 0 && i < r->workers ? server_call(s, p)
						    : server_accept(s, p)) < 0)
		return -1;
	return peer_open(s, p);
}

static int server_open(struct server *s, const struct run *r)
{
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (s->epoll < 0 || server_watch(s, s->control, NULL) < 0)
		return -1;
	if (s->what.port)
		return server_watch(s, s->listener, s);
	for (unsigned i = 0; i < s->peers; i++)
		if (server_admit(s, r, i) < 0)
			return -1;
	if (s->listener >= 0)
		close(s->listener);
	return 0;
}

_Noreturn void server_main(struct server *s, struct run *r, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);	/* it died before the line above */
	prctl(PR_SET_TIMERSLACK, 1);
	server_leave(s, r);
	if (server_pin(r) < 0)
		_exit(1);
	if (server_open(s, r) < 0) {
		run_fail(r, status_of_errno(errno), "server: %s", strerror(errno));
		_exit(1);
	}
	if (write(s->control, "", 1) != 1)
		_exit(1);
	server_loop(s);
}

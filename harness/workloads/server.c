/*
 * server.c - the embedded server, which answers echo, pipe and delay.
 *
 * One process, one level-triggered epoll loop.  A peer has one request in
 * hand: it is read, waits until it is due, and is sent back.  All wait equally
 * long, so those who wait form a queue whose head is due next.  A peer that
 * sends its next request early is not read until then.
 *
 * The trial and the server hold the ends of one socket: the server sends one
 * byte over it when it is ready, and goes when it is closed.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "workloads/server.h"

/* --- one peer --- */

void peer_close(struct peer *p)
{
	if (p->out >= 0 && p->out != p->in)
		close(p->out);
	if (p->in >= 0)
		close(p->in);
	p->in = p->out = -1;
}

/* Watch @p for EPOLLIN, EPOLLOUT, or nothing (0). */
static void peer_watch(struct server *s, struct peer *p, uint32_t events)
{
	struct epoll_event in = { .events = events, .data.ptr = p };
	struct epoll_event out = in;

	if (p->events == events)
		return;
	p->events = events;
	if (p->in != p->out) {
		in.events &= EPOLLIN;
		out.events &= EPOLLOUT;
		epoll_ctl(s->epoll, EPOLL_CTL_MOD, p->out, &out);
	}
	epoll_ctl(s->epoll, EPOLL_CTL_MOD, p->in, &in);
}

static void peer_send(struct server *s, struct peer *p)
{
	p->state = SENDING;
	while (p->moved < s->bytes) {
		ssize_t n = write(p->out, p->buf + p->moved, s->bytes - p->moved);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN) {
			peer_watch(s, p, EPOLLOUT);
			return;
		}
		if (n < 0) {
			peer_close(p);
			return;
		}
		p->moved += (size_t)n;
	}
	p->moved = 0;
	p->state = READING;
	peer_watch(s, p, EPOLLIN);
}

static void peer_wait(struct server *s, struct peer *p)
{
	p->state = WAITING;
	p->due_ns = clock_ns() + s->delay_ns;
	p->next = NULL;
	if (s->first)
		s->last->next = p;
	else
		s->first = p;
	s->last = p;
}

static void peer_read(struct server *s, struct peer *p)
{
	ssize_t n = read(p->in, p->buf + p->moved, s->bytes - p->moved);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		peer_close(p);
		return;
	}
	p->moved += (size_t)n;
	if (p->moved < s->bytes)
		return;
	p->moved = 0;
	if (s->delay_ns)
		peer_wait(s, p);
	else
		peer_send(s, p);
}

static void peer_event(struct server *s, struct peer *p, uint32_t events)
{
	if (p->in < 0)
		return;		/* closed by an event of the same batch */
	if (events & EPOLLERR)
		peer_close(p);
	else if (p->state == READING)
		peer_read(s, p);
	else if (events & EPOLLHUP)
		peer_close(p);
	else if (p->state == SENDING)
		peer_send(s, p);
	else
		peer_watch(s, p, 0);	/* early: it must wait */
}

/* --- the server's process --- */

static void server_answer(struct server *s, uint64_t now)
{
	while (s->first && s->first->due_ns <= now) {
		struct peer *p = s->first;

		s->first = p->next;
		if (p->in >= 0)
			peer_send(s, p);
	}
}

/* Wait for events until the first answer is due.  How many, 0, or -1. */
static int server_wait(struct server *s, struct epoll_event *ev, int n)
{
	struct timespec ts = { 0, 0 }, *until = NULL;
	int got, ms = -1;

	if (s->first) {
		uint64_t now = clock_ns(), due = s->first->due_ns;

		ts = clock_timespec(due > now ? due - now : 0);
		until = &ts;
		ms = (int)(ts.tv_sec * 1000 + (ts.tv_nsec + 999999) / 1000000);
	}
	got = epoll_pwait2(s->epoll, ev, n, until, NULL);
	/* Linux before 5.11, or a sandbox older than that */
	if (got < 0 && (errno == ENOSYS || errno == EPERM))
		got = epoll_wait(s->epoll, ev, n, ms);
	return got < 0 && errno == EINTR ? 0 : got;
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
			peer_event(s, ev[i].data.ptr, ev[i].events);
		}
		if (s->first)
			server_answer(s, clock_ns());
	}
}

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

static int server_watch(struct server *s, int fd, uint32_t events, void *ptr)
{
	struct epoll_event e = { .events = events, .data.ptr = ptr };

	return epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &e);
}

/* Take in peer @p: a connection, unless it has pipes already. */
static int server_admit(struct server *s, struct peer *p)
{
	int one = 1;

	if (s->listener >= 0) {
		do
			p->in = accept4(s->listener, NULL, NULL,
					SOCK_NONBLOCK | SOCK_CLOEXEC);
		while (p->in < 0 && errno == EINTR);
		p->out = p->in;
		if (p->in < 0 || setsockopt(p->in, IPPROTO_TCP, TCP_NODELAY,
					    &one, sizeof one) < 0)
			return -1;
	} else if (server_watch(s, p->out, 0, p) < 0) {
		return -1;
	}
	p->events = EPOLLIN;
	return server_watch(s, p->in, EPOLLIN, p);
}

/* Let go of the trial's ends, or the server would not see them close. */
static void server_leave(const struct run *r)
{
	close(r->server_control);
	for (unsigned w = 0; w < r->workers; w++) {
		if (r->channel[w].in >= 0)
			close(r->channel[w].in);
		if (r->channel[w].out >= 0 && r->channel[w].out != r->channel[w].in)
			close(r->channel[w].out);
	}
}

static int server_open(struct server *s)
{
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (s->epoll < 0 || server_watch(s, s->control, EPOLLIN, NULL) < 0)
		return -1;
	for (unsigned i = 0; i < s->peers; i++)
		if (server_admit(s, &s->peer[i]) < 0)
			return -1;
	if (s->listener >= 0)
		close(s->listener);
	return write(s->control, "", 1) == 1 ? 0 : -1;
}

_Noreturn void server_main(struct server *s, struct run *r, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);	/* it died before the line above */
	prctl(PR_SET_TIMERSLACK, 1);
	server_leave(r);
	if (server_pin(r) < 0)
		_exit(1);
	if (server_open(s) < 0) {
		run_fail(r, status_of_errno(errno), "server: %s", strerror(errno));
		_exit(1);
	}
	server_loop(s);
}

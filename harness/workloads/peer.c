/*
 * peer.c - one connection of the embedded server.  What comes is read as far as
 * the ring has room, and sent back a request at a time when it is due; a peer
 * that sends more than its window is not read meanwhile.
 *
 * A client is a peer that talks first: its question is due at once, and the
 * reply that comes back, if right, makes room for the next one.
 */
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "workloads/server.h"

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

static size_t ring_bytes(const struct server *s)
{
	return s->what.window * s->what.bytes;
}

/* The part of the ring behind @count bytes, at most @want in one piece. */
static unsigned char *piece(const struct server *s, const struct peer *p,
			    uint64_t count, size_t *want)
{
	size_t at = (size_t)(count % ring_bytes(s)), end = ring_bytes(s) - at;

	*want = *want < end ? *want : end;
	return p->buf + at;
}

/* Send what is due.  A peer whose answers do not fit is not read either. */
static void peer_send(struct server *s, struct peer *p)
{
	while (p->sent < p->due * s->what.bytes) {
		size_t want = (size_t)(p->due * s->what.bytes - p->sent);
		unsigned char *from = piece(s, p, p->sent, &want);
		ssize_t n = write(p->out, from, want);

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
		p->sent += (size_t)n;
	}
	peer_watch(s, p, EPOLLIN);
}

uint64_t peer_due_ns(const struct server *s, const struct peer *p)
{
	return p->due_ns[p->due % s->what.window];
}

/* Request @k has come: note when it is to be answered, not before those it
 * came behind. */
static void request_wait(const struct server *s, struct peer *p, uint64_t k, uint64_t now)
{
	unsigned window = s->what.window;
	uint64_t delay_ns = s->what.delay_ns, at;

	if (s->what.told)
		memcpy(&delay_ns, p->buf + k % window * s->what.bytes, sizeof delay_ns);
	at = now + delay_ns;
	if (k > p->due && p->due_ns[(k - 1) % window] > at)
		at = p->due_ns[(k - 1) % window];
	p->due_ns[k % window] = at;
}

/* Ask: the ring holds one question, all of it to be sent. */
static void client_ask(struct server *s, struct peer *p)
{
	struct question q = { .sent_ns = clock_ns(), .nonce = rng_mix(p->nonce + 1) };

	p->sent_ns = q.sent_ns;
	p->nonce = q.nonce;
	memcpy(p->buf, &q, sizeof q);
	bytes_fill(p->buf + sizeof q, s->what.bytes - sizeof q, q.nonce);
	p->due++;
	p->got = p->due * s->what.bytes;
	peer_send(s, p);
}

/* Whether the reply is the one to what was asked. */
static bool client_check(const struct server *s, const struct peer *p)
{
	struct question q;

	memcpy(&q, p->buf, sizeof q);
	return bytes_filled(p->buf + sizeof q, s->what.bytes - sizeof q, p->nonce) &&
	       q.sent_ns == p->sent_ns && q.nonce == rng_mix(p->nonce);
}

/* Some whole requests have come, from the @before th on. */
static void peer_asked(struct server *s, struct peer *p, uint64_t before)
{
	uint64_t all = p->got / s->what.bytes, now;

	s->asked += all - before;
	if (!s->what.delay_ns && !s->what.told) {
		p->due = all;
		peer_send(s, p);
		return;
	}
	now = clock_ns();
	for (; before < all; before++)
		request_wait(s, p, before, now);
	if (!p->queued)
		due_add(s, p);
}

/* The reply is in the ring's one place: the question, that was sent, is gone.
 * After a wrong one it will not come again. */
static void client_read(struct server *s, struct peer *p)
{
	if (client_check(s, p)) {
		client_ask(s, p);
		return;
	}
	p->client = false;
	peer_close(p);
}

static void peer_read(struct server *s, struct peer *p)
{
	uint64_t before = p->got / s->what.bytes;
	size_t want = ring_bytes(s) - (size_t)(p->got - p->sent);
	unsigned char *to = piece(s, p, p->got, &want);
	ssize_t n;

	if (!want) {
		peer_watch(s, p, 0);	/* early: it must wait */
		return;
	}
	n = read(p->in, to, want);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		peer_close(p);
		return;
	}
	p->got += (size_t)n;
	if (p->got / s->what.bytes == before)
		return;
	if (p->client)
		client_read(s, p);
	else
		peer_asked(s, p, before);
}

void peer_answer(struct server *s, struct peer *p, uint64_t now)
{
	uint64_t all = p->got / s->what.bytes;

	if (p->in < 0)
		return;		/* it did not wait for its answer */
	while (p->due < all && peer_due_ns(s, p) <= now)
		p->due++;
	if (p->due < all)
		due_add(s, p);
	peer_send(s, p);
}

void peer_event(struct server *s, struct peer *p, uint32_t events)
{
	if (p->in < 0)
		return;		/* closed by an event of the same batch */
	if (events & EPOLLERR)
		peer_close(p);
	else if (p->events & EPOLLOUT && events & EPOLLOUT)
		peer_send(s, p);
	else if (p->events & EPOLLIN)
		peer_read(s, p);
	else if (events & EPOLLHUP)
		peer_close(p);
}

static int peer_add(const struct server *s, struct peer *p, int fd, uint32_t events)
{
	struct epoll_event e = { .events = events, .data.ptr = p };

	return epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &e);
}

int peer_open(struct server *s, struct peer *p)
{
	p->got = p->sent = p->due = 0;
	p->events = EPOLLIN;
	if ((p->in != p->out && peer_add(s, p, p->out, 0) < 0) ||
	    peer_add(s, p, p->in, EPOLLIN) < 0)
		return -1;
	if (p->client)
		client_ask(s, p);
	return 0;
}

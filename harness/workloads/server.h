/*
 * server.h - what the embedded server is made of: serve.c starts it for a trial,
 * server.c is its process, peer.c one of its connections, due.c who is to be
 * answered when; words.c those that are no connection, but memory.  Floor 1;
 * nobody else includes this.
 */
#ifndef WORKLOADS_SERVER_H
#define WORKLOADS_SERVER_H

#include "workloads/serve.h"

/* One connection.  Requests go round a ring of `window` places, and become the
 * answers where they lie: what has been received but not sent is in it. */
struct peer {
	int in, out;		/* equal for a socket; -1: not open */
	bool client;		/* it asks us */
	bool queued;		/* in the heap of those who wait */
	uint32_t events;	/* what epoll watches it for */
	uint64_t got, sent;	/* bytes, since the beginning */
	uint64_t due;		/* requests whose time has come, likewise */
	uint64_t *due_ns;	/* [window] when to answer the ones after */
	uint64_t nonce, sent_ns;	/* of a client's question */
	unsigned char *buf;	/* [window * bytes] */
};

struct server {
	struct service what;
	int listener;		/* -1: there is nothing to accept */
	int door;		/* the trial's listener, for clients; or -1 */
	uint16_t port, door_port;	/* of the two */
	int control;		/* the server's end */
	int epoll;
	bool coarse;		/* see epoll_until() */
	unsigned peers, queued;
	struct peer *peer;	/* [peers] */
	struct peer **queue;	/* [peers] a heap of those who wait */
	unsigned char *bufs;
	uint64_t *dues;
	uint64_t asked, stalls;	/* requests got; times stalled */
};

/* server.c: be the server of @r, whose trial is process @parent.  Never returns:
 * when it cannot begin, it leaves the reason in r->trouble. */
_Noreturn void server_main(struct server *s, struct run *r, pid_t parent);

/* Send what there is at once, if that is wanted.  0, or -1 with errno. */
int server_nodelay(const struct server *s, int fd);

/* peer.c: @p's descriptors are open: watch and begin.  0, or -1 with errno. */
int peer_open(struct server *s, struct peer *p);

/* What epoll says of @p. */
void peer_event(struct server *s, struct peer *p, uint32_t events);

/* Its time has come: answer what is due by @now. */
void peer_answer(struct server *s, struct peer *p, uint64_t now);

/* Close its descriptors; those that are -1 are fine. */
void peer_close(struct peer *p);

/* When the first request of @p that waits is to be answered. */
uint64_t peer_due_ns(const struct server *s, const struct peer *p);

/* words.c: answer what is asked in the words that @fd is, on a thread of their
 * own, to the end of the process.  0, or -1 with errno. */
int words_serve(int fd);

/* due.c: put @p, which has such a request, among those who wait. */
void due_add(struct server *s, struct peer *p);

/* Take out one that is due by @now, or NULL. */
struct peer *due_take(struct server *s, uint64_t now);

#endif

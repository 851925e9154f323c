/*
 * server.h - between server.c, the embedded server's own process, and serve.c,
 * which starts it for a trial.  Floor 1; nobody else includes this.
 */
#ifndef WORKLOADS_SERVER_H
#define WORKLOADS_SERVER_H

#include "workloads/workload.h"

struct peer {
	int in, out;		/* equal for a socket; -1: not open */
	enum { READING, WAITING, SENDING } state;
	uint32_t events;	/* what epoll watches it for */
	size_t moved;		/* bytes of the request or of the answer */
	uint64_t due_ns;	/* when to answer */
	struct peer *next;	/* in the queue of those who wait */
	unsigned char *buf;	/* the request, which is the answer */
};

struct server {
	size_t bytes;		/* of a request */
	uint64_t delay_ns;
	int listener;		/* -1: the peers have pipes */
	int control;		/* the server's end */
	int epoll;
	unsigned peers;
	struct peer *peer;
	unsigned char *bufs;
	struct peer *first, *last;	/* those who wait, by due_ns */
};

/* Be the server of @r, whose trial is process @parent.  Never returns: when it
 * cannot begin, it leaves the reason in r->trouble. */
_Noreturn void server_main(struct server *s, struct run *r, pid_t parent);

/* Close @p's descriptors; those that are -1 are fine. */
void peer_close(struct peer *p);

#endif

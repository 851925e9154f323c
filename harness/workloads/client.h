/*
 * client.h - what the clients of real servers have in common.  Floor 1.
 *
 * Such a client sends a window of requests, takes replies until it has them all,
 * and reports that many units.  It does not know how long a reply is: it receives
 * whatever is there, up to a buffer full, and hands it to its parser, as clients
 * do.  The operations are matched all the same, because what a task asks for does
 * not depend on how a reply came in pieces: sends and units are functions of the
 * parameters, and receives of any number of bytes are not in the digest of the op
 * stream (flight.c).  What was received is: every reply is compared, byte by byte,
 * with what this very request must get, and its key goes into the result.
 */
#ifndef WORKLOADS_CLIENT_H
#define WORKLOADS_CLIENT_H

#include "workloads/law.h"

enum {
	CLIENT_BYTES = 16384,	/* sent or received at once, about */
	CLIENT_REQUEST = 8320,	/* the longest request */
	CLIENT_WINDOW = 64,	/* most requests in flight on a connection */
};

/* At the start of a task's local memory; all zero at its start. */
struct client {
	uint64_t unit;		/* of the first request in hand */
	unsigned asked, answered;	/* requests in hand */
	uint64_t due_ns;	/* when it is to start, in an open loop */
	size_t length;		/* bytes in out */
	uint64_t sum;
	unsigned char out[CLIENT_BYTES + CLIENT_REQUEST], in[CLIENT_BYTES];
};

/* How one protocol is spoken. */
struct protocol {
	int window;		/* the parameter: requests in flight */
	int keys;		/* the parameter: how many keys there are; -1:
				 * any number is one */
	int rate;		/* the parameter: see OPEN_LOOP_ROWS */

	/* Write a request about @key to @out, which has CLIENT_REQUEST bytes:
	 * how many it is. */
	size_t (*ask)(const uint64_t *param, uint64_t key, unsigned char *out);

	/* Take bytes of the reply to that: how many of the @n were its; *@done
	 * when it is complete.  -1 when it is not what must come. */
	ssize_t (*take)(struct task *t, uint64_t key, const char *bytes, size_t n, bool *done);
};

/* First in setup: 0, or -1 having recorded what cannot be. */
int client_setup(struct run *r, const struct protocol *p);

/* The whole step of such a workload. */
struct op client_step(struct task *t, const struct protocol *p);

/* In setup: send a request about each of the first @keys keys over the first
 * connection, with parameters @param, and take the replies.  0, or -1 having
 * recorded why. */
int client_load(struct run *r, const struct protocol *p, const uint64_t *param, uint64_t keys);

#endif

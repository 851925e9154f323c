/*
 * serve.h - the embedded server, as workloads ask for it.  Floor 1.
 */
#ifndef WORKLOADS_SERVE_H
#define WORKLOADS_SERVE_H

#include "workloads/law.h"

/*
 * The embedded server: one process of its own, pinned to r->server_cpu, that
 * answers every `bytes` received with the same bytes, in order.  It listens on
 * 127.0.0.1, port 0, before it is forked, so there is no race and no port to
 * clash; it dies with the trial.  Opens one connection, or one pair of pipes,
 * per worker into r->channel.  0, or -1 having recorded why.
 *
 * Over memory the channel is a file that is struct words, for the task to map:
 * a thread of the server for each sleeps until the question changes, and gives
 * words_answer() to it.  Only `how` counts then.
 */
enum transport { TRANSPORT_TCP, TRANSPORT_UNIX, TRANSPORT_PIPE, TRANSPORT_MEMORY };
struct service {
	enum transport how;
	size_t bytes;		/* of a request, and of its answer */
	unsigned window;	/* requests under way on one connection, >= 1 */
	bool nagle;		/* TCP_NODELAY is left off, at both ends */
	bool told;		/* a request says its delay, in its first 8
				 * bytes, in ns; else: */
	uint64_t delay_ns;	/* from a request to its answer */
	uint64_t stall_ns;	/* for so long it does nothing at all, */
	uint64_t stall_every;	/* after so many requests; 0: never */
	uint16_t *port;		/* not NULL: open no connection but put here
				 * where it listens; they come and go */
	bool clients;		/* it asks: connects to us once per worker, as
				 * r->channel[].in, sends a struct question, and
				 * the next one when it has our reply.  With
				 * backend it also answers, on channel[].out */
	bool backend;
	bool accept;		/* of clients: r->channel[].in is where they are
				 * to be accepted, and who is hung up on comes
				 * again */
};
int run_serve(struct run *r, const struct service *what);

/* What a client of ours sends, and gets back with nonce = rng_mix(nonce) and
 * all else as it was; the rest of its bytes repeat the nonce. */
struct question {
	uint64_t sent_ns;	/* clock_ns() */
	uint64_t nonce;
};

/* A question and an answer, each a word to wait for.  Zero before the first. */
struct words {
	_Alignas(128) _Atomic uint32_t question;
	_Alignas(128) _Atomic uint32_t answer;
	_Alignas(128) _Atomic uint32_t lost;	/* 1: nobody answers any more */
};

/* As different as the questions are, in the lowest bit too: the factor is odd. */
static inline uint32_t words_answer(uint32_t question)
{
	return question * 2654435761u;
}

/* words.c: a new one, as a file in memory: its descriptor, or -1 with errno. */
int words_new(void);

/* The one that @fd is, or NULL with errno; unmapping NULL is fine. */
struct words *words_map(int fd);
void words_unmap(struct words *w);

/* When the server of @r dies, which has served channels of words: wake who waits
 * there, and let all of them be lost.  0, or -1 having recorded why. */
int words_watch(struct run *r);

#endif

/* pool.h - what `pool` and `pool-exec` have in common: all but how a worker comes
 * to be. */
#ifndef STRATEGIES_POOL_H
#define STRATEGIES_POOL_H

#include "strategies/strategy.h"

struct pool {
	struct pass *pass;
	int out[2], back[2];	/* chunks, results; [0] is read */
	char *states;		/* [workers] copies of the state, MAP_SHARED;
				 * each is touched by one worker, then folded */
	size_t state_bytes;
	pid_t *pid;		/* [workers] */
	worker_body *body;	/* of a child; its ctx is the pool */
};

extern const struct param pool_params[];

/* Make the pipes and open the gate of k->pass; set that, states and body,
 * the rest zero.  0, or -1 with trouble set; either way release it. */
int pool_init(struct pool *k);
void pool_release(struct pool *k);

/* The pass: start the workers, give them their chunks as one more stream, and
 * fold what they leave.  0, or -1 with trouble set. */
int pool_lead(struct pool *k);

/* Worker @w, which reads k->out[0] and writes k->back[1], from the gate to its
 * last chunk.  0 or -1. */
int pool_work(struct pool *k, unsigned w);

/* pool_exec.c: where a program that was executed as worker @w goes on, as
 * "samework worker FD W".  0, or -1: reported when that is not what it is. */
int pool_exec_worker(const char *fd, const char *w);

#endif

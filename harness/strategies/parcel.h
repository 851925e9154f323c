/* parcel.h - what a worker that is a program of its own needs of the pass: in
 * memory that a descriptor stands for, so that it outlives an exec.  Nothing in
 * it is an address: it may be mapped anywhere. */
#ifndef STRATEGIES_PARCEL_H
#define STRATEGIES_PARCEL_H

#include "strategies/strategy.h"

enum { WORKLOAD_LEN = 64 };

/* The first bytes of it. */
struct parcel {
	uint64_t magic, bytes;	/* bytes: of all */
	char workload[WORKLOAD_LEN];
	uint64_t tasks, units, seed;
	unsigned workers;
	bool spin;
	int in, out;		/* the sender's to use: descriptors of a worker */
	struct gate gate;
	struct trouble trouble;
	/* behind it, at these bytes from its start: */
	size_t param;		/* uint64_t, as in the run */
	size_t cpu;		/* int [workers + 1] */
	size_t channel;		/* struct channel [workers] */
	size_t kept;		/* what setup left in the process */
	size_t slot;		/* struct slot [workers + 1], zeroed */
	size_t state;		/* the shared state as it was */
	size_t states;		/* [workers] places for a copy of it */
};

/* Pack what @p has; *@fd is the memory, closed on exec.  NULL with trouble set. */
struct parcel *parcel_pack(const struct pass *p, int *fd);

/* Map what was packed into @fd.  NULL when that is none. */
struct parcel *parcel_open(int fd);
void parcel_free(struct parcel *c);

static inline void *parcel_at(struct parcel *c, size_t offset)
{
	return (char *)c + offset;
}

/* Run and pass as they were packed, over the parcel's memory; what setup left
 * behind is put where the steps look for it.  0, or -1, reported, when this
 * program lacks the workload. */
int parcel_unpack(struct parcel *c, struct run *r, struct pass *p);

#endif

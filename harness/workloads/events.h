/*
 * events.h - descriptors at which tasks wait for one another, eventfd(2).  Each
 * has a number: to take waits until it is not 0, to give adds to it.  Floor 1.
 */
#ifndef WORKLOADS_EVENTS_H
#define WORKLOADS_EVENTS_H

#include <sys/eventfd.h>

#include "workloads/workload.h"

/* Open @n of them into *@fd, which is allocated anew, each with @value; @flags is 0,
 * all of the number is taken at once, or EFD_SEMAPHORE, 1 of it.  They end with the
 * trial's process.  0, or -1 having recorded why. */
int events_open(struct run *r, int **fd, uint64_t n, unsigned value, int flags);

/* Both move all of *@number, which must outlive the step. */
static inline struct op event_take(int fd, uint64_t *number)
{
	return op_read(fd, number, sizeof *number, OP_ALL);
}
static inline struct op event_give(int fd, uint64_t *number)
{
	return op_write(fd, number, sizeof *number);
}

#endif

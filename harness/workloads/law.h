/*
 * law.h - when requests come and how long answers take: random, and yet functions
 * of their arguments alone, so that every strategy meets the same ones.  Floor 1.
 */
#ifndef WORKLOADS_LAW_H
#define WORKLOADS_LAW_H

#include "workloads/workload.h"

/* How long an answer takes: always @ns; exponentially distributed about it; or
 * @ns but one time in a hundred fifty times that.  A function of @random. */
enum law { LAW_FIXED, LAW_EXPONENTIAL, LAW_TAIL };
#define LAW_WORDS "fixed|exponential|tail"
uint64_t law_ns(enum law how, uint64_t ns, uint64_t random);

/*
 * Closed loop: a task asks again when it has its answer, and latency is service
 * time.  Open loop (a rate): a request has its hour, kept or not, and latency
 * counts from then, so that a server that stands still is not forgiven those who
 * could not even ask (Tene's coordinated omission).  A task is a connection then:
 * give as many workers as tasks.
 *
 * Such a workload has two parameters for it, @rate and the one behind:
 */
#define OPEN_LOOP_ROWS(rate)						\
	[rate] = { "rate", 0, 0, 10000000, "",				\
		   "open loop: requests a second, all tasks; 0: closed" }, \
	[(rate) + 1] = { "arrivals", ARRIVALS_FIXED, 0, ARRIVALS_POISSON, ARRIVALS_WORDS, \
			 "when they come, in an open loop" }
enum arrivals { ARRIVALS_FIXED, ARRIVALS_POISSON };
#define ARRIVALS_WORDS "fixed|poisson"

/* In setup: 0, or -1 having recorded that tasks would wait for a place. */
int open_loop_setup(struct run *r, int rate);

/* Wait for the hour of unit @unit, which then is *@due_ns after the start of the
 * pass: there the unit begins, kept or not.  *@due_ns is that of the unit before, 0
 * for the first. */
struct op open_loop_await(struct task *t, int rate, uint64_t unit, uint64_t *due_ns);

/* When that is, if all tasks together start @rate units a second, evenly or as a
 * Poisson process. */
uint64_t arrival_ns(const struct task *t, enum arrivals how, uint64_t rate,
		    uint64_t unit, uint64_t before);

#endif

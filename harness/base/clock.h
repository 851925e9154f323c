/* clock.h - the one clock every duration in this suite is read from. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>
#include <sys/time.h>
#include <time.h>

enum { NS_PER_SEC = 1000000000, NS_PER_MS = 1000000, NS_PER_US = 1000 };

/* CLOCK_MONOTONIC in ns: comparable between threads and between processes
 * of one boot, unrelated to the time of day.  About 20 ns a call (vDSO). */
static inline uint64_t clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * NS_PER_SEC + (uint64_t)ts.tv_nsec;
}

/* ns on another clock, such as CPU time; 0 when whose it was is gone. */
static inline uint64_t clock_read_ns(clockid_t clock)
{
	struct timespec ts;

	if (clock_gettime(clock, &ts) < 0)
		return 0;
	return (uint64_t)ts.tv_sec * NS_PER_SEC + (uint64_t)ts.tv_nsec;
}

static inline struct timespec clock_timespec(uint64_t ns)
{
	return (struct timespec){ (time_t)(ns / NS_PER_SEC),
				  (long)(ns % NS_PER_SEC) };
}

static inline uint64_t clock_timeval_ns(struct timeval tv)
{
	return (uint64_t)tv.tv_sec * NS_PER_SEC + (uint64_t)tv.tv_usec * NS_PER_US;
}

/* Sleep until @at on clock_ns(); returns at once if that is past. */
static inline void clock_sleep_until(uint64_t at)
{
	struct timespec ts = clock_timespec(at);

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL))
		;
}

#endif

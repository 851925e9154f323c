/*
 * futex.h - to sleep on a word of memory, and to wake who does: futex(2), which
 * the C library does not offer.  Floor 0.
 *
 * Not the private kind: the word may lie in memory that processes share.
 */
#ifndef BASE_FUTEX_H
#define BASE_FUTEX_H

#include <linux/futex.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Sleep while *@word is @value: 0 when woken, for whatever reason, or -1 with
 * errno; EAGAIN: it was another value already. */
static inline int futex_wait(_Atomic uint32_t *word, uint32_t value)
{
	return (int)syscall(SYS_futex, word, FUTEX_WAIT, value, NULL, NULL, 0);
}

/* The same for at most @ms (under 1000); ETIMEDOUT: it took as long. */
static inline int futex_wait_ms(_Atomic uint32_t *word, uint32_t value, int ms)
{
	const struct timespec most = { .tv_nsec = ms * 1000000L };

	return (int)syscall(SYS_futex, word, FUTEX_WAIT, value, &most, NULL, 0);
}

/* Wake at most @n who sleep there.  How many that were, or -1 with errno. */
static inline int futex_wake(_Atomic uint32_t *word, int n)
{
	return (int)syscall(SYS_futex, word, FUTEX_WAKE, n, NULL, NULL, 0);
}

#endif

/*
 * err.h - how this suite reports trouble.  Floor 0: libc only.
 *
 * A function that can fail returns 0 or -1, or a pointer or NULL.  Whoever
 * first detects the failure prints one line with fail(); callers above pass
 * -1 up in silence.  Nothing on the timed path prints.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

/* Print "samework: <message>" on stderr, control characters replaced by '?'.
 * Always returns -1. */
int fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* As fail(), with ": <strerror(errno)>" appended. */
int fail_errno(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Print "samework: warning: <message>" on stderr. */
void warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif

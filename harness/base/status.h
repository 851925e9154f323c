/*
 * status.h - how a trial can end: a closed set, and the first trouble met.
 */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

#include <stdarg.h>
#include <stdatomic.h>

enum status {
	STATUS_OK,
	STATUS_WRONG_CHECKSUM,	/* result, shared state or op stream differs */
	STATUS_CRASH,		/* died of a signal other than SIGABRT */
	STATUS_ABORT,		/* SIGABRT: assert, heap corruption, sanitizer */
	STATUS_EXIT_CODE,	/* exited non-zero without saying why */
	STATUS_NO_RESULT,	/* exited 0 without a whole result */
	STATUS_TIMEOUT,		/* a phase took longer than its deadline */
	STATUS_DEADLOCK,	/* as timeout, and every worker sleeps on a lock */
	STATUS_OOM_KILL,	/* proved by the kernel's counter */
	STATUS_ALLOC_FAIL,	/* malloc or mmap refused */
	STATUS_SPAWN_FAIL,	/* fork refused */
	STATUS_THREAD_FAIL,	/* pthread_create refused */
	STATUS_FD_FAIL,		/* out of descriptors */
	STATUS_BIND_FAIL,	/* could not pin where the plan says */
	STATUS_ENV_CHANGED,	/* measured, but the machine was disturbed */
	STATUS_THROTTLED,	/* measured, but a CPU quota stopped it */
	STATUS_SERVER_LOST,	/* the server died in mid-run */
	STATUS_IO_ERROR,	/* an operation failed; the reason has errno */
	STATUS_INTERRUPTED,	/* by the user: not final, resume redoes it */
	STATUS_LEAKED,		/* left a process behind */
	STATUS_EXPECTED_FAIL,	/* a control that is meant to fail, and did */
	STATUS_SKIPPED,		/* cannot run here, the reason says why */
	STATUS_NOT_APPLICABLE,	/* this pair makes no sense anywhere */
	STATUS_INTERNAL_ERROR,	/* a bug of the harness */
	STATUS_COUNT
};

/* "ok", "wrong_checksum", ... */
const char *status_name(enum status s);

/* The status of that name, or STATUS_COUNT. */
enum status status_find(const char *name);

/* True for a row that carries numbers: ok, env_changed and throttled. */
int status_measured(enum status s);

/* True for a trial that went wrong: not measured, and not for a reason that was
 * foreseen, like skipped. */
int status_fails(enum status s);

/* The first trouble of a trial, set once by whichever worker meets it; lives
 * in shared memory.  @reason is printable ASCII without a comma, so that it is
 * a CSV field as it is. */
struct trouble {
	atomic_int taken;	/* 0; 1 while being written; 2 when readable */
	enum status status;
	char reason[160];
};

/* Record @s unless something was recorded before.  Always returns -1. */
int trouble_set(struct trouble *t, enum status s, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int trouble_vset(struct trouble *t, enum status s, const char *fmt, va_list ap);

/* The status that fits an errno: ENOMEM alloc_fail, EMFILE and ENFILE fd_fail,
 * anything else io_error. */
enum status status_of_errno(int err);

/* Make @s a CSV field: commas become ';', anything unprintable '?'. */
void status_clean(char *s);

#endif

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/status.h"

static const char *const names[STATUS_COUNT] = {
	[STATUS_OK] = "ok",
	[STATUS_WRONG_CHECKSUM] = "wrong_checksum",
	[STATUS_CRASH] = "crash",
	[STATUS_ABORT] = "abort",
	[STATUS_EXIT_CODE] = "exit_code",
	[STATUS_NO_RESULT] = "no_result",
	[STATUS_TIMEOUT] = "timeout",
	[STATUS_DEADLOCK] = "deadlock",
	[STATUS_OOM_KILL] = "oom_kill",
	[STATUS_ALLOC_FAIL] = "alloc_fail",
	[STATUS_SPAWN_FAIL] = "spawn_fail",
	[STATUS_THREAD_FAIL] = "thread_fail",
	[STATUS_FD_FAIL] = "fd_fail",
	[STATUS_BIND_FAIL] = "bind_fail",
	[STATUS_ENV_CHANGED] = "env_changed",
	[STATUS_THROTTLED] = "throttled",
	[STATUS_SERVER_LOST] = "server_lost",
	[STATUS_IO_ERROR] = "io_error",
	[STATUS_INTERRUPTED] = "interrupted",
	[STATUS_LEAKED] = "leaked",
	[STATUS_EXPECTED_FAIL] = "expected_fail",
	[STATUS_SKIPPED] = "skipped",
	[STATUS_NOT_APPLICABLE] = "not_applicable",
	[STATUS_INTERNAL_ERROR] = "internal_error",
};

const char *status_name(enum status s)
{
	return names[s];
}

enum status status_find(const char *name)
{
	unsigned s = 0;

	while (s < STATUS_COUNT && strcmp(names[s], name))
		s++;
	return s;
}

int status_measured(enum status s)
{
	return s == STATUS_OK || s == STATUS_ENV_CHANGED || s == STATUS_THROTTLED;
}

int status_fails(enum status s)
{
	return !status_measured(s) && s != STATUS_SKIPPED && s != STATUS_NOT_APPLICABLE &&
	       s != STATUS_EXPECTED_FAIL && s != STATUS_INTERRUPTED;
}

void status_clean(char *s)
{
	for (; *s; s++) {
		if (*s == ',' || *s == '"')
			*s = ';';
		else if ((unsigned char)*s < ' ' || (unsigned char)*s > '~')
			*s = '?';
	}
}

int trouble_vset(struct trouble *t, enum status s, const char *fmt, va_list ap)
{
	int none = 0;

	if (!atomic_compare_exchange_strong(&t->taken, &none, 1))
		return -1;
	t->status = s;
	vsnprintf(t->reason, sizeof t->reason, fmt, ap);
	status_clean(t->reason);
	/* release: who reads 2 sees the reason */
	atomic_store_explicit(&t->taken, 2, memory_order_release);
	return -1;
}

int trouble_set(struct trouble *t, enum status s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	trouble_vset(t, s, fmt, ap);
	va_end(ap);
	return -1;
}

enum status status_of_errno(int err)
{
	switch (err) {
	case ENOMEM:
		return STATUS_ALLOC_FAIL;
	case EMFILE:
	case ENFILE:
		return STATUS_FD_FAIL;
	default:
		return STATUS_IO_ERROR;
	}
}

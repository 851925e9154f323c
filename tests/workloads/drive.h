/*
 * drive.h - run the tasks of one workload here, without any strategy: every
 * operation blocks, and what was asked for is noted.
 */
#ifndef TESTS_DRIVE_H
#define TESTS_DRIVE_H

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/futex.h"
#include "base/left.h"
#include "base/mem.h"
#include "workloads/workload.h"

enum { DRIVE_PLACES = 64, DRIVE_PARAMS = 16 };

struct drive {
	struct run run;
	uint64_t param[DRIVE_PARAMS];
	struct channel channel[DRIVE_PLACES];
	struct trouble trouble;
	const struct guard *guard;
	struct breaker breaker;
	unsigned asked;		/* 1 << kind of every op */
	uint64_t units;		/* reported by OP_UNIT */
	uint64_t sum;		/* of results */
};

/* A drive of @workers places with every parameter at its default. */
static inline void drive_init(struct drive *d, const struct workload *w,
			      unsigned workers)
{
	memset(d, 0, sizeof *d);
	assert_in_range(params_count(w->params), 0, DRIVE_PARAMS);
	for (size_t i = 0; i < params_count(w->params); i++)
		d->param[i] = w->params[i].value;
	for (unsigned i = 0; i < DRIVE_PLACES; i++)
		d->channel[i] = (struct channel){ -1, -1 };
	d->run = (struct run){
		.workload = w, .param = d->param, .tasks = 6, .units = 4, .seed = 1,
		.workers = workers, .server_cpu = -1, .server_control = -1,
		.channel = d->channel, .trouble = &d->trouble,
	};
}

/* Set parameter @name. */
static inline void drive_set(struct drive *d, const char *name, uint64_t value)
{
	const struct param *p = d->run.workload->params;
	size_t i = 0;

	while (strcmp(p[i].name, name))
		i++;
	assert_in_range(value, p[i].min, p[i].max);
	d->param[i] = value;
}

static inline void *drive_state(const struct drive *d)
{
	const struct workload *w = d->run.workload;
	void *state = shared_map(w->shared_bytes);

	assert_non_null(state);
	if (w->init)
		w->init(state, d->param);
	return state;
}

/* Set it up: 0 or -1, as its workload says. */
static inline int drive_open(struct drive *d)
{
	d->run.shared = drive_state(d);
	return d->run.workload->setup ? d->run.workload->setup(&d->run) : 0;
}

/* Let go of everything.  The server's wait status, 0 when there is none. */
static inline int drive_close(struct drive *d)
{
	int status = 0;

	for (unsigned i = 0; i < DRIVE_PLACES; i++) {
		struct channel *c = &d->channel[i];

		if (c->in >= 0)
			close(c->in);
		if (c->out >= 0 && c->out != c->in)
			close(c->out);
		*c = (struct channel){ -1, -1 };
	}
	if (d->run.server_control >= 0)
		close(d->run.server_control);
	d->run.server_control = -1;
	if (d->run.server)
		assert_int_equal(waitpid(d->run.server, &status, 0), d->run.server);
	d->run.server = 0;
	shared_unmap(d->run.shared, d->run.workload->shared_bytes);
	return status;
}

static inline ssize_t drive_once(const struct op *op, unsigned char *buf, size_t len)
{
	switch (op->kind) {
	case OP_RECV:
		return recv(op->fd, buf, len, 0);
	case OP_SEND:
		return send(op->fd, buf, len, MSG_NOSIGNAL);
	case OP_READ:
		return read(op->fd, buf, len);
	case OP_WRITE:
		return write(op->fd, buf, len);
	case OP_PREAD:
		return pread(op->fd, buf, len, (off_t)op->at);
	case OP_PWRITE:
		return pwrite(op->fd, buf, len, (off_t)op->at);
	case OP_SYNC:
		return fdatasync(op->fd);
	case OP_SLEEP:
		clock_sleep_until(op->at);
		return 0;
	case OP_COMPUTE:
		op->compute(op->buf);
		return 0;
	case OP_WAIT:
		while (atomic_load((_Atomic uint32_t *)op->buf) == (uint32_t)op->at)
			futex_wait(op->buf, (uint32_t)op->at);
		return 0;
	case OP_WAKE:
		return futex_wake(op->buf, op->flags & OP_ALL ? INT_MAX : 1);
	case OP_ACCEPT:
		return accept(op->fd, NULL, NULL);
	case OP_CONNECT:
		return connect(op->fd, op->buf, (socklen_t)op->len);
	default:
		return 0;	/* units and yields */
	}
}

static inline int64_t drive_exec(const struct op *op)
{
	unsigned char *buf = op->buf;
	size_t moved = 0;

	for (;;) {
		ssize_t n = drive_once(op, buf ? buf + moved : NULL, op->len - moved);

		if (n < 0)
			return -errno;
		if (n == 0 || !(op->flags & OP_ALL))
			return (int64_t)moved + n;
		moved += (size_t)n;
		if (moved == op->len)
			return (int64_t)moved;
	}
}

/* A task as a strategy would start it. */
static inline struct task drive_task(struct drive *d, uint64_t index, unsigned place)
{
	const struct workload *w = d->run.workload;

	return (struct task){
		.workload = w, .param = d->param, .index = index,
		.tasks = d->run.tasks, .units = d->run.units, .seed = d->run.seed,
		.shared = d->run.shared, .local = calloc(1, w->local_bytes + 1),
		.channel = &d->channel[place], .guard = d->guard,
		.breaker = &d->breaker, .start_ns = clock_ns(), .unit_ns = clock_ns(),
	};
}

/* True when the buffer of @op outlives the step: it lies in what the task has, or
 * what all share, or in what setup kept; a word is wherever it is waited for. */
static inline bool drive_lasts(const struct task *t, const struct op *op)
{
	const struct workload *w = t->workload;
	const char *at = op->buf, *local = t->local, *shared = t->shared, *kept = w->kept;

	return op->kind == OP_WAIT || op->kind == OP_WAKE || !at ||
	       (at >= kept && at + op->len <= kept + w->kept_bytes) || (at >= local && at + op->len <= local + w->local_bytes) ||
	       (at >= shared && at + op->len <= shared + w->shared_bytes);
}

/* One step and its op: 1 to go on, 0 when the task is finished, -1 when it
 * failed.  Frees what the task had at its end. */
static inline int drive_step(struct drive *d, struct task *t)
{
	struct op op = t->workload->step(t);

	assert_true(drive_lasts(t, &op));
	d->asked |= 1u << op.kind;
	if (op.kind == OP_DONE || op.kind == OP_FAIL) {
		free(t->local);
		d->sum += t->result;
		return op.kind == OP_DONE ? 0 : -1;
	}
	if (op.kind == OP_UNIT) {
		d->units += op.len;
		t->unit_ns = clock_ns();
	}
	t->res = drive_exec(&op);
	return 1;
}

/* Task @index on @place, to its end: 0, or -errno. */
static inline int drive_run(struct drive *d, uint64_t index, unsigned place)
{
	struct task t = drive_task(d, index, place);
	int rc;

	while ((rc = drive_step(d, &t)) > 0)
		;
	return rc < 0 ? (int)t.res : 0;
}

/* Every task, forwards or backwards. */
static inline void drive_all(struct drive *d, bool backwards)
{
	uint64_t n = d->run.tasks;

	d->sum = d->units = 0;
	for (uint64_t i = 0; i < n; i++)
		assert_int_equal(drive_run(d, backwards ? n - 1 - i : i, 0), 0);
}

static inline uint64_t drive_digest(const struct drive *d)
{
	const struct workload *w = d->run.workload;

	return w->digest ? w->digest(d->run.shared, d->param) : 0;
}

/* For main(): whatever hangs is killed. */
static inline void drive_watchdog(void)
{
	alarm(60);
	cmocka_set_message_output(CM_OUTPUT_TAP);
}

#endif

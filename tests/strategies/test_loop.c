/*
 * What a loop owes its tasks, whatever its engine: each is stepped only when
 * its operation has finished and never when it has; sleepers wake in order; a
 * request costs no more system calls than by hand; and a loop that cannot go on
 * says so.
 */
#include "strategies/loop_hows.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* --- ten thousand sleepers --- */

static unsigned stepped, woken_early, disorder;
static uint64_t last_due;

struct sleeper {
	uint64_t due, times;
};

/* Once to fall asleep, once to end: a third time would be one too many. */
static struct op sleeper_step(struct task *t)
{
	struct sleeper *s = t->local;

	stepped++;
	if (!s->times++) {
		s->due = clock_ns() + 20 * NS_PER_MS + rng_at(3, t->index) % (5 * NS_PER_MS);
		return op_sleep_until(s->due);
	}
	assert_true(s->times == 2);
	woken_early += clock_ns() < s->due;
	disorder += s->due < last_due;
	last_due = s->due;
	t->result = 1;
	return op_done();
}

static void ten_thousand_sleepers(void **state)
{
	const struct workload w = { .name = "own", .local_bytes = sizeof(struct sleeper),
				    .step = sleeper_step };

	stepped = woken_early = disorder = 0;
	last_due = 0;
	if (not_here(run(*state, &w, PLACES_MAX, PLACES_MAX, 1)))
		return;
	assert_int_equal(slot->tasks, PLACES_MAX);
	assert_int_equal(slot->checksum, PLACES_MAX);
	assert_int_equal(stepped, 2 * PLACES_MAX);
	assert_int_equal(woken_early, 0);
	assert_int_equal(disorder, 0);
	assert_true(slot->syscalls > 0);	/* to sleep is one too */
}

/* --- requests --- */

enum { ECHOES = 64, ECHO_UNITS = 50 };

struct echo {
	uint64_t unit;
	char out, in;
};

static unsigned echoed;

/* Through a pipe to itself: the answer is there when the loop next looks.  One
 * more task waits for all others, so that the loop always has one to look for. */
static struct op echo_step(struct task *t)
{
	struct echo *e = t->local;

	TASK_BEGIN(t);
	if (t->index == ECHOES) {
		TASK_AWAIT_ALL(t, 1, op_read(t->channel->in, &e->in, 1, OP_WAITFIRST));
		return op_done();
	}
	for (; e->unit < t->units; e->unit++) {
		e->out = (char)e->unit;
		TASK_AWAIT_ALL(t, 1, op_write(t->channel->out, &e->out, 1));
		TASK_AWAIT_ALL(t, 1, op_read(t->channel->in, &e->in, 1,
					     OP_ALL | OP_WAITFIRST));
		if (e->in != e->out)
			return op_fail();
		TASK_AWAIT(t, op_units(1));
	}
	if (++echoed == ECHOES)
		assert_int_equal(write(channel[ECHOES].out, "", 1), 1);
	TASK_END(t);
}

/* @n tasks at the two ends of one pipe, in which there is @first already. */
static int run_on_a_pipe(const struct how *h, struct op (*step)(struct task *), unsigned n,
			 uint64_t units, const char *first)
{
	const struct workload w = { .name = "own", .local_bytes = sizeof(struct echo),
				    .step = step };
	int fd[2], rc;

	assert_int_equal(pipe2(fd, h->engine->nonblock ? O_NONBLOCK : 0), 0);
	assert_int_equal(write(fd[1], first, strlen(first)), (ssize_t)strlen(first));
	for (unsigned i = 0; i < n; i++)
		channel[i] = (struct channel){ fd[0], fd[1] };
	rc = run(h, &w, n, n, units);
	close(fd[0]);
	close(fd[1]);
	return rc;
}

static void two_calls_a_request_and_a_share(void **state)
{
	const struct workload w = { .name = "own", .local_bytes = sizeof(struct echo),
				    .step = echo_step };
	const struct how *h = *state;
	uint64_t most = ECHOES * ECHO_UNITS * 2 + ECHO_UNITS + 4;
	int rc;

	echoed = 0;
	for (int i = 0; i <= ECHOES; i++) {
		int fd[2];

		assert_int_equal(pipe2(fd, h->engine->nonblock ? O_NONBLOCK : 0), 0);
		channel[i] = (struct channel){ fd[0], fd[1] };
	}
	rc = run(h, &w, ECHOES + 1, ECHOES + 1, ECHO_UNITS);
	for (int i = 0; i <= ECHOES; i++) {
		close(channel[i].in);
		close(channel[i].out);
	}
	if (not_here(rc))
		return;
	assert_int_equal(rc, 0);
	assert_int_equal(slot->units, ECHOES * ECHO_UNITS);
	if (h->engine == &engine_uring)	/* handed over together */
		most = ECHOES * ECHO_UNITS / 4;
	else if (h->engine == &engine_epoll && h->option[0] != EPOLL_LEVEL)
		most += ECHOES * (ECHO_UNITS + 1);
	else if (h->engine != &engine_poll)
		most += ECHOES + 1;	/* registered once */
	if (policy(h) == POLICY_POOL || policy(h) == POLICY_NOWAIT)
		most += 8;	/* its end is told too */
	assert_in_range(slot->syscalls, 1, most);
}

/* --- who computes does not wait for who waits --- */

/* Task 0 waits for what task 1 does when it goes on: a loop that slept as long as
 * anybody waits would hang. */
static struct op giving_way_step(struct task *t)
{
	struct echo *e = t->local;

	TASK_BEGIN(t);
	if (!t->index) {
		TASK_AWAIT_ALL(t, 1, op_read(t->channel->in, &e->in, 1, OP_WAITFIRST));
		return op_done();
	}
	TASK_AWAIT(t, op_yield());
	TASK_AWAIT_ALL(t, 1, op_write(t->channel->out, &e->out, 1));
	TASK_END(t);
}

static void who_gave_way_goes_on(void **state)
{
	int rc = run_on_a_pipe(*state, giving_way_step, 2, 1, "");

	if (not_here(rc))
		return;
	assert_int_equal(rc, 0);
	assert_int_equal(slot->tasks, 2);
}

/* Task 1 gives way again and again; meanwhile task 0 gets what is there. */
static struct op polite_step(struct task *t)
{
	struct echo *e = t->local;

	TASK_BEGIN(t);
	if (!t->index) {
		TASK_AWAIT_ALL(t, 1, op_read(t->channel->in, &e->in, 1, OP_WAITFIRST));
		echoed = 1;
		return op_done();
	}
	for (; !echoed && e->unit < 100000; e->unit++)
		TASK_AWAIT(t, op_yield());
	t->result = echoed;
	TASK_END(t);
}

static void who_gives_way_lets_the_loop_look(void **state)
{
	int rc;

	echoed = 0;
	rc = run_on_a_pipe(*state, polite_step, 2, 1, "x");
	if (not_here(rc))
		return;
	assert_int_equal(rc, 0);
	assert_int_equal(slot->checksum, 1);
}

static char trail[32];

/* Woken, a task goes on for a unit, and then gives way at each. */
static struct op units_step(struct task *t)
{
	struct echo *e = t->local;

	TASK_BEGIN(t);
	TASK_AWAIT(t, op_sleep_until(1));
	for (; e->unit < t->units; e->unit++) {
		trail[strlen(trail)] = (char)('a' + t->index);
		TASK_AWAIT(t, op_units(1));
	}
	TASK_AWAIT(t, op_yield());
	TASK_END(t);
}

static void units_are_turns(void **state)
{
	const struct workload w = { .name = "own", .local_bytes = sizeof(struct echo),
				    .step = units_step };

	memset(trail, 0, sizeof trail);
	if (not_here(run(*state, &w, 2, 2, 4)))
		return;
	assert_int_equal(slot->units, 8);
	assert_int_equal(slot->switches, 2 * (3 + 1));
	/* which of the two is the first is nobody's business */
	assert_string_equal(trail, *trail == 'a' ? "aabbabab" : "bbaababa");
}

/* One who wakes up now and then, and one who waits for it to be over. */
static struct op napping_step(struct task *t)
{
	struct echo *e = t->local;

	TASK_BEGIN(t);
	if (!t->index) {
		TASK_AWAIT_ALL(t, 1, op_read(t->channel->in, &e->in, 1, OP_WAITFIRST));
		return op_done();
	}
	for (; e->unit < t->units; e->unit++)
		TASK_AWAIT(t, op_sleep_until(clock_ns() + 2 * NS_PER_MS));
	TASK_AWAIT_ALL(t, 1, op_write(t->channel->out, &e->out, 1));
	TASK_END(t);
}

/* It asks the kernel a few times for each, and not again and again. */
static void while_all_wait_the_loop_does(void **state)
{
	enum { NAPS = 10, MOST = 16 * NAPS };
	int rc = run_on_a_pipe(*state, napping_step, 2, NAPS, "");

	if (not_here(rc))
		return;
	assert_int_equal(rc, 0);
	assert_in_range(slot->syscalls, NAPS, MOST);
}

/* --- trouble --- */

static struct op fail_step(struct task *t)
{
	struct echo *e = t->local;

	TASK_BEGIN(t);
	if (t->index == 3)	/* the others wait for ever */
		return t->res = -EBADMSG, op_fail();
	TASK_AWAIT(t, op_read(t->channel->in, &e->in, 1, OP_WAITFIRST));
	TASK_END(t);
}

static void a_failure_ends_the_loop(void **state)
{
	int rc = run_on_a_pipe(*state, fail_step, 5, 1, "");

	if (not_here(rc))
		return;
	assert_int_equal(rc, -1);
	assert_int_equal(trouble->status, STATUS_IO_ERROR);
}

/* From now on this process has no io_uring, as in many containers. */
static void forbid_uring(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_io_uring_setup, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { sizeof code / sizeof *code, code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) < 0)
		_exit(2);
}

static void skipped_where_the_kernel_forbids(void **state)
{
	const struct workload w = { .name = "own", .local_bytes = sizeof(struct echo),
				    .step = fail_step };
	const struct how *h = *state;
	int status;
	pid_t pid;

	if (h->engine != &engine_uring || h->engine->missing)
		return;
	pid = fork();
	if (!pid) {
		forbid_uring();
		_exit(!(run(h, &w, 1, 0, 1) < 0 && trouble->status == STATUS_SKIPPED &&
			strstr(trouble->reason, "errno 1)")));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static int why;		/* it cannot be opened */

static void *not_opened(unsigned seats, const uint64_t *option, uint64_t *syscalls)
{
	(void)seats, (void)option, (void)syscalls;
	errno = why;
	return NULL;
}

/* What the kernel forbids is skipped; what is broken is not. */
static void an_engine_that_does_not_open(void **state)
{
	static const struct {
		int err;
		enum status status;
	} ways[] = {
		{ ENOSYS, STATUS_SKIPPED }, { EPERM, STATUS_SKIPPED },
		{ EACCES, STATUS_SKIPPED }, { EOPNOTSUPP, STATUS_SKIPPED },
		{ ENOMEM, STATUS_ALLOC_FAIL }, { EMFILE, STATUS_FD_FAIL },
		{ EINVAL, STATUS_IO_ERROR }, { EFAULT, STATUS_IO_ERROR },
	};
	const struct workload w = { .name = "own", .local_bytes = sizeof(struct echo),
				    .step = fail_step };
	struct how h = *(const struct how *)*state;
	struct engine broken = *h.engine;

	broken.missing = NULL;
	broken.open = not_opened;
	h.engine = &broken;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		why = ways[i].err;
		memset(trouble, 0, sizeof *trouble);
		assert_int_equal(run(&h, &w, 1, 0, 1), -1);
		assert_int_equal(trouble->status, ways[i].status);
	}
}

static void says_what_ran(void **state)
{
	const struct workload w = { .name = "own", .local_bytes = sizeof(struct echo),
				    .step = fail_step };
	const struct how *h = *state;

	/* a loop without a task is one nevertheless */
	if (not_here(run(h, &w, 1, 0, 1)))
		return;
	assert_int_equal(strncmp(engine, h->engine->name, strlen(h->engine->name)), 0);
	if (h->engine == &engine_epoll)	/* its style is part of it */
		assert_string_equal(engine, h->option[EPOLL_STYLE] == EPOLL_EDGE ? "epoll-edge" :
				    h->option[EPOLL_STYLE] == EPOLL_REARM ? "epoll-rearm" : "epoll");
}

int main(void)
{
	static const struct CMUnitTest bodies[] = {
		loop_test(ten_thousand_sleepers),
		loop_test(two_calls_a_request_and_a_share),
		loop_test(who_gave_way_goes_on),
		loop_test(who_gives_way_lets_the_loop_look),
		loop_test(units_are_turns),
		loop_test(while_all_wait_the_loop_does),
		loop_test(a_failure_ends_the_loop),
		loop_test(skipped_where_the_kernel_forbids),
		loop_test(an_engine_that_does_not_open),
		loop_test(says_what_ran),
	};

	return run_each(bodies, sizeof bodies / sizeof *bodies);
}

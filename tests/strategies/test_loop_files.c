/*
 * Files under a loop: written, forced to disk and read under every policy, by
 * the threads that the policy says, which are gone afterwards.  And words, which
 * nobody can wait for but by standing still.
 */
#include "strategies/loop_hows.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>

extern const struct workload workload_journal;

enum { BLOCK = 512, FILE_TASKS = 40 };

struct block {
	uint64_t threads;
	char out[BLOCK], in[BLOCK];
	unsigned char behind;	/* what nobody asked for */
};

/* Whether the thread whose stat line this is counts: the kernel's own io_uring
 * helpers come and go, and one that was joined is listed until it is reaped. */
static bool counts(const char *stat)
{
	enum { EXITING = 4 };		/* PF_EXITING */
	const char *comm = strchr(stat, '('), *end = strrchr(stat, ')');
	unsigned flags;

	return comm && end && strncmp(comm, "(iou-", 5) &&
	       sscanf(end, ") %*c %*d %*d %*d %*d %*d %u", &flags) == 1 && !(flags & EXITING);
}

static uint64_t threads(void)
{
	char path[300], stat[512];
	DIR *d = opendir("/proc/self/task");
	uint64_t n = 0;

	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d));) {
		FILE *f;

		snprintf(path, sizeof path, "/proc/self/task/%s/stat", e->d_name);
		f = e->d_name[0] == '.' ? NULL : fopen(path, "r");
		n += f && fgets(stat, sizeof stat, f) && counts(stat);
		if (f)
			fclose(f);
	}
	closedir(d);
	return n;
}

static struct op block_step(struct task *t)
{
	struct block *b = t->local;
	uint64_t at = t->index * BLOCK;
	int fd = t->channel->in;

	TASK_BEGIN(t);
	memset(b->out, (int)(1 + t->index), BLOCK);
	TASK_AWAIT_ALL(t, BLOCK, op_pwrite(fd, b->out, BLOCK, at));
	TASK_AWAIT_ALL(t, 0, op_sync(fd));
	TASK_AWAIT_ALL(t, BLOCK, op_pread(fd, b->in, BLOCK, at));
	if (memcmp(b->in, b->out, BLOCK))
		return op_fail();
	TASK_AWAIT(t, op_units(1));
	/* behind the end of the file there is nothing */
	TASK_AWAIT_ALL(t, 9, op_pread(fd, b->in, BLOCK, (uint64_t)BLOCK * FILE_TASKS - 9));
	t->result = threads();
	TASK_END(t);
}

static bool would_wait;	/* a loop did not say that it must not */

static void files_under_every_policy(void **state)
{
	const struct workload w = { .name = "own", .local_bytes = sizeof(struct block),
				    .step = block_step };
	char name[] = "/tmp/samework-test-XXXXXX";
	const struct how *h = *state;
	int fd = mkstemp(name), rc;
	uint64_t before = threads(), more;

	assert_true(fd >= 0);
	unlink(name);
	assert_int_equal(ftruncate(fd, (off_t)BLOCK * FILE_TASKS), 0);
	for (int i = 0; i < FILE_TASKS; i++)
		channel[i] = (struct channel){ fd, fd };
	rc = run(h, &w, 7, FILE_TASKS, 1);
	close(fd);
	if (not_here(rc))
		return;
	assert_int_equal(rc, 0);
	assert_int_equal(slot->tasks, FILE_TASKS);
	assert_int_equal(slot->units, FILE_TASKS);
	/* io_uring syncs on a thread that the kernel makes */
	assert_int_equal(slot->helpers_ns > 0, policy(h) != POLICY_INLINE);
	assert_false(would_wait);
	if (policy(h) == POLICY_NATIVE)
		return;		/* a helper just made has our name */
	more = policy(h) == POLICY_INLINE ? 0 : 3;
	assert_true(slot->helpers_ns <= slot->user_ns + slot->sys_ns);
	assert_int_equal(slot->checksum, FILE_TASKS * (before + more));
	assert_int_equal(threads(), before);	/* the pool is gone */
}

static bool half;	/* is all that may be had without waiting */

/* In place of the C library's. */
ssize_t preadv2(int fd, const struct iovec *v, int n, off_t at, int flags)
{
	static unsigned calls;

	would_wait |= !(flags & RWF_NOWAIT);
	if (!half)
		return syscall(SYS_preadv2, fd, v, n, at, 0, flags);
	if (calls++ % 2 == 0)
		return pread(fd, v->iov_base, v->iov_len / 2, at);
	errno = EAGAIN;
	return -1;
}

ssize_t pwritev2(int fd, const struct iovec *v, int n, off_t at, int flags)
{
	would_wait |= !(flags & RWF_NOWAIT);
	return syscall(SYS_pwritev2, fd, v, n, at, 0, flags);
}

static struct op half_step(struct task *t)
{
	struct block *b = t->local;

	TASK_BEGIN(t);
	TASK_AWAIT_ALL(t, BLOCK, op_pread(t->channel->in, b->in, BLOCK, 0));
	for (size_t i = 0; i < BLOCK; i++)
		t->result += (unsigned char)b->in[i] == i % 251;
	t->result += b->behind;
	TASK_END(t);
}

/* The rest comes from where the first part ended. */
static void the_pool_goes_on_behind_a_part(void **state)
{
	const struct workload w = { .name = "own", .local_bytes = sizeof(struct block),
				    .step = half_step };
	char name[] = "/tmp/samework-test-XXXXXX", bytes[2 * BLOCK];
	int fd = mkstemp(name), rc;

	assert_true(fd >= 0);
	unlink(name);
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (char)(i % 251);
	assert_int_equal(pwrite(fd, bytes, sizeof bytes, 0), sizeof bytes);
	channel[0] = (struct channel){ fd, fd };
	half = true;
	rc = run(*state, &w, 1, 3, 1);
	half = false;
	close(fd);
	if (not_here(rc))
		return;
	assert_int_equal(rc, 0);
	assert_int_equal(slot->checksum, 3 * BLOCK);
}

static _Atomic uint32_t word;

/* Task 1 lets task 0 go on, if it gets to step; without a pool it is there
 * before, because the wait of task 0 would be the loop's. */
static struct op word_step(struct task *t)
{
	bool first = t->index == 0;

	TASK_BEGIN(t);
	if (!first) {
		atomic_store(&word, 1);
		TASK_AWAIT(t, op_wake(&word));
	} else {
		TASK_AWAIT_ALL(t, 0, op_wait(&word, 0));
	}
	TASK_AWAIT(t, op_units(1));
	t->result = atomic_load(&word);
	TASK_END(t);
}

static void a_word_is_waited_for_by_the_pool(void **state)
{
	const struct workload w = { .name = "own", .step = word_step,
				    .needs = 1 << OP_WAIT | 1 << OP_WAKE };
	const struct how *h = *state;
	int rc;

	atomic_store(&word, policy(h) == POLICY_INLINE);
	rc = run(h, &w, 2, 2, 1);
	if (not_here(rc))
		return;
	assert_int_equal(rc, 0);
	assert_int_equal(slot->checksum, 2);
}

/* Whoever waits for another's sync holds a thread of the pool: with one alone it
 * must not be the one that the sync would need. */
static void a_pool_of_one_is_enough(void **state)
{
	static const uint64_t own[] = { 64, 1 };	/* bytes, commit */
	char name[] = "/tmp/samework-test-XXXXXX";
	struct how h = *(const struct how *)*state;
	int fd = mkostemp(name, O_APPEND), rc;

	assert_true(fd >= 0);
	unlink(name);
	for (int i = 0; i < 7; i++)
		channel[i] = (struct channel){ fd, fd };
	h.option[h.engine->options + 1] = 1;
	param = own;
	state_of_all = shared_map(workload_journal.shared_bytes);
	assert_non_null(state_of_all);
	rc = run(&h, &workload_journal, 7, FILE_TASKS, 3);
	shared_unmap(state_of_all, workload_journal.shared_bytes);
	state_of_all = NULL;
	param = NULL;
	close(fd);
	if (not_here(rc))
		return;
	assert_int_equal(rc, 0);
	assert_int_equal(slot->units, FILE_TASKS * 3);
}

static const struct engine *spied_on;
static const struct iovec *memory;	/* of the seats */
static unsigned astray;		/* operations whose buffer is not their seat's */

static int spy_memory(void *state, const struct iovec *seat, unsigned n)
{
	memory = seat;
	return spied_on->memory ? spied_on->memory(state, seat, n) : 0;
}

static int spy_start(void *state, struct wait *w)
{
	if (w->op.kind == OP_PREAD || w->op.kind == OP_PWRITE) {
		const char *from = memory[w->seat].iov_base, *at = w->op.buf;

		astray += at < from || at + w->op.len > from + memory[w->seat].iov_len;
	}
	return spied_on->start(state, w);
}

/* An engine that was told where each seat's memory is hears whose an operation is, or
 * it could not use that. */
static void whose_memory_it_is_is_said(void **state)
{
	const struct workload w = { .name = "own", .local_bytes = sizeof(struct block),
				    .step = block_step };
	struct how h = *(const struct how *)*state;
	struct engine spy = *h.engine;
	int fd = memfd_create("files", MFD_CLOEXEC), rc;

	assert_int_equal(ftruncate(fd, (off_t)BLOCK * FILE_TASKS), 0);
	for (int i = 0; i < FILE_TASKS; i++)
		channel[i] = (struct channel){ fd, fd };
	spied_on = h.engine;
	spy.memory = spy_memory;
	spy.start = spy_start;
	h.engine = &spy;
	astray = 0;
	rc = run(&h, &w, 7, FILE_TASKS, 1);
	close(fd);
	if (not_here(rc))
		return;
	assert_int_equal(rc, 0);
	assert_int_equal(astray, 0);
}

int main(void)
{
	static const struct CMUnitTest bodies[] = {
		loop_test(files_under_every_policy),
		loop_test(a_word_is_waited_for_by_the_pool),
		loop_test(a_pool_of_one_is_enough),
		loop_test(the_pool_goes_on_behind_a_part),
		loop_test(whose_memory_it_is_is_said),
	};

	return run_each(bodies, sizeof bodies / sizeof *bodies);
}

/*
 * Files under a loop: written, forced to disk and read under every policy, by
 * the threads that the policy says, which are gone afterwards.
 */
#include "strategies/loop_hows.h"

#include <dirent.h>

enum { BLOCK = 512, FILE_TASKS = 40 };

struct block {
	uint64_t threads;
	char out[BLOCK], in[BLOCK];
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
	if (policy(h) == POLICY_NATIVE)
		return;		/* a helper just made has our name */
	more = policy(h) == POLICY_INLINE ? 0 : 3;
	assert_int_equal(slot->checksum, FILE_TASKS * (before + more));
	assert_int_equal(threads(), before);	/* the pool is gone */
}

int main(void)
{
	static const struct CMUnitTest bodies[] = { loop_test(files_under_every_policy) };

	return run_each(bodies, 1);
}

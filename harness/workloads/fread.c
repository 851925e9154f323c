/*
 * fread - read a random block of a file that is in the page cache.  It is
 * input and output to whoever calls it, and copying memory to the machine.
 */
#include <errno.h>

#include "workloads/workload.h"

enum { BYTES, SIZE };
enum { BYTES_MAX = 16384 };
static const struct param params[] = {
	[BYTES] = { "bytes", 4096, 1, BYTES_MAX, "bytes", "size of a block" },
	[SIZE] = { "size", 33554432, 65536, 1073741824, "bytes", "size of the file" },
	{ .name = NULL }
};

struct local {
	uint64_t unit, sum;
	uint64_t at;		/* offset of the block, bytes */
	unsigned char block[BYTES_MAX];
};

static int fread_setup(struct run *r)
{
	return run_files(r, FILES_ONE, r->param[SIZE], 0);
}

/* The first and the last byte tell whether the block is the right one. */
static bool fread_check(struct local *l, uint64_t bytes)
{
	unsigned char a = l->block[0], z = l->block[bytes - 1];

	l->sum = rng_mix(l->sum + a) + z;
	return a == file_byte(l->at) && z == file_byte(l->at + bytes - 1);
}

static struct op fread_step(struct task *t)
{
	struct local *l = t->local;
	size_t n = t->param[BYTES];

	TASK_BEGIN(t);
	for (; l->unit < t->units; l->unit++) {
		l->at = task_random(t, l->unit, 0) % (t->param[SIZE] / n) * n;
		TASK_AWAIT_ALL(t, n, op_pread(t->channel->in, l->block, n, l->at));
		if (!fread_check(l, n)) {
			t->res = -EBADMSG;
			return op_fail();
		}
		TASK_AWAIT(t, op_units(1));
	}
	t->result = l->sum;
	TASK_END(t);
}

const struct workload workload_fread = {
	.name = "fread",
	.summary = "read random blocks of a cached file",
	.unit = "read",
	.bound = BOUND_MIXED,
	.params = params,
	.local_bytes = sizeof(struct local),
	.needs = 1 << OP_PREAD,
	.setup = fread_setup,
	.step = fread_step,
};

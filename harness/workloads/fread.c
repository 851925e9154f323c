/*
 * fread - read a random block of a file.  Hot: it is in the page cache, which is
 * input and output to whoever calls it, and copying memory to the machine.
 * Cold: it is not, and is dropped again once it has been read, so that every
 * pass finds the same.  Direct: past the cache, from the disk into our memory.
 */
#include <errno.h>
#include <fcntl.h>

#include "workloads/workload.h"

enum { BYTES, SIZE, CACHE };
enum { BYTES_MAX = 16384, ALIGN = 4096 };
static const struct param params[] = {
	[BYTES] = { "bytes", 4096, 1, BYTES_MAX, "bytes", "size of a block" },
	[SIZE] = { "size", 33554432, 65536, 1073741824, "bytes", "size of the file" },
	[CACHE] = { "cache", CACHE_HOT, 0, CACHE_DIRECT, CACHE_WORDS,
		    "where the blocks are; direct: blocks of 4096 or a multiple" },
	{ .name = NULL }
};

struct local {
	uint64_t unit, sum;
	uint64_t at;		/* offset of the block, bytes */
	unsigned char memory[BYTES_MAX + ALIGN];
};

static const char *fread_supported(const uint64_t *param)
{
	return param[CACHE] == CACHE_DIRECT && param[BYTES] % ALIGN ?
	       "direct reads are of 4096 bytes or a multiple" : NULL;
}

static int fread_setup(struct run *r)
{
	if (run_files(r, FILES_ONE, r->param[SIZE], 0) < 0)
		return -1;
	return run_uncache(r, (enum cache)r->param[CACHE]);
}

/* Where blocks go: what is read past the cache wants to be aligned. */
static unsigned char *block_of(struct local *l)
{
	return l->memory + -(uintptr_t)l->memory % ALIGN;
}

/* The first and the last byte tell whether the block is the right one. */
static bool fread_check(struct local *l, uint64_t bytes)
{
	unsigned char a = block_of(l)[0], z = block_of(l)[bytes - 1];

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
		TASK_AWAIT_ALL(t, n, op_pread(t->channel->in, block_of(l), n, l->at));
		if (!fread_check(l, n)) {
			t->res = -EBADMSG;
			return op_fail();
		}
		if (t->param[CACHE] == CACHE_COLD)	/* does not wait */
			posix_fadvise(t->channel->in, (off_t)l->at, (off_t)n,
				      POSIX_FADV_DONTNEED);
		TASK_AWAIT(t, op_units(1));
	}
	t->result = l->sum;
	TASK_END(t);
}

const struct workload workload_fread = {
	.name = "fread",
	.summary = "read random blocks of a file",
	.unit = "read",
	.bound = BOUND_MIXED,
	.params = params,
	.local_bytes = sizeof(struct local),
	.needs = 1 << OP_PREAD,
	.supported = fread_supported,
	.setup = fread_setup,
	.step = fread_step,
};

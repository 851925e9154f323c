/*
 * append - write a record and wait until it is on the disk, as a journal does.
 * A file that grows costs more than one whose blocks are there already: its
 * size must reach the disk as well.  With a batch, several records share a wait
 * (group commit).  Direct: past the page cache, from our memory to the disk.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "workloads/workload.h"

enum { BYTES, PREALLOC, BATCH, DIRECT };
enum { BYTES_MAX = 16384, FILE_BYTES = 1 << 20, ALIGN = 4096 };
static const struct param params[] = {
	[BYTES] = { "bytes", 256, 1, BYTES_MAX, "bytes", "size of a record" },
	[PREALLOC] = { "prealloc", 0, 0, 1, "", "0: the file grows; 1: overwrite" },
	[BATCH] = { "batch", 1, 1, 1024, "", "records to a sync; latency is of a batch" },
	[DIRECT] = { "direct", 0, 0, 1, "", "1: O_DIRECT; records of 4096 or a multiple" },
	{ .name = NULL }
};

struct local {
	uint64_t unit, sum;
	uint64_t pending;	/* records written but not synced */
	unsigned char memory[BYTES_MAX + ALIGN];
};

static const char *append_supported(const uint64_t *param)
{
	return param[DIRECT] && param[BYTES] % ALIGN ?
	       "direct writes are of 4096 bytes or a multiple" : NULL;
}

/* Past the cache, and empty again: the page in it was to tell whether that is so. */
static int append_direct(struct run *r)
{
	if (run_uncache(r, CACHE_DIRECT) < 0)
		return -1;
	for (unsigned w = 0; !r->param[PREALLOC] && w < r->workers; w++)
		if (ftruncate(r->channel[w].out, 0) < 0)
			return run_fail(r, STATUS_IO_ERROR, "ftruncate: %s", strerror(errno));
	return 0;
}

static int append_setup(struct run *r)
{
	bool prealloc = r->param[PREALLOC], direct = r->param[DIRECT];
	size_t bytes = prealloc ? FILE_BYTES : direct ? ALIGN : 0;

	if (run_files(r, FILES_PER_WORKER, bytes, prealloc ? 0 : O_APPEND) < 0)
		return -1;
	return direct ? append_direct(r) : 0;
}

/* What is written past the cache wants to be aligned. */
static unsigned char *record_of(struct local *l)
{
	return l->memory + -(uintptr_t)l->memory % ALIGN;
}

static void append_make(const struct task *t, struct local *l)
{
	uint64_t r = task_random(t, l->unit, 0);
	unsigned char *record = record_of(l);

	bytes_fill(record, t->param[BYTES], r);
	l->sum += r;
}

/* Where the record goes; a file that grows pays no heed to it. */
static uint64_t append_offset(const struct task *t, const struct local *l)
{
	uint64_t slots = FILE_BYTES / t->param[BYTES];

	return (t->index * t->units + l->unit) % slots * t->param[BYTES];
}

static struct op append_step(struct task *t)
{
	struct local *l = t->local;
	size_t n = t->param[BYTES];

	TASK_BEGIN(t);
	while (l->unit < t->units) {
		append_make(t, l);
		TASK_AWAIT_ALL(t, n, op_pwrite(t->channel->out, record_of(l), n,
					       append_offset(t, l)));
		l->unit++;
		if (++l->pending < t->param[BATCH] && l->unit < t->units)
			continue;
		TASK_AWAIT_ALL(t, 0, op_sync(t->channel->out));
		TASK_AWAIT(t, op_units(l->pending));
		l->pending = 0;
	}
	t->result = l->sum;
	TASK_END(t);
}

const struct workload workload_append = {
	.name = "append",
	.summary = "write a record and force it to disk",
	.unit = "record",
	.bound = BOUND_IO,
	.in_flight = "batch",
	.params = params,
	.local_bytes = sizeof(struct local),
	.needs = 1 << OP_PWRITE | 1 << OP_SYNC,
	.supported = append_supported,
	.setup = append_setup,
	.step = append_step,
};

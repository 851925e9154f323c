/*
 * compress - blocks of text are compressed, as CPython's bz2 and zlib do: inside
 * a window in which the interpreter lock is released.  With `lock` at `held` the
 * same is done between looks at the eval breaker, as interpreted code would.
 */
#include <string.h>

#include "workloads/lz.h"
#include "workloads/workload.h"

enum { BYTES, LOCK };
static const struct param params[] = {
	[BYTES] = { "bytes", 8192, 256, LZ_MAX, "bytes", "of a block" },
	[LOCK] = { "lock", 0, 0, 1, "released|held", "an interpreter's, meanwhile" },
	{ .name = NULL }
};

enum { SLICE = 64, CHANGES = 16 };

struct local {
	uint64_t unit, sum;
	struct lz lz;
};

/* Words from a short list, so that there is something to find. */
static void write_text(const struct task *t, struct lz *z)
{
	static const char words[16][8] = {
		"thread ", "lock ", "the ", "a ", "process ", "waits ", "for ", "holds ",
		"core ", "and ", "another ", "while ", "runs ", "task ", "queue ", "in ",
	};
	size_t n = t->param[BYTES];

	for (size_t at = 0, i = 0; at < n; i++) {
		const char *w = words[rng_at(t->seed + t->index, i) % 16];
		size_t length = strnlen(w, sizeof words[0]);

		if (length > n - at)
			length = n - at;
		memcpy(z->in + at, w, length);
		at += length;
	}
}

/* Every block differs from the one before in a few places. */
static void edit_text(const struct task *t, const struct local *l, struct lz *z)
{
	for (unsigned i = 0; i < CHANGES; i++) {
		uint64_t r = task_random(t, l->unit, i);

		z->in[(r >> 8) % t->param[BYTES]] = (unsigned char)('a' + r % 26);
	}
}

static void compress_all(void *lz)
{
	lz_run(lz, LZ_MAX);
}

/* Compress until the block is finished, which is true, or the strategy wants the
 * step back. */
static bool compress_held(const struct task *t, struct lz *z)
{
	while (z->at < z->n) {
		lz_run(z, z->at + SLICE);
		if (task_tick(t))
			break;
	}
	return z->at == z->n;
}

/* Eight bytes at a time: it is done with the lock held. */
static uint64_t sum_of(const struct lz *z)
{
	uint64_t sum = z->out_n, word;
	size_t i = 0;

	for (; i + sizeof word <= z->out_n; i += sizeof word) {
		memcpy(&word, z->out + i, sizeof word);
		sum = (sum ^ word) * 0x100000001b3u;
	}
	for (; i < z->out_n; i++)
		sum = (sum ^ z->out[i]) * 0x100000001b3u;	/* FNV-1a's prime */
	return sum;
}

static struct op compress_step(struct task *t)
{
	struct local *l = t->local;

	TASK_BEGIN(t);
	write_text(t, &l->lz);
	for (; l->unit < t->units; l->unit++) {
		edit_text(t, l, &l->lz);
		lz_begin(&l->lz, t->param[BYTES]);
		if (!t->param[LOCK])
			TASK_AWAIT(t, op_compute(compress_all, &l->lz));
		else
			while (!compress_held(t, &l->lz))
				TASK_AWAIT(t, op_yield());
		l->sum = rng_mix(l->sum ^ sum_of(&l->lz));
		TASK_AWAIT(t, op_units(1));
	}
	t->result = l->sum;
	TASK_END(t);
}

const struct workload workload_compress = {
	.name = "compress",
	.summary = "compress text, with an interpreter lock released",
	.unit = "block",
	.bound = BOUND_CPU,
	.params = params,
	.local_bytes = sizeof(struct local),
	.step = compress_step,
};

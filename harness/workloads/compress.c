/*
 * compress - blocks of text are compressed, as CPython's bz2 and zlib do: inside
 * a window in which the interpreter lock is released.  With `lock` at `held` the
 * same is done between looks at the eval breaker, as interpreted code would.
 */
#include <string.h>
#include <xxhash.h>

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

/* Words from a short list, so that there is something to find.  Eight bytes are
 * written whatever a word's length, and what is too much is written over. */
static void write_text(const struct task *t, struct lz *z)
{
	static const struct {
		char text[8];
		unsigned char length;
	} words[16] = {
		{ "thread ", 7 }, { "lock ", 5 }, { "the ", 4 }, { "a ", 2 },
		{ "process ", 8 }, { "waits ", 6 }, { "for ", 4 }, { "holds ", 6 },
		{ "core ", 5 }, { "and ", 4 }, { "another ", 8 }, { "while ", 6 },
		{ "runs ", 5 }, { "task ", 5 }, { "queue ", 6 }, { "in ", 3 },
	};
	size_t n = t->param[BYTES];

	for (size_t at = 0, i = 0; at < n; i++) {
		size_t w = rng_at(t->seed + t->index, i) % 16, room = n - at;

		memcpy(z->in + at, words[w].text, room < 8 ? room : 8);
		at += words[w].length;
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
		/* with the lock held: at 10 GB/s, a hundredth of the rest */
		l->sum = rng_mix(l->sum ^ XXH64(l->lz.out, l->lz.out_n, 0));
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

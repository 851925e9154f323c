/*
 * journal - every task appends its records to one file, and goes on when a record
 * is on the disk.  Own: each has that done for itself.  Shared: who finds nobody
 * at it has all that is written until then brought to the disk, and tells those
 * who wait; who finds somebody at it waits, and looks again (group commit, as
 * databases do it).  The fewer syncs, the more wait together.
 *
 * Who leads is a matter of chance, so those operations are not part of the stream
 * that must be the same everywhere; that all was synced is part of the state.
 */
#include <errno.h>
#include <fcntl.h>

#include "workloads/workload.h"

enum { BYTES, COMMIT };
enum { BYTES_MAX = 16384 };
enum commit { COMMIT_OWN, COMMIT_SHARED };
static const struct param params[] = {
	[BYTES] = { "bytes", 256, 1, BYTES_MAX, "bytes", "size of a record" },
	[COMMIT] = { "commit", COMMIT_SHARED, 0, COMMIT_SHARED, "own|shared",
		     "who brings a record to the disk" },
	{ .name = NULL }
};

/* Behind shard 0. */
struct shared {
	_Alignas(128) uint64_t written, synced;	/* records, from the first on */
	uint64_t syncs;
	uint64_t waiting;	/* tasks, for the sync that is under way */
	bool syncing;
	int error;		/* of a sync that failed, or 0 */
	_Alignas(128) _Atomic uint32_t turn;	/* another when a sync has ended */
};

enum role { ROLE_DONE, ROLE_LEAD, ROLE_FOLLOW, ROLE_FAIL };

struct local {
	uint64_t unit, sum;
	uint64_t mine, covers;	/* my record; the last that my sync is for */
	uint32_t turn;
	enum role role;
	int error;
	bool awaited;
	unsigned char record[BYTES_MAX];
};

static int journal_setup(struct run *r)
{
	return run_files(r, FILES_ONE, 0, O_APPEND);
}

static void journal_make(const struct task *t, struct local *l)
{
	uint64_t r = task_random(t, l->unit, 0);

	bytes_fill(l->record, t->param[BYTES], r);
	l->sum += r;
}

/* Whoever waits shall look again.  To be woken after this, if it sleeps. */
static void journal_turn(struct shared *s)
{
	s->waiting = 0;
	atomic_fetch_add_explicit(&s->turn, 1, memory_order_release);
}

static void journal_written(struct task *t, struct local *l)
{
	struct shared *s = t->shared;

	task_lock(t, 0);
	l->mine = ++s->written;
	if (t->res != (int64_t)t->param[BYTES]) {
		s->error = t->res < 0 ? (int)-t->res : EIO;
		journal_turn(s);
	}
	task_unlock(t, 0);
}

static enum role role_of(struct shared *s, struct local *l, bool own)
{
	if (s->error)
		return ROLE_FAIL;
	if (own ? l->covers == l->mine : s->synced >= l->mine)
		return ROLE_DONE;
	if (!s->syncing || own) {
		s->syncing = true;
		l->covers = own ? l->mine : s->written;
		return ROLE_LEAD;
	}
	s->waiting++;
	/* read behind the lock: a sync that ends from now on makes it another */
	l->turn = atomic_load_explicit(&s->turn, memory_order_relaxed);
	return ROLE_FOLLOW;
}

static enum role journal_role(struct task *t, struct local *l)
{
	struct shared *s = t->shared;

	task_lock(t, 0);
	l->role = role_of(s, l, t->param[COMMIT] == COMMIT_OWN);
	l->error = s->error;
	task_unlock(t, 0);
	return l->role;
}

/* My sync has ended: all must hear of it. */
static void journal_synced(struct task *t, struct local *l)
{
	struct shared *s = t->shared;

	task_lock(t, 0);
	s->syncs++;
	s->syncing = false;
	if (t->res < 0)
		s->error = (int)-t->res;
	else if (l->covers > s->synced)
		s->synced = l->covers;
	l->awaited = s->waiting > 0;
	journal_turn(s);
	task_unlock(t, 0);
}

static struct op journal_step(struct task *t)
{
	struct local *l = t->local;
	struct shared *s = t->shared;

	TASK_BEGIN(t);
	for (; l->unit < t->units; l->unit++) {
		journal_make(t, l);
		TASK_AWAIT(t, op_pwrite(t->channel->out, l->record, t->param[BYTES], 0));
		journal_written(t, l);
		while (journal_role(t, l) == ROLE_LEAD || l->role == ROLE_FOLLOW) {
			if (l->role == ROLE_FOLLOW) {
				TASK_AWAIT(t, op_by_chance(op_wait(&s->turn, l->turn)));
				continue;
			}
			TASK_AWAIT(t, op_by_chance(op_sync(t->channel->out)));
			journal_synced(t, l);
			if (l->awaited)
				TASK_AWAIT(t, op_by_chance(op_wake_all(&s->turn)));
		}
		if (l->role == ROLE_FAIL) {
			TASK_AWAIT(t, op_by_chance(op_wake_all(&s->turn)));
			t->res = -l->error;
			return op_fail();
		}
		TASK_AWAIT(t, op_units(1));
	}
	t->result = l->sum;
	TASK_END(t);
}

static uint64_t journal_digest(const void *shared, const uint64_t *param)
{
	const struct shared *s = shared;

	(void)param;
	return rng_mix(s->written) + s->synced;
}

static const char *const counters[] = { "syncs", NULL };

static void journal_count(const void *shared, const uint64_t *param, uint64_t out[COUNTERS])
{
	(void)param;
	out[0] = ((const struct shared *)shared)->syncs;
}

const struct workload workload_journal = {
	.name = "journal",
	.summary = "append to one file and wait for the disk together",
	.unit = "record",
	.bound = BOUND_IO,
	.params = params,
	.shared_bytes = sizeof(struct shared),
	.local_bytes = sizeof(struct local),
	.needs = 1 << OP_PWRITE | 1 << OP_SYNC | 1 << OP_WAIT | 1 << OP_WAKE,
	.setup = journal_setup,
	.step = journal_step,
	.digest = journal_digest,
	.counters = counters,
	.count = journal_count,
};

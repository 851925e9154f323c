/* The workloads with shared state: its digest, merging, and the locks. */
#include "workloads/drive.h"

extern const struct workload workload_counter, workload_ledger, workload_table,
	workload_cache, workload_freelist;
static const struct workload *const all[] = {
	&workload_counter, &workload_ledger, &workload_table, &workload_cache,
	&workload_freelist, NULL
};

/* Locks that check how they are used. */
struct checker {
	struct guard guard;
	bool held[1024];
	unsigned holding, taken;
	const struct drive *drive;
	uint64_t left;		/* the digest when the last lock was let go */
};

static void checker_lock(void *self, unsigned i)
{
	struct checker *c = self;

	assert_in_range(i, 0, c->guard.mask);
	assert_false(c->held[i]);
	if (!c->holding)	/* nobody wrote without */
		assert_int_equal(drive_digest(c->drive), c->left);
	for (unsigned k = i; c->holding && k <= c->guard.mask; k++)
		assert_false(c->held[k]);	/* rising: no deadlock */
	c->held[i] = true;
	c->holding++;
	c->taken++;
}

static void checker_unlock(void *self, unsigned i)
{
	struct checker *c = self;

	assert_true(c->held[i]);
	c->held[i] = false;
	if (!--c->holding)
		c->left = drive_digest(c->drive);
}

static void run_guarded(const struct workload *w, unsigned mask, struct checker *c,
			uint64_t *digest)
{
	struct drive d;

	*c = (struct checker){ .guard = { checker_lock, checker_unlock, c, mask }, .drive = &d };
	drive_init(&d, w, 1);
	d.guard = &c->guard;
	d.run.units = 2;
	assert_int_equal(drive_open(&d), 0);
	c->left = drive_digest(&d);
	for (uint64_t i = 0; i < d.run.tasks; i++) {
		struct task t = drive_task(&d, i, 0);

		while (drive_step(&d, &t) > 0)
			assert_int_equal(c->holding, 0);
	}
	*digest = drive_digest(&d);
	assert_int_equal(*digest, c->left);
	drive_close(&d);
}

static void locks_are_in_order_and_let_go(void **state)
{
	(void)state;
	for (size_t i = 0; all[i]; i++) {
		struct checker one, many;
		uint64_t a, b;

		run_guarded(all[i], 0, &one, &a);
		run_guarded(all[i], 1023, &many, &b);
		assert_int_equal(a, b);
		assert_true(one.taken > 0);
		assert_int_equal(many.taken, i == 1 ? 2 * one.taken : one.taken);
	}
}

/* Locks that note which of them were held whenever a word was changed. */
struct witness {
	struct guard guard;
	unsigned held[2], holding;
	const uint64_t *state;
	uint64_t *before;		/* [words] the state when one was let go last */
	struct owners {
		bool known;
		unsigned n, lock[2];	/* held at every change so far */
	} *of;				/* [words] */
	size_t words, orphans;
};

static void witness_lock(void *self, unsigned i)
{
	struct witness *c = self;

	if (!c->holding)	/* nobody wrote without */
		assert_memory_equal(c->before, c->state, c->words * sizeof *c->before);
	assert_true(c->holding < 2);
	c->held[c->holding++] = i;
}

static void witness_change(struct witness *c, struct owners *o)
{
	unsigned kept = 0;

	if (!o->known)
		*o = (struct owners){ true, c->holding, { c->held[0], c->held[1] } };
	for (unsigned i = 0; i < o->n; i++)
		if (o->lock[i] == c->held[0] || (c->holding > 1 && o->lock[i] == c->held[1]))
			o->lock[kept++] = o->lock[i];
	o->n = kept;
	c->orphans += !kept;
}

/* Of two, when the first is let go: both are held still. */
static void witness_unlock(void *self, unsigned i)
{
	struct witness *c = self;

	for (size_t w = 0; w < c->words; w++)
		if (c->before[w] != c->state[w])
			witness_change(c, &c->of[w]);
	memcpy(c->before, c->state, c->words * sizeof *c->before);
	c->held[0] = c->held[0] == i ? c->held[1] : c->held[0];
	c->holding--;
}

/* Each word of the state is written behind one lock, always the same. */
static void what_is_written_has_a_lock_of_its_own(void **state)
{
	(void)state;
	for (size_t i = 0; all[i]; i++) {
		struct witness c = { .guard = { witness_lock, witness_unlock, &c, 1023 } };
		struct drive d;

		drive_init(&d, all[i], 1);
		if (all[i] == &workload_table)	/* a large state to look through */
			drive_set(&d, "accesses", 20);
		d.guard = &c.guard;
		d.run.units = all[i] == &workload_cache ? 100 : 2;
		assert_int_equal(drive_open(&d), 0);
		c.words = all[i]->shared_bytes / sizeof *c.before;
		c.state = d.run.shared;
		c.before = calloc(c.words, sizeof *c.before);
		c.of = calloc(c.words, sizeof *c.of);
		assert_true(c.before && c.of);
		memcpy(c.before, c.state, c.words * sizeof *c.before);
		drive_all(&d, false);
		assert_memory_equal(c.before, c.state, c.words * sizeof *c.before);
		assert_int_equal(c.orphans, 0);
		free(c.before);
		free(c.of);
		drive_close(&d);
	}
}

static void lost_work_shows_in_the_digest(void **state)
{
	(void)state;
	for (size_t i = 0; all[i]; i++) {
		struct drive d;
		uint64_t digest[3];

		drive_init(&d, all[i], 1);
		assert_int_equal(drive_open(&d), 0);
		digest[0] = drive_digest(&d);
		assert_int_equal(drive_run(&d, 0, 0), 0);
		digest[1] = drive_digest(&d);
		assert_int_equal(drive_run(&d, 0, 0), 0);
		digest[2] = drive_digest(&d);
		assert_int_not_equal(digest[0], digest[1]);
		assert_int_not_equal(digest[1], digest[2]);
		drive_close(&d);
	}
}

static void merged_copies_equal_one_state(void **state)
{
	(void)state;
	for (size_t i = 0; all[i]; i++) {
		const struct workload *w = all[i];
		void *copy[2], *whole;
		struct drive d;
		uint64_t want;

		drive_init(&d, w, 1);
		assert_int_equal(drive_open(&d), 0);
		drive_all(&d, false);
		want = drive_digest(&d);
		whole = d.run.shared;
		copy[0] = drive_state(&d);
		copy[1] = drive_state(&d);
		for (uint64_t k = 0; k < d.run.tasks; k++) {
			d.run.shared = copy[k % 2];
			assert_int_equal(drive_run(&d, k, 0), 0);
		}
		w->merge(copy[0], copy[1], d.param);
		assert_int_equal(w->digest(copy[0], d.param), want);
		assert_int_not_equal(w->digest(copy[1], d.param), want);
		shared_unmap(copy[0], w->shared_bytes);
		shared_unmap(copy[1], w->shared_bytes);
		d.run.shared = whole;
		drive_close(&d);
	}
}

static void table_with_every_size_finds_its_keys(void **state)
{
	static const uint64_t keys[] = { 1, 2, 3, 1000, 65536 };

	(void)state;
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		struct drive d;
		uint64_t empty;

		drive_init(&d, &workload_table, 1);
		drive_set(&d, "keys", keys[i]);
		drive_set(&d, "reads", 0);
		assert_int_equal(drive_open(&d), 0);
		empty = drive_digest(&d);
		drive_all(&d, false);
		assert_int_not_equal(drive_digest(&d), empty);
		drive_close(&d);
	}
}

static void counter_counts(void **state)
{
	struct drive d;

	(void)state;
	drive_init(&d, &workload_counter, 1);
	assert_int_equal(drive_open(&d), 0);
	drive_all(&d, false);
	assert_int_equal(drive_digest(&d), d.run.tasks * d.run.units * d.param[0]);
	drive_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(locks_are_in_order_and_let_go),
		cmocka_unit_test(what_is_written_has_a_lock_of_its_own),
		cmocka_unit_test(lost_work_shows_in_the_digest),
		cmocka_unit_test(merged_copies_equal_one_state),
		cmocka_unit_test(table_with_every_size_finds_its_keys),
		cmocka_unit_test(counter_counts),
	};

	drive_watchdog();
	return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}

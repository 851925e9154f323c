/* journal: who leads, who follows, and that nobody goes on whose record is not on
 * the disk.  Tasks are stepped by hand, in the order that matters. */
#include <fcntl.h>
#include <sys/stat.h>

#include "workloads/drive.h"

extern const struct workload workload_journal;

enum { BYTES = 32, PLACES = 4 };

/* Tasks in flight, each with the op that it waits for. */
struct scene {
	struct drive d;
	struct task t[PLACES];
	struct op op[PLACES];
};

/* Let task @i go on with @res: the kind of its next op, of units not told. */
static enum op_kind on(struct scene *s, unsigned i, int64_t res)
{
	s->t[i].res = res;
	s->op[i] = workload_journal.step(&s->t[i]);
	if (s->op[i].kind == OP_UNIT)
		s->d.units++;
	return s->op[i].kind;
}

static void begin(struct scene *s, uint64_t commit)
{
	drive_init(&s->d, &workload_journal, PLACES);
	drive_set(&s->d, "bytes", BYTES);
	drive_set(&s->d, "commit", commit);
	s->d.run.units = 1;
	assert_int_equal(drive_open(&s->d), 0);
	for (unsigned i = 0; i < PLACES; i++) {
		s->t[i] = drive_task(&s->d, i, i);
		assert_int_equal(on(s, i, 0), OP_PWRITE);
		assert_int_equal(s->op[i].len, BYTES);
	}
}

static void end(struct scene *s)
{
	for (unsigned i = 0; i < PLACES; i++)
		free(s->t[i].local);
	drive_close(&s->d);
}

static uint64_t syncs(const struct scene *s)
{
	uint64_t out[COUNTERS] = { 0 };

	workload_journal.count(s->d.run.shared, s->d.param, out);
	return out[0];
}

static void one_alone_writes_and_syncs(void **state)
{
	(void)state;
	for (uint64_t commit = 0; commit < 2; commit++) {
		struct scene s;

		begin(&s, commit);
		assert_int_equal(on(&s, 0, BYTES), OP_SYNC);
		assert_int_equal(on(&s, 0, 0), OP_UNIT);	/* nobody to wake */
		assert_int_equal(on(&s, 0, 0), OP_DONE);
		assert_int_equal(syncs(&s), 1);
		end(&s);
	}
}

/* Those who come while a sync is under way were too late for it: one of them
 * leads the next, for all of them. */
static void who_is_late_waits_for_the_next(void **state)
{
	struct scene s;

	(void)state;
	begin(&s, 1);
	assert_int_equal(on(&s, 0, BYTES), OP_SYNC);
	for (unsigned i = 1; i < 4; i++) {
		assert_int_equal(on(&s, i, BYTES), OP_WAIT);
		assert_int_equal(atomic_load((_Atomic uint32_t *)s.op[i].buf), s.op[i].at);
	}
	assert_int_equal(on(&s, 0, 0), OP_WAKE);
	assert_true(s.op[0].flags & OP_ALL);
	assert_ptr_equal(s.op[0].buf, s.op[1].buf);
	assert_int_not_equal(atomic_load((_Atomic uint32_t *)s.op[1].buf), s.op[1].at);
	assert_int_equal(on(&s, 0, 3), OP_UNIT);
	assert_int_equal(on(&s, 2, 0), OP_SYNC);
	assert_int_equal(on(&s, 1, 0), OP_WAIT);
	assert_int_equal(on(&s, 2, 0), OP_WAKE);
	assert_int_equal(on(&s, 2, 1), OP_UNIT);
	assert_int_equal(on(&s, 3, 0), OP_UNIT);	/* on the disk already */
	assert_int_equal(on(&s, 1, 0), OP_UNIT);
	assert_int_equal(syncs(&s), 2);
	assert_int_equal(s.d.units, 4);
	end(&s);
}

static void on_ones_own_everybody_syncs(void **state)
{
	struct scene s;

	(void)state;
	begin(&s, 0);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(on(&s, i, BYTES), OP_SYNC);
	for (unsigned i = 4; i--;)
		assert_int_equal(on(&s, i, 0), OP_UNIT);
	assert_int_equal(syncs(&s), 4);
	/* the last to end was not for the last record */
	assert_int_equal(drive_digest(&s.d), rng_mix(4) + 4);
	end(&s);
}

/* Whatever way they went, the state says that all was written and synced. */
static void the_way_is_not_the_result(void **state)
{
	uint64_t digest[2], sum[2];

	(void)state;
	for (uint64_t commit = 0; commit < 2; commit++) {
		struct drive d;

		drive_init(&d, &workload_journal, 1);
		drive_set(&d, "commit", commit);
		assert_int_equal(drive_open(&d), 0);
		assert_int_equal(drive_digest(&d), rng_mix(0));
		drive_all(&d, commit);
		digest[commit] = drive_digest(&d);
		sum[commit] = d.sum;
		assert_int_equal(digest[commit], rng_mix(6 * 4) + 6 * 4);
		drive_close(&d);
	}
	assert_int_equal(digest[0], digest[1]);
	assert_int_equal(sum[0], sum[1]);
}

static void what_chance_decides_says_so(void **state)
{
	struct scene s;

	(void)state;
	begin(&s, 1);
	assert_false(s.op[0].flags & OP_CHANCE);
	on(&s, 0, BYTES);
	on(&s, 1, BYTES);
	assert_true(s.op[0].flags & s.op[1].flags & OP_CHANCE);
	on(&s, 0, 0);
	assert_true(s.op[0].flags & OP_CHANCE);		/* to wake */
	end(&s);
}

/* Every record is in the one file, once. */
static void all_write_to_one_file(void **state)
{
	struct scene s;
	unsigned char got[BYTES];
	struct stat st[2];

	(void)state;
	begin(&s, 1);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(drive_exec(&s.op[i]), BYTES);
	assert_int_equal(fstat(s.d.channel[0].out, &st[0]), 0);
	assert_int_equal(fstat(s.d.channel[3].out, &st[1]), 0);
	assert_int_equal(st[0].st_ino, st[1].st_ino);
	assert_int_equal(st[0].st_size, 4 * BYTES);
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(pread(s.d.channel[3].out, got, BYTES, i * BYTES), BYTES);
		assert_memory_equal(got, s.op[i].buf, BYTES);
	}
	end(&s);
}

/* After an error nobody is left to wait for a sync that will not come. */
static void an_error_is_everybodys(void **state)
{
	static const struct { bool sync; int64_t res; int error; } way[] = {
		{ true, -EIO, EIO }, { false, -ENOSPC, ENOSPC }, { false, BYTES - 1, EIO },
	};

	(void)state;
	for (size_t k = 0; k < sizeof way / sizeof way[0]; k++) {
		struct scene s;

		begin(&s, 1);
		assert_int_equal(on(&s, 0, BYTES), OP_SYNC);
		assert_int_equal(on(&s, 1, BYTES), OP_WAIT);
		assert_int_equal(on(&s, way[k].sync ? 0 : 2, way[k].res), OP_WAKE);
		assert_int_not_equal(atomic_load((_Atomic uint32_t *)s.op[1].buf), s.op[1].at);
		assert_true(s.op[way[k].sync ? 0 : 2].flags & OP_ALL);
		for (unsigned i = 0; i < 4; i++) {
			while (on(&s, i, i == 3 ? BYTES : 0) == OP_WAKE)
				;
			assert_int_equal(s.op[i].kind, OP_FAIL);
			assert_int_equal(s.t[i].res, -way[k].error);
		}
		assert_int_equal(s.d.units, 0);
		end(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_alone_writes_and_syncs),
		cmocka_unit_test(who_is_late_waits_for_the_next),
		cmocka_unit_test(on_ones_own_everybody_syncs),
		cmocka_unit_test(the_way_is_not_the_result),
		cmocka_unit_test(what_chance_decides_says_so),
		cmocka_unit_test(all_write_to_one_file),
		cmocka_unit_test(an_error_is_everybodys),
	};

	drive_watchdog();
	return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}

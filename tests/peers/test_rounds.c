/*
 * Both sides in turn, and whose is whose: with trials that only say what they took.
 */
#include "peers/blocks.c"
#undef FIELD
#include "peers/pairs.c"
#include "peers/peer.c"
#include "peers/rounds.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { CALLS = 64 };

/* What is run, and what it takes: a unit of ours 80 ns, and 60 of CPU time; of theirs
 * 100 and 90; but the trial with number @disturbed, from 0, is disturbed, and that
 * with number @failed does not end. */
static struct {
	unsigned n, disturbed, failed;
	int side[CALLS];
	uint64_t units[CALLS];
} ran;

enum code interleave_measure(const struct trial *t, int lock, double *ns, struct ending *e,
			     struct outcome *o)
{
	int side = strcmp(t->strategy, "bare") ? OURS : THEIRS;
	uint64_t units = t->units * t->tasks;
	struct measure *m = &e->report.m[0];

	(void)lock;
	assert_true(ran.n < CALLS);
	*o = (struct outcome){ .status = STATUS_OK };
	*e = (struct ending){ .report.reps = 1 };
	*m = (struct measure){ .units = units, .wall_ns = units * (side == OURS ? 80 : 100),
			       .user_ns = units * (side == OURS ? 50 : 60),
			       .sys_ns = units * (side == OURS ? 10 : 30),
			       .checksum = 5, .state = 6, .ops = 7 };
	*ns = ran.n == ran.disturbed ? NAN : (double)m->wall_ns / (double)units;
	ran.side[ran.n] = side;
	ran.units[ran.n] = t->units;
	if (ran.n++ != ran.failed)
		return CODE_OK;
	o->status = STATUS_TIMEOUT;
	return CODE_FAILED;
}

static struct contest contest;
static char dir[] = "/tmp/samework-test-XXXXXX";

/* The pair futex-bare alone, whose size is known. */
static int setup(void **state)
{
	const struct round *old;
	size_t n;

	(void)state;
	memset(&contest, 0, sizeof contest);
	strcpy(dir + sizeof dir - 7, "XXXXXX");
	assert_non_null(mkdtemp(dir));
	for (const struct pair *p = pairs; p->name; p++)
		if (!strcmp(p->name, "futex-bare"))
			contest.pair[contest.n++] = p;
	assert_int_equal(contest.n, 1);
	ran.n = 0;
	ran.disturbed = ran.failed = CALLS;
	assert_int_equal(blocks_open(&contest.kept, dir, &old, &n, &contest.arena), 0);
	return contest_size(&contest, 0, "0", 1) == CODE_OK ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	blocks_close(&contest.kept);
	unlink(contest.kept.path);
	rmdir(dir);
	arena_release(&contest.arena);
	return 0;
}

/* A pass of 200 ms of units of 80 ns, found by ours alone; both do as many, and ours
 * has its results checked. */
static void a_size_is_found(void **state)
{
	const struct trial *ours = &contest.trial[0][OURS], *theirs = &contest.trial[0][THEIRS];

	(void)state;
	for (unsigned i = 0; i < ran.n; i++)
		assert_int_equal(ran.side[i], OURS);
	assert_in_range(ours->units * 80, 100 * NS_PER_MS, 400 * NS_PER_MS);
	assert_int_equal(theirs->units, ours->units);
	assert_int_equal(ran.units[ran.n - 2], ours->units);	/* seen twice */
	assert_true(ours->checksum == 5 && ours->state == 6 && ours->ops == 7);
	assert_true(theirs->checksum == NONE);
	assert_string_equal(theirs->strategy, "bare");
}

/* Who is first is second in the next round; each has its own times. */
static void sides_take_turns(void **state)
{
	const struct speeds *speed = &contest.speed[0][2], *cpu = &contest.cpu[0][2];

	(void)state;
	ran.n = 0;
	assert_int_equal(contest_block(&contest, 0, 2, 1), CODE_OK);
	assert_int_equal(ran.n, 2 * ROUNDS);
	for (unsigned i = 0; i < ran.n; i++)
		assert_int_equal(ran.side[i], i % 4 == 0 || i % 4 == 3 ? THEIRS : OURS);
	assert_true(contest.known[0][2] && !contest.known[0][1]);
	assert_true(speed->ours == 80 && speed->theirs == 100 && speed->ratio == 1.25);
	assert_true(cpu->ours == 60 && cpu->theirs == 90 && cpu->ratio == 1.5);
}

/* For a round in which one was disturbed, or failed, there is another, and it is kept without the
 * time that does not count. */
static void a_disturbed_round_is_made_again(void **state)
{
	const struct round *row;
	size_t n;

	(void)state;
	ran.n = 0;
	ran.disturbed = 2;	/* of the second round the first side, theirs */
	ran.failed = 5;		/* of the third the second, likewise */
	assert_int_equal(contest_block(&contest, 0, 0, 0), CODE_OK);
	assert_int_equal(ran.n, 2 * (ROUNDS + 2));
	blocks_close(&contest.kept);
	assert_int_equal(blocks_open(&contest.kept, dir, &row, &n, &contest.arena), 0);
	assert_int_equal(n, ROUNDS + 2);
	assert_string_equal(row[0].first, "ours");
	assert_string_equal(row[1].first, "theirs");
	assert_true(row[1].ours_ns == 80 && isnan(row[1].theirs_ns));
	assert_true(row[2].ours_ns == 80 && isnan(row[2].theirs_ns));
	assert_true(row[1].ours_cpu_ns == 60 && isnan(row[1].theirs_cpu_ns));
	assert_true(row[4].round == 5 && row[4].block == 1 && row[4].theirs_ns == 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_size_is_found, setup, teardown),
		cmocka_unit_test_setup_teardown(sides_take_turns, setup, teardown),
		cmocka_unit_test_setup_teardown(a_disturbed_round_is_made_again, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("rounds", tests, NULL, NULL);
}

/* Each kind of deadlock as the calls that lead to it, seen by a guard that only
 * writes down; and that without locks to wait for, all end the same. */
#include "workloads/drive.h"

extern const struct workload workload_deadlock;

static char calls[64];
static unsigned held;

static void note(char c, unsigned index)
{
	size_t n = strlen(calls);

	assert_true(n + 3 < sizeof calls);
	calls[n] = c;
	calls[n + 1] = (char)('0' + index);
	calls[n + 2] = '\0';
}

static void note_lock(void *self, unsigned index)
{
	(void)self;
	note('+', index);
	held++;
}

static void note_unlock(void *self, unsigned index)
{
	(void)self;
	note('-', index);
	held--;
}

static const struct guard many = { note_lock, note_unlock, NULL, 1023 };
static const struct guard one = { note_lock, note_unlock, NULL, 0 };

static void start(struct drive *d, const char *kind, const struct guard *g)
{
	const char *words = workload_deadlock.params[0].unit;
	uint64_t value = 0;

	for (const char *w = words; strncmp(w, kind, strlen(kind)); value++) {
		w = strchr(w, '|');
		assert_non_null(w);
		w++;
	}
	drive_init(d, &workload_deadlock, 2);
	drive_set(d, "kind", value);
	d->guard = g;
	d->run.tasks = 4;
	d->run.units = 1;
	d->run.nonblock = true;	/* whoever would wait fails */
	assert_int_equal(drive_open(d), 0);
	calls[0] = '\0';
}

/* What task @index of @kind does to the locks. */
static const char *calls_of(const char *kind, const struct guard *g, uint64_t before)
{
	struct drive d;

	start(&d, kind, g);
	for (uint64_t i = 0; i < before; i++)
		assert_int_equal(drive_run(&d, i, 0), 0);
	calls[0] = '\0';
	assert_int_equal(drive_run(&d, before, 0), 0);
	assert_int_equal(drive_close(&d), 0);
	return calls;
}

static void locks_are_taken_as_each_kind_says(void **state)
{
	(void)state;
	assert_string_equal(calls_of("none", &many, 0), "+0-0+1-1");
	assert_string_equal(calls_of("relock", &many, 0), "+0+0-0-0+1-1");
	assert_string_equal(calls_of("relock", &one, 0), "+0+0-0-0+0-0");
	assert_string_equal(calls_of("abba", &many, 0), "+0+1-1-0");
	assert_string_equal(calls_of("abba", &many, 1), "+1+0-0-1");
	assert_string_equal(calls_of("abba", &one, 0), "+0-0");
	assert_string_equal(calls_of("fork", &many, 0), "+0-0+0-0+1-1");
	assert_string_equal(calls_of("fork", &many, 1), "+0-0+1-1");
	assert_string_equal(calls_of("join", &many, 0), "+0-0+1-1");
	assert_string_equal(calls_of("join", &many, 1), "+0-0+0-0+1-1");
}

/* The read that a joining task waits in is asked for with the lock in hand. */
static void join_waits_with_the_lock(void **state)
{
	struct drive d;
	struct task t;
	struct op op;

	(void)state;
	start(&d, "join", &many);
	t = drive_task(&d, 1, 0);
	op = workload_deadlock.step(&t);
	assert_int_equal(op.kind, OP_READ);
	assert_int_equal(held, 1);
	held = 0;
	free(t.local);
	assert_int_equal(drive_close(&d), 0);
}

/* More is written than two pipes hold, 64 KiB each, before any of it is read. */
static void pipes_are_filled_before_they_are_read(void **state)
{
	struct drive d;
	struct task t;
	struct op op;
	size_t written = 0;

	(void)state;
	start(&d, "pipes", NULL);
	t = drive_task(&d, 0, 0);
	while ((op = workload_deadlock.step(&t)).kind == OP_WRITE) {
		written += op.len;
		t.res = (int64_t)op.len;	/* as if it went through */
	}
	assert_int_equal(op.kind, OP_READ);
	assert_true(written > 4 * 65536);
	free(t.local);
	assert_int_equal(drive_close(&d), 0);
}

/* One step of @t, whose last operation moved what it asked for. */
static struct op next(struct task *t)
{
	struct op op = workload_deadlock.step(t);

	t->res = (int64_t)op.len;
	return op;
}

/* Both locks are free and of the program alone, the second task takes them in the
 * other order, and while it waits no guard is held. */
static void own_locks_are_taken_in_opposite_orders(void **state)
{
	struct task t[2];
	struct drive d;
	int lock[2];

	(void)state;
	start(&d, "user", &many);
	for (int i = 0; i < 2; i++) {
		struct op op;

		t[i] = drive_task(&d, (uint64_t)i, 0);
		op = next(&t[i]);
		assert_int_equal(op.kind, OP_READ);
		assert_int_equal(drive_exec(&op), sizeof(uint64_t));
		lock[i] = op.fd;
		assert_int_equal(next(&t[i]).kind, OP_SLEEP);
	}
	assert_int_not_equal(lock[0], lock[1]);
	for (int i = 0; i < 2; i++) {
		struct op op = next(&t[i]);

		assert_int_equal(op.kind, OP_READ);
		assert_int_equal(op.fd, lock[!i]);
		free(t[i].local);
	}
	assert_string_equal(calls, "");
	assert_int_equal(drive_close(&d), 0);
}

static void where_nobody_waits_all_kinds_end_the_same(void **state)
{
	static const char *const kinds[] = { "none", "relock", "abba", "join", "fork", "user" };
	uint64_t sum = 0, digest = 0;

	(void)state;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct drive d;

		start(&d, kinds[i], NULL);
		drive_all(&d, false);
		assert_int_equal(d.units, d.run.tasks * d.run.units);
		assert_true(!i || (sum == d.sum && digest == drive_digest(&d)));
		sum = d.sum;
		digest = drive_digest(&d);
		assert_int_equal(drive_close(&d), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(locks_are_taken_as_each_kind_says),
		cmocka_unit_test(join_waits_with_the_lock),
		cmocka_unit_test(pipes_are_filled_before_they_are_read),
		cmocka_unit_test(own_locks_are_taken_in_opposite_orders),
		cmocka_unit_test(where_nobody_waits_all_kinds_end_the_same),
	};

	drive_watchdog();
	return cmocka_run_group_tests_name("deadlock", tests, NULL, NULL);
}

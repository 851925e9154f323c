/*
 * A task in flight: what every strategy must count alike is counted here, so
 * that a difference in the counts is a difference in what was done.
 *
 * A task plays a script, a letter an op (see op_of), and dirties its memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "strategies/strategy.h"

enum { TASKS = 2 };

struct local {
	size_t at;		/* in the script */
	unsigned char dirt[64];
};

static const char *script[TASKS];
static bool found_dirt;

static struct op op_of(struct task *t, char c)
{
	static char buf[64];

	switch (c) {
	case 'u':
		return op_units(1);
	case 'U':
		return op_units(3);
	case 'y':
		return op_yield();
	case 'r':		/* what has come, be it a part */
		return op_recv(3, buf, 8, 0);
	case 'R':
		return op_recv(3, buf, 8, OP_ALL);
	case 'p':
		return op_read(3, buf, 8, 0);
	case 'P':
		return op_read(3, buf, 8, OP_ALL);
	case 'Q':
		return op_read(4, buf + 1, 8, OP_ALL);	/* other fd, other buffer */
	case 'L':
		return op_read(3, buf, 9, OP_ALL);
	case 's':
		return op_send(3, buf, 8);
	case 'w':
		return op_write(3, buf, 8);
	case 'f':
		return op_pread(3, buf, 8, 0);
	case 'F':
		return op_pread(3, buf, 8, 4096);
	case 'g':
		return op_pwrite(3, buf, 8, 0);
	case 'G':
		return op_pwrite(3, buf, 8, 4096);
	case 'k':
		return op_wake(NULL);
	case 'K':
		return op_wake_all(NULL);
	case 'S':
		return op_sync(3);
	case 'c':
		return op_by_chance(op_sync(3));
	case 'z':
		return op_sleep_until(1);
	case 'Z':
		return op_sleep_until(2);
	case 'x':
		t->res = -EMFILE;
		return op_fail();
	default:
		return op_done();
	}
}

static struct op step(struct task *t)
{
	struct local *l = t->local;
	const char *ops = script[t->index];

	if (!l->at || !t->pc)
		for (size_t i = 0; i < sizeof l->dirt; i++)
			found_dirt |= l->dirt[i] || l->at || t->pc || t->result;
	memset(l->dirt, 0x5a, sizeof l->dirt);
	t->pc = 1;
	t->result += t->index + 10;
	return op_of(t, ops[l->at++]);
}

static const struct workload workload = {
	.name = "script", .local_bytes = sizeof(struct local), .step = step,
};

struct scene {
	struct slot slot;
	struct channel channel;
	struct run run;
	struct pass pass;
	struct trouble trouble;
	struct breaker breaker;
	struct flight flight;
};

static void scene_init(struct scene *s)
{
	memset(s, 0, sizeof *s);
	found_dirt = false;
	s->run = (struct run){ .workload = &workload, .tasks = TASKS, .units = 1,
			       .workers = 1, .channel = &s->channel };
	s->pass = (struct pass){ .run = &s->run, .trouble = &s->trouble };
	assert_int_equal(flight_init(&s->flight, &s->pass, 0, &s->slot, NULL, &s->breaker), 0);
}

/* Task @index to its end.  0 or -1. */
static int fly(struct scene *s, uint64_t index)
{
	struct op op;

	flight_start(&s->flight, index);
	while ((op = flight_step(&s->flight)).kind != OP_DONE)
		if (op.kind == OP_FAIL)
			return flight_fail(&s->flight, &s->pass);
	flight_finish(&s->flight);
	return 0;
}

/* The tasks of @order, "01", "10", "0": what they leave in the slot. */
static struct slot flown(const char *a, const char *b, const char *order)
{
	static struct scene s;

	scene_init(&s);
	script[0] = a;
	script[1] = b;
	for (; *order; order++)
		assert_int_equal(fly(&s, (uint64_t)(*order - '0')), 0);
	flight_release(&s.flight);
	assert_false(found_dirt);
	return s.slot;
}

static void what_is_done_is_counted(void **state)
{
	struct slot s = flown("uyUru", "U", "01");

	(void)state;
	assert_int_equal(s.tasks, 2);
	assert_int_equal(s.units, 1 + 3 + 1 + 3);
	assert_int_equal(s.latency.n, 4);	/* one for each report of units */
	assert_int_equal(s.checksum, 6 * 10 + 2 * 11);
}

/* No task sees what one before it left; flown() looks. */
static void memory_and_result_start_at_zero(void **state)
{
	struct slot once = flown("uru", "ss", "01"), twice = flown("uru", "ss", "0101");

	(void)state;
	assert_int_equal(twice.checksum, 2 * once.checksum);
	assert_int_equal(twice.ops, 2 * once.ops);
	assert_int_equal(twice.units, 2 * once.units);
}

static void the_order_of_tasks_does_not_matter(void **state)
{
	(void)state;
	assert_int_equal(flown("uRs", "FzS", "01").ops, flown("uRs", "FzS", "10").ops);
}

static void which_tasks_ran_does(void **state)
{
	uint64_t both = flown("us", "us", "01").ops;

	(void)state;
	assert_int_not_equal(both, flown("us", "us", "00").ops);
	assert_int_not_equal(both, flown("us", "us", "11").ops);
	assert_int_not_equal(both, flown("us", "us", "0").ops);
	assert_int_not_equal(flown("us", "ss", "01").ops, flown("ss", "us", "01").ops);
}

/* Scripts of one task whose digests must be equal, or differ. */
static void the_digest_is_of_what_was_asked_for(void **state)
{
	static const struct { const char *a, *b; bool equal; } table[] = {
		{ "uRs", "uRs", true },
		{ "uRs", "usR", false },	/* in another order */
		{ "uRs", "uR", false },
		{ "uRs", "uRss", false },
		{ "u", "U", false },		/* other units */
		{ "uuu", "U", false },
		{ "R", "s", false },		/* another op */
		{ "P", "w", false },
		{ "R", "P", false },
		{ "f", "g", false },
		{ "P", "L", false },		/* another length */
		{ "f", "F", false },		/* another offset */
		{ "g", "G", false },
		{ "k", "K", false },		/* one, or all */
		{ "S", "", false },
		{ "P", "Q", true },		/* where from and to is not the task's */
		{ "z", "Z", true },		/* nor is the hour */
		{ "z", "", false },
		{ "uyyRys", "uRs", true },	/* asked back or not */
		{ "uccRcs", "uRs", true },	/* as it happened */
		{ "rs", "rrrs", true },		/* came in one part or three */
		{ "ps", "ppps", true },
		{ "Rs", "RRs", false },		/* but whole ones are counted */
		{ "Ps", "PPs", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		uint64_t a = flown(table[i].a, "", "0").ops;
		uint64_t b = flown(table[i].b, "", "0").ops;

		if ((a == b) != table[i].equal)
			fail_msg("\"%s\" and \"%s\"", table[i].a, table[i].b);
	}
}

static void a_failed_task_gives_its_reason(void **state)
{
	static struct scene s;

	(void)state;
	scene_init(&s);
	script[0] = "ux";
	assert_int_equal(fly(&s, 0), -1);
	assert_int_equal(s.trouble.status, STATUS_FD_FAIL);
	assert_string_equal(s.trouble.reason, "task 0: Too many open files");
	assert_int_equal(s.slot.tasks, 0);
	flight_release(&s.flight);
}

static void its_place_gives_it_its_channel(void **state)
{
	struct channel channel[3] = { { 1, 2 }, { 3, 4 }, { 5, 6 } };
	static struct scene s;
	struct guard guard;

	(void)state;
	scene_init(&s);
	flight_release(&s.flight);
	s.run.channel = channel;
	s.run.units = 9;
	s.run.seed = 8;
	s.pass.shared = &guard;
	assert_int_equal(flight_init(&s.flight, &s.pass, 2, &s.slot, &guard, &s.breaker), 0);
	assert_ptr_equal(s.flight.task.channel, &channel[2]);
	assert_ptr_equal(s.flight.task.guard, &guard);
	assert_ptr_equal(s.flight.task.breaker, &s.breaker);
	assert_ptr_equal(s.flight.task.shared, &guard);
	assert_int_equal(s.flight.task.units, 9);
	assert_int_equal(s.flight.task.seed, 8);
	flight_release(&s.flight);
}

/* Shares follow one another, leave nothing out and differ by one at most. */
static void spans_are_all_of_the_tasks(void **state)
{
	(void)state;
	for (uint64_t tasks = 0; tasks < 40; tasks++)
		for (unsigned workers = 1; workers < 12; workers++) {
			struct run r = { .tasks = tasks, .workers = workers };
			uint64_t next = 0;

			for (unsigned w = 0; w < workers; w++) {
				struct span s = worker_span(&r, w);

				assert_int_equal(s.lo, next);
				assert_in_range(s.hi - s.lo, tasks / workers,
						(tasks + workers - 1) / workers);
				next = s.hi;
			}
			assert_int_equal(next, tasks);
		}
}

/* What is to happen at a time counts from the start that all have in common. */
static void tasks_are_told_when_the_pass_began(void **state)
{
	uint64_t before = clock_ns();
	static struct gate gate;
	static struct scene s;

	(void)state;
	scene_init(&s);
	flight_release(&s.flight);
	s.pass.gate = &gate;
	assert_int_equal(flight_init(&s.flight, &s.pass, 0, &s.slot, NULL, &s.breaker), 0);
	gate.start_ns = 42;	/* only now: who comes in does not know it */
	flight_start(&s.flight, 1);
	assert_int_equal(s.flight.task.start_ns, 42);
	/* but not for how long the first unit took */
	assert_true(s.flight.task.unit_ns >= before);
	assert_int_equal(s.flight.task.tasks, TASKS);
	flight_release(&s.flight);
}

/* A unit begins where the one before it ended, the first one with its task. */
static void latency_counts_from_the_unit_before(void **state)
{
	static struct scene s;
	uint64_t before = clock_ns();

	(void)state;
	scene_init(&s);
	script[0] = "uu";
	flight_start(&s.flight, 0);
	assert_in_range(s.flight.task.unit_ns, before, clock_ns());
	s.flight.task.unit_ns -= 1000000000000;	/* longer than anything stops a test */
	flight_step(&s.flight);
	flight_step(&s.flight);
	assert_int_equal(s.slot.latency.n, 2);
	assert_true(s.slot.latency.max >= 1000000000000);
	assert_true(s.slot.latency.min < 1000000000000);
	flight_release(&s.flight);
}

/* A task that knows better when its unit began is believed. */
static void latency_counts_from_where_a_task_says(void **state)
{
	static struct scene s;

	(void)state;
	scene_init(&s);
	script[0] = "u";
	flight_start(&s.flight, 0);
	s.flight.task.unit_ns -= 1000000000;
	assert_int_equal(flight_step(&s.flight).kind, OP_UNIT);
	assert_true(s.slot.latency.min >= 1000000000);
	flight_release(&s.flight);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_done_is_counted),
		cmocka_unit_test(memory_and_result_start_at_zero),
		cmocka_unit_test(the_order_of_tasks_does_not_matter),
		cmocka_unit_test(which_tasks_ran_does),
		cmocka_unit_test(the_digest_is_of_what_was_asked_for),
		cmocka_unit_test(a_failed_task_gives_its_reason),
		cmocka_unit_test(its_place_gives_it_its_channel),
		cmocka_unit_test(spans_are_all_of_the_tasks),
		cmocka_unit_test(tasks_are_told_when_the_pass_began),
		cmocka_unit_test(latency_counts_from_the_unit_before),
		cmocka_unit_test(latency_counts_from_where_a_task_says),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

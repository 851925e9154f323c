/* Every workload: the same work and result whoever runs it, and in whatever
 * order; all of it asked for by the operations that it declares. */
#include "workloads/drive.h"

#define WORKLOADS(X) X(null) X(countdown) X(squares) X(primes) X(matmul)	\
	X(counter) X(ledger) X(table) X(cache) X(sleep) X(pipe) X(futex) X(echo)	\
	X(delay) X(fanout) X(relay) X(connect) X(append) X(fread)
#define DECLARE(name) extern const struct workload workload_##name;
#define ADDRESS(name) &workload_##name,
WORKLOADS(DECLARE)
static const struct workload *const all[] = { WORKLOADS(ADDRESS) NULL };

/* What is slow at its default. */
static const struct {
	const char *workload, *param;
	uint64_t value;
} tiny[] = {
	{ "sleep", "time", 1000 },
	{ "delay", "delay", 1000 },
	{ "delay", "work", 10 },
	{ "fanout", "delay", 1000 },
	{ "fread", "size", 65536 },
	{ "primes", "first", 10007 },
	{ "squares", "n", 100 },
	{ "matmul", "n", 8 },
};

static void start(struct drive *d, const struct workload *w)
{
	drive_init(d, w, 2);
	for (size_t i = 0; i < sizeof tiny / sizeof tiny[0]; i++)
		if (!strcmp(tiny[i].workload, w->name))
			drive_set(d, tiny[i].param, tiny[i].value);
}

static void start_open(struct drive *d, const struct workload *w)
{
	start(d, w);
	assert_int_equal(drive_open(d), 0);
}

struct outcome {
	uint64_t sum, digest, units;
	unsigned asked;
};

static struct outcome run(const struct workload *w, uint64_t units, uint64_t seed,
			  bool backwards, bool tick)
{
	struct outcome o;
	struct drive d;

	start(&d, w);
	d.run.units = units;
	d.run.seed = seed;
	atomic_store(&d.breaker.asked, tick);
	assert_int_equal(drive_open(&d), 0);
	drive_all(&d, backwards);
	o = (struct outcome){ d.sum, drive_digest(&d), d.units, d.asked };
	assert_int_equal(drive_close(&d), 0);
	return o;
}

static void assert_same(struct outcome a, struct outcome b)
{
	assert_int_equal(a.sum, b.sum);
	assert_int_equal(a.digest, b.digest);
	assert_int_equal(a.units, b.units);
}

static void repeated_it_gives_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; all[i]; i++)
		assert_same(run(all[i], 4, 1, false, false),
			    run(all[i], 4, 1, false, false));
}

static void order_of_tasks_does_not_matter(void **state)
{
	(void)state;
	for (size_t i = 0; all[i]; i++)
		assert_same(run(all[i], 4, 1, false, false),
			    run(all[i], 4, 1, true, false));
}

static void being_asked_back_does_not_matter(void **state)
{
	(void)state;
	for (size_t i = 0; all[i]; i++)
		assert_same(run(all[i], 4, 1, false, false),
			    run(all[i], 4, 1, false, true));
}

static void half_the_units_is_other_work(void **state)
{
	(void)state;
	for (size_t i = 0; all[i]; i++) {
		struct outcome whole = run(all[i], 4, 1, false, false);
		struct outcome half = run(all[i], 2, 1, false, false);

		assert_int_equal(whole.units, 6 * 4);
		assert_int_equal(half.units, 6 * 2);
		assert_int_not_equal(whole.sum, half.sum);
	}
}

/* Who skips one task and does another twice must be found out. */
static void every_task_has_its_own_result(void **state)
{
	(void)state;
	for (size_t i = 0; all[i]; i++) {
		struct drive d;
		uint64_t result[6];

		start_open(&d, all[i]);
		for (uint64_t k = 0; k < 6; k++) {
			d.sum = 0;
			assert_int_equal(drive_run(&d, k, 0), 0);
			result[k] = d.sum;
			for (uint64_t j = 0; j < k; j++)
				assert_int_not_equal(result[j], result[k]);
		}
		assert_int_equal(drive_close(&d), 0);
	}
}

static void tasks_may_take_turns(void **state)
{
	(void)state;
	for (size_t i = 0; all[i]; i++) {
		struct outcome alone = run(all[i], 4, 1, false, false);
		struct drive d;

		start_open(&d, all[i]);
		atomic_store(&d.breaker.asked, true);
		for (uint64_t k = 0; k < d.run.tasks; k += 2) {
			struct task a = drive_task(&d, k, 0);
			struct task b = drive_task(&d, k + 1, 1);
			bool first = true, second = true;

			while (first || second) {
				first = first && drive_step(&d, &a) > 0;
				second = second && drive_step(&d, &b) > 0;
			}
		}
		assert_int_equal(d.sum, alone.sum);
		assert_int_equal(drive_digest(&d), alone.digest);
		assert_int_equal(drive_close(&d), 0);
	}
}

static void needs_are_what_is_asked_for(void **state)
{
	const unsigned any = 1u << OP_DONE | 1u << OP_UNIT | 1u << OP_YIELD;

	(void)state;
	for (size_t i = 0; all[i]; i++)
		assert_int_equal(run(all[i], 4, 1, false, true).asked & ~any,
				 all[i]->needs);
}

/* What can compute for long can be asked back; the rest never yields. */
static void long_loops_yield(void **state)
{
	(void)state;
	for (size_t i = 0; all[i]; i++) {
		bool loops = (all[i]->bound == BOUND_CPU &&
			      strcmp(all[i]->name, "null")) ||
			     !strcmp(all[i]->name, "delay");

		assert_int_equal(run(all[i], 4, 1, false, true).asked >> OP_YIELD & 1,
				 loops);
		assert_false(run(all[i], 4, 1, false, false).asked >> OP_YIELD & 1);
	}
}

static void tables_are_sound(void **state)
{
	(void)state;
	for (size_t i = 0; all[i]; i++) {
		const struct workload *w = all[i];

		assert_non_null(w->summary);
		assert_non_null(w->unit);
		for (const struct param *p = w->params; p && p->name; p++) {
			assert_in_range(p->value, p->min, p->max);
			assert_non_null(p->unit);
			assert_non_null(p->help);
		}
		assert_true(!w->shared_bytes || (w->digest && w->merge));
	}
}

static bool has_param(const struct workload *w, const char *name, const char *unit)
{
	const struct param *p = w->params;

	while (p && p->name && strcmp(p->name, name))
		p++;
	return p && p->name && !strcmp(p->unit, unit);
}

/* Who says how many units are under way, and for how long, is a parameter. */
static void what_parameters_say_is_named(void **state)
{
	(void)state;
	for (const struct workload *const *w = workloads; *w; w++) {
		const char *n = (*w)->in_flight, *ns = (*w)->waits;

		assert_true(!n || !*n || has_param(*w, n, ""));
		assert_true(!ns || has_param(*w, ns, "ns"));
	}
}

/* The range of each parameter is open to its ends: none crashes or overflows. */
static void ends_of_ranges_work(void **state)
{
	(void)state;
	for (size_t i = 0; all[i]; i++)
		for (const struct param *p = all[i]->params; p && p->name; p++) {
			struct drive d;

			if (p->min == p->max || !strcmp(p->unit, "ns"))
				continue;	/* the end takes 10 s */
			for (int top = 0; top < 2; top++) {
				start(&d, all[i]);
				if (top && !strcmp(p->name, "size"))
					continue;	/* a gigabyte */
				drive_set(&d, p->name, top ? p->max : p->min);
				d.run.tasks = d.run.units = 1;
				if (all[i]->supported && all[i]->supported(d.param))
					continue;	/* not with the other ones */
				if (!drive_open(&d))
					drive_all(&d, false);
				else	/* not on this file system */
					assert_int_equal(d.trouble.status, STATUS_SKIPPED);
				assert_int_equal(drive_close(&d), 0);
			}
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(repeated_it_gives_the_same),
		cmocka_unit_test(order_of_tasks_does_not_matter),
		cmocka_unit_test(being_asked_back_does_not_matter),
		cmocka_unit_test(half_the_units_is_other_work),
		cmocka_unit_test(every_task_has_its_own_result),
		cmocka_unit_test(tasks_may_take_turns),
		cmocka_unit_test(needs_are_what_is_asked_for),
		cmocka_unit_test(long_loops_yield),
		cmocka_unit_test(tables_are_sound),
		cmocka_unit_test(what_parameters_say_is_named),
		cmocka_unit_test(ends_of_ranges_work),
	};

	drive_watchdog();
	return cmocka_run_group_tests_name("workload", tests, NULL, NULL);
}

/* The workload: equal results in every form, what is lost is counted, tasks in
 * threads at the same time, and each way of polling lets another in where it is
 * said to. */
#include <pthread.h>

#include "workloads/drive.h"
#include "workloads/vm.h"

extern const struct workload workload_bytecode;

enum { PROGRAM, FORM, SCHEME, POLL };
enum { POLLED = 5, BACKEDGE = 0, CALL, OP };

static void open_with(struct drive *d, uint64_t program, uint64_t form, uint64_t scheme,
		      uint64_t poll)
{
	drive_init(d, &workload_bytecode, 1);
	drive_set(d, "program", program);
	drive_set(d, "form", form);
	drive_set(d, "scheme", scheme);
	drive_set(d, "poll", poll);
	drive_set(d, "dispatch", (form ^ scheme ^ poll) & 1);	/* no matter which */
	assert_int_equal(drive_open(d), 0);
}

static uint64_t program_named(const char *name)
{
	uint64_t i = 0;

	while (strcmp(vm_sources[i].name, name))
		i++;
	return i;
}

/* Counter @i: 0 lost, 1 lost_ppm, 2 refs_lost. */
static uint64_t counted(const struct drive *d, unsigned i)
{
	uint64_t out[COUNTERS];

	workload_bytecode.count(d->run.shared, d->param, out);
	return out[i];
}

static void the_words_are_the_programs(void **state)
{
	const char *words = workload_bytecode.params[PROGRAM].unit;
	uint64_t n = 0;

	(void)state;
	for (; vm_sources[n].name; n++) {
		size_t length = strlen(vm_sources[n].name);

		assert_int_equal(strcspn(words, "|"), length);
		assert_memory_equal(words, vm_sources[n].name, length);
		words += length + (words[length] == '|');
	}
	assert_int_equal(*words, '\0');
	assert_int_equal(workload_bytecode.params[PROGRAM].max, n - 1);
}

static void every_form_has_the_same_result(void **state)
{
	const struct param *p = workload_bytecode.params;

	(void)state;
	for (uint64_t program = 0; program <= p[PROGRAM].max; program++) {
		uint64_t sum = 0, digest = 0, runs = 0;

		for (uint64_t i = 0; i < 6 * 6 * 3; i++) {
			struct drive d;

			open_with(&d, program, i / 18, i / 3 % 6, i % 3);
			atomic_store(&d.breaker.asked, i % 2);
			drive_all(&d, i % 2);
			assert_int_equal(d.units, d.run.tasks * d.run.units);
			assert_int_equal(counted(&d, 0), 0);
			assert_int_equal(counted(&d, 2), 0);
			if (!runs++) {
				sum = d.sum;
				digest = drive_digest(&d);
			}
			assert_int_equal(d.sum, sum);
			assert_int_equal(drive_digest(&d), digest);
			drive_close(&d);
		}
	}
}

static void programs_differ_and_tasks_do(void **state)
{
	uint64_t sums[16] = { 0 }, n = workload_bytecode.params[PROGRAM].max + 1;

	(void)state;
	for (uint64_t i = 0; i < n; i++) {
		struct drive d;
		uint64_t first;

		open_with(&d, i, POLLED, VM_PLAIN, CALL);
		d.sum = 0;
		assert_int_equal(drive_run(&d, 0, 0), 0);
		first = d.sum;
		assert_int_equal(drive_run(&d, 1, 0), 0);
		assert_int_not_equal(d.sum, 2 * first);
		drive_all(&d, false);
		sums[i] = d.sum;
		drive_close(&d);
	}
	/* the counters differ in what they do to the cell alone */
	for (uint64_t i = 1; i <= program_named("counter"); i++)
		for (uint64_t k = 0; k < i; k++)
			assert_int_not_equal(sums[i], sums[k]);
}

/* Task 0 until it gives way, then all of task 1, then the rest of task 0. */
static void interleave(struct drive *d)
{
	struct task t;
	int rc;

	d->run.units = 1;
	t = drive_task(d, 0, 0);
	atomic_store(&d->breaker.asked, true);
	d->asked = 0;
	assert_int_equal(drive_step(d, &t), 1);
	assert_int_equal(d->asked, 1 << OP_YIELD);
	atomic_store(&d->breaker.asked, false);
	assert_int_equal(drive_run(d, 1, 0), 0);
	while ((rc = drive_step(d, &t)) > 0)
		;
	assert_int_equal(rc, 0);
}

static void updates_are_lost_where_another_is_let_in(void **state)
{
	static const struct {
		const char *program;
		uint64_t poll, lost, ppm;	/* of 2 x increments */
	} cases[] = {
		{ "counter", BACKEDGE, 0, 0 },
		{ "counter", CALL, 0, 0 },
		{ "counter", OP, 100, 500000 },
		{ "counter-call", BACKEDGE, 0, 0 },
		{ "counter-call", CALL, 83, 500000 },
		{ "counter-atomic", OP, 0, 0 },
		{ "counter-locked", OP, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint64_t whole;
		struct drive d;

		open_with(&d, program_named(cases[i].program), POLLED, VM_PLAIN, cases[i].poll);
		d.run.units = 1;
		assert_int_equal(drive_run(&d, 2, 0), 0);
		assert_int_equal(drive_run(&d, 3, 0), 0);
		whole = drive_digest(&d);
		drive_close(&d);
		open_with(&d, program_named(cases[i].program), POLLED, VM_PLAIN, cases[i].poll);
		interleave(&d);
		assert_int_equal(counted(&d, 0), cases[i].lost);
		assert_int_equal(counted(&d, 1), cases[i].ppm);
		assert_int_equal(drive_digest(&d) != whole, counted(&d, 0) != 0);
		drive_close(&d);
	}
}

static void a_lost_reference_is_counted(void **state)
{
	struct vm_shared *s;
	struct drive d;
	uint64_t digest;

	(void)state;
	open_with(&d, 0, POLLED, VM_ATOMIC, CALL);
	drive_all(&d, false);
	digest = drive_digest(&d);
	s = d.run.shared;
	s->small[7].shared -= 3;
	s->constant[2].shared += 2;
	assert_int_equal(counted(&d, 2), 5);
	assert_int_not_equal(drive_digest(&d), digest);
	drive_close(&d);
}

static void merged_copies_equal_one_state(void **state)
{
	(void)state;
	for (uint64_t scheme = 0; scheme < VM_SCHEMES; scheme++) {
		struct vm_shared *copy[2], *whole;
		struct drive d;
		uint64_t want;

		open_with(&d, program_named("counter-call"), POLLED, scheme, CALL);
		drive_all(&d, false);
		want = drive_digest(&d);
		whole = d.run.shared;
		for (int i = 0; i < 2; i++)
			copy[i] = drive_state(&d);
		for (uint64_t k = 0; k < d.run.tasks; k++) {
			d.run.shared = copy[k % 2];
			assert_int_equal(drive_run(&d, k, 0), 0);
		}
		workload_bytecode.merge(copy[0], copy[1], d.param);
		assert_int_equal(workload_bytecode.digest(copy[0], d.param), want);
		assert_int_equal(copy[0]->cell, whole->cell);
		/* what a copy lost is lost in the whole */
		if (scheme == VM_ATOMIC) {
			copy[1]->small[1].shared--;
			workload_bytecode.merge(copy[0], copy[1], d.param);
			assert_int_not_equal(vm_refs_lost(copy[0], VM_ATOMIC), 0);
		}
		for (int i = 0; i < 2; i++)
			shared_unmap(copy[i], sizeof *copy[i]);
		d.run.shared = whole;
		drive_close(&d);
	}
}

/* One mutex behind every shard. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void mutex_lock(void *self, unsigned index)
{
	(void)self, (void)index;
	pthread_mutex_lock(&mutex);
}

static void mutex_unlock(void *self, unsigned index)
{
	(void)self, (void)index;
	pthread_mutex_unlock(&mutex);
}

enum { THREADS = 3 };

/* A thread of a strategy: its own tasks, the same state. */
struct stream {
	pthread_t id;
	struct drive d;
};

static void *stream_main(void *arg)
{
	struct drive *d = &((struct stream *)arg)->d;

	for (uint64_t i = 0; i < d->run.tasks; i++)
		if (drive_run(d, d->run.seed * 100 + i, 0) < 0)
			return arg;
	return NULL;
}

static void streams_run(struct drive *d)
{
	static const struct guard guard = { mutex_lock, mutex_unlock, NULL, 0 };
	struct stream s[THREADS];

	for (unsigned i = 0; i < THREADS; i++) {
		s[i].d = *d;
		s[i].d.run.seed = i + 1;
		s[i].d.guard = &guard;
		assert_int_equal(pthread_create(&s[i].id, NULL, stream_main, &s[i]), 0);
	}
	for (unsigned i = 0; i < THREADS; i++) {
		void *failed;

		assert_int_equal(pthread_join(s[i].id, &failed), 0);
		assert_null(failed);
	}
}

/* Under a race detector, this is what it looks at.  Plain counting is the race
 * that this is all about, and has no place here. */
static void threads_lose_nothing(void **state)
{
	static const char *const programs[] = {
		"countdown", "fib", "method", "counter-atomic", "counter-locked",
	};
	static const enum vm_scheme schemes[] = {
		VM_ATOMIC, VM_BIASED, VM_IMMORTAL, VM_PEP703, VM_LOCKED,
	};

	(void)state;
	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
		for (size_t k = 0; k < sizeof schemes / sizeof *schemes; k++) {
			struct drive d;

			open_with(&d, program_named(programs[i]), POLLED, schemes[k], CALL);
			d.run.units = 50;
			streams_run(&d);
			if (counted(&d, 0) || counted(&d, 2))
				fail_msg("%s, scheme %d", programs[i], (int)schemes[k]);
			drive_close(&d);
		}
}

static void a_trap_fails_the_task(void **state)
{
	static const char text[] = "function main x\nlocal y\nload y\nreturn\n";
	struct vm_program program;
	struct drive d;
	char why[64];

	(void)state;
	open_with(&d, 0, POLLED, VM_ATOMIC, CALL);
	assert_int_equal(vm_assemble(&program, text, why, sizeof why), 0);
	vm_share(d.run.shared, &program, VM_ATOMIC);
	assert_int_equal(drive_run(&d, 0, 0), -EFAULT);
	drive_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_words_are_the_programs),
		cmocka_unit_test(every_form_has_the_same_result),
		cmocka_unit_test(programs_differ_and_tasks_do),
		cmocka_unit_test(updates_are_lost_where_another_is_let_in),
		cmocka_unit_test(a_lost_reference_is_counted),
		cmocka_unit_test(merged_copies_equal_one_state),
		cmocka_unit_test(threads_lose_nothing),
		cmocka_unit_test(a_trap_fails_the_task),
	};

	drive_watchdog();
	return cmocka_run_group_tests_name("bytecode", tests, NULL, NULL);
}

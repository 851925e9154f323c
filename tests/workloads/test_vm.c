/* The machine: each instruction, each program against plain C, references that
 * come back, and what must be refused while running. */
#include <pthread.h>
#include <stdio.h>

#include "workloads/drive.h"
#include "workloads/vm_ops.h"

enum { SEED = 1 << 20, EVERY = VM_RAW + 1 };

/* A machine with a task and a shared state of its own. */
struct bench {
	struct task task;
	struct breaker breaker;
	struct vm_shared *shared;
	struct vm vm;
};

static void bench_init(struct bench *b, const char *text, enum vm_scheme scheme)
{
	struct vm_program program;
	char why[128] = "";

	if (vm_assemble(&program, text, why, sizeof why) < 0)
		fail_msg("%s", why);
	memset(b, 0, sizeof *b);
	b->shared = shared_map(sizeof *b->shared);
	vm_share(b->shared, &program, scheme);
	b->task = (struct task){ .index = 4, .shared = b->shared, .breaker = &b->breaker };
	vm_init(&b->vm, &b->task, scheme);
}

static void bench_release(struct bench *b)
{
	vm_release(&b->vm);
	shared_unmap(b->shared, sizeof *b->shared);
}

/* An interpreter of @scheme that never polls. */
static vm_run *runner(enum vm_scheme scheme, enum vm_dispatch how)
{
	static const vm_counted_run *const of[] = {
		[VM_PLAIN] = &vm_run_plain, [VM_ATOMIC] = &vm_run_atomic,
		[VM_BIASED] = &vm_run_biased, [VM_IMMORTAL] = &vm_run_immortal,
		[VM_PEP703] = &vm_run_pep703, [VM_LOCKED] = &vm_run_locked,
	};

	return scheme == VM_RAW ? vm_run_raw[how] : scheme == VM_COPIED ? vm_run_boxed[how] :
	       (*of[scheme])[VM_POLL_NONE][how];
}

/* What main returns for @x. */
static int64_t value(struct bench *b, vm_run *run, int64_t x)
{
	int64_t result;

	assert_int_equal(vm_start(&b->vm, x), VM_GO);
	assert_int_equal(run(&b->vm), VM_HALT);
	assert_int_equal(vm_fetch(&b->vm, &result), VM_GO);
	assert_ptr_equal(b->vm.regs.sp, b->vm.stack);
	return result;
}

static int64_t value_of(const char *text, enum vm_scheme scheme, int64_t x)
{
	struct bench b;
	int64_t result;

	bench_init(&b, text, scheme);
	result = value(&b, runner(scheme, VM_GOTO), x);
	assert_int_equal(value(&b, runner(scheme, VM_SWITCH), x), result);
	bench_release(&b);
	return result;
}

/* One step of a machine of bare numbers. */
static enum vm_status step(struct vm_regs *r)
{
	switch (r->pc++->op) {
#define X(name, operand, pops, pushes)					\
	case VM_##name:							\
		return vm_op_##name(r, VM_RAW, VM_POLL_NONE);
	VM_INSTRUCTIONS(X)
#undef X
	}
	return VM_TRAP;
}

static void a_run_is_a_thousand_instructions(void **state)
{
	(void)state;
	for (const struct vm_source *s = vm_sources; s->name; s++) {
		enum vm_status status = VM_GO;
		unsigned steps = 0;
		struct bench b;

		bench_init(&b, s->text, VM_RAW);
		assert_int_equal(vm_start(&b.vm, SEED), VM_GO);
		for (; status == VM_GO; steps++)
			status = step(&b.vm.regs);
		assert_int_equal(status, VM_HALT);
		if (steps != VM_UNIT)
			fail_msg("%s: %u instructions", s->name, steps);
		assert_int_equal(b.shared->cell, s->increments);
		bench_release(&b);
	}
}

/* What the programs say, by formula. */
static int64_t formula(const char *name, int64_t x)
{
	if (!strcmp(name, "countdown"))
		return x - 125;
	if (!strcmp(name, "squares"))
		return x + 70 * 71 * 141 / 6 + 71;
	if (!strcmp(name, "fib"))
		return 2 * x + 21 + 8 + 2 + 1;
	if (!strcmp(name, "method"))
		return 2 * x + 61 + 61 * 62 / 2;
	if (!strcmp(name, "attribute"))
		return 2 * x + 3 * 61;
	return x;	/* counters */
}

static void programs_compute_what_c_computes(void **state)
{
	static const int64_t seeds[] = { SEED, 1, 300, -7, INT64_C(1) << 61 };

	(void)state;
	for (const struct vm_source *s = vm_sources; s->name; s++)
		for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++) {
			struct vm_shared shared = { .cell = 0 };
			struct task t = { .shared = &shared };
			int64_t want = formula(s->name, seeds[i]);

			for (int k = 0; k < EVERY; k++)
				if (value_of(s->text, (enum vm_scheme)k, seeds[i]) != want)
					fail_msg("%s, scheme %d", s->name, k);
			assert_int_equal(s->native(&t, &shared, seeds[i]), want);
			assert_int_equal(shared.cell, s->increments);
		}
}

static void arithmetic_is_modulo_two_to_the_64(void **state)
{
	static const struct {
		const char *body;
		int64_t x, want;
	} cases[] = {
		{ "load x\nconst 1\nadd", INT64_MAX, INT64_MIN },
		{ "load x\nconst 1\nsub", INT64_MIN, INT64_MAX },
		{ "load x\nload x\nmul", INT64_C(1) << 33, 0 },
		{ "load x\nconst -5\nsub", -5, 0 },
		{ "load x\nconst 7\nless", 6, 1 },
		{ "load x\nconst 7\nless", 7, 0 },
		{ "load x\nconst 7\nless", -8, 1 },
		{ "load x\nconst 7\ndiffer", 7, 0 },
		{ "load x\nconst 7\ndiffer", 8, 1 },
		{ "load x\nconst 0\nadd", -6, -6 },	/* either side of the cache */
		{ "load x\nconst 0\nadd", -5, -5 },
		{ "load x\nconst 0\nadd", 256, 256 },
		{ "load x\nconst 0\nadd", 257, 257 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (int k = 0; k < EVERY; k++) {
			char text[128];

			snprintf(text, sizeof text, "function main x\n%s\nreturn\n",
				 cases[i].body);
			assert_int_equal(value_of(text, (enum vm_scheme)k, cases[i].x),
					 cases[i].want);
		}
}

/* A run with a strategy that always wants the step back: how often it got it. */
static unsigned yields(struct bench *b, vm_run *run, int64_t want)
{
	enum vm_status status;
	unsigned n = 0;
	int64_t result;

	atomic_store(&b->breaker.asked, true);
	assert_int_equal(vm_start(&b->vm, SEED), VM_GO);
	while ((status = run(&b->vm)) == VM_YIELD)
		n++;
	assert_int_equal(status, VM_HALT);
	assert_int_equal(vm_fetch(&b->vm, &result), VM_GO);
	assert_int_equal(result, want);
	return n;
}

/* Back edges and calls of a run, as the text says. */
static const struct {
	unsigned backedges, calls;
} polled[] = {
	{ 123, 0 }, { 70, 0 }, { 0, 67 + 25 + 5 + 3 }, { 60, 62 }, { 60, 0 }, { 98, 0 },
	{ 81, 83 }, { 123, 0 }, { 123, 0 },
};

static void polls_are_where_they_are_said_to_be(void **state)
{
	(void)state;
	for (size_t i = 0; vm_sources[i].name; i++) {
		int64_t want = formula(vm_sources[i].name, SEED);
		unsigned e = polled[i].backedges, c = polled[i].calls;
		struct bench b;

		bench_init(&b, vm_sources[i].text, VM_PLAIN);
		for (int how = 0; how < VM_DISPATCHES; how++) {
			assert_int_equal(yields(&b, vm_run_plain[VM_POLL_NONE][how], want), 0);
			assert_int_equal(yields(&b, vm_run_plain[VM_POLL_BACKEDGE][how], want), e);
			assert_int_equal(yields(&b, vm_run_plain[VM_POLL_CALL][how], want), e + c);
			assert_int_equal(yields(&b, vm_run_plain[VM_POLL_OP][how], want),
					 VM_UNIT - 1);
		}
		bench_release(&b);
	}
}

/* All interpreters of @scheme. */
static void all_give_back(const char *text, enum vm_scheme scheme, const vm_counted_run *run,
			  int64_t want)
{
	for (int k = 0; k < VM_POLLS * VM_DISPATCHES; k++) {
		struct bench b;

		bench_init(&b, text, scheme);
		for (int i = 0; i < 3; i++)
			yields(&b, (*run)[k / VM_DISPATCHES][k % VM_DISPATCHES], want);
		vm_release(&b.vm);
		assert_int_equal(vm_refs_lost(b.shared, scheme), 0);
		shared_unmap(b.shared, sizeof *b.shared);
	}
}

static void references_come_back(void **state)
{
	static const vm_counted_run *const of[] = {
		&vm_run_plain, &vm_run_atomic, &vm_run_biased, &vm_run_immortal, &vm_run_pep703,
		&vm_run_locked,
	};

	(void)state;
	for (const struct vm_source *s = vm_sources; s->name; s++)
		for (int k = 0; k < VM_SCHEMES; k++)
			all_give_back(s->text, (enum vm_scheme)k, of[k], formula(s->name, SEED));
}

static void what_is_kept_is_missed(void **state)
{
	static const enum vm_scheme all[] = {
		VM_PLAIN, VM_ATOMIC, VM_BIASED, VM_LOCKED, VM_IMMORTAL, VM_PEP703,
	};

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		bool immortal = i >= 4;
		struct vm_shared *into;
		struct bench b;

		bench_init(&b, vm_sources[0].text, all[i]);
		vm_ref(&b.vm, &b.task, &b.shared->small[3], all[i]);
		assert_int_equal(vm_refs_lost(b.shared, all[i]) != 0, !immortal);
		/* a box that nobody gives back */
		assert_non_null(vm_box(&b.vm, b.shared, &b.task, SEED, b.vm.stack, all[i]));
		vm_release(&b.vm);
		assert_int_equal(b.shared->leaked, 1);
		assert_int_equal(vm_refs_lost(b.shared, all[i]), immortal ? 1 : 2);
		/* and also in a copy that is folded into another */
		into = shared_map(sizeof *into);
		vm_share(into, &b.shared->program, all[i]);
		vm_merge(into, b.shared, all[i]);
		assert_int_equal(vm_refs_lost(into, all[i]), immortal ? 1 : 2);
		shared_unmap(into, sizeof *into);
		shared_unmap(b.shared, sizeof *b.shared);
	}
}

/* As in CPython: from -5 to 256 there is one object for each, and it is everybody's. */
static void small_numbers_are_there_already(void **state)
{
	static const struct { int64_t value; bool small; } row[] = {
		{ -6, false }, { -5, true }, { 0, true }, { 256, true }, { 257, false },
		{ INT64_MIN, false }, { INT64_MAX, false },
	};

	(void)state;
	for (int k = 0; k <= VM_COPIED; k++)
		for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
			struct vm_object *o;
			struct bench b;

			bench_init(&b, vm_sources[0].text, (enum vm_scheme)k);
			o = vm_box(&b.vm, b.shared, &b.task, row[i].value, b.vm.stack,
				   (enum vm_scheme)k);
			assert_non_null(o);
			assert_true(o->value == row[i].value);
			assert_int_equal(o >= b.shared->small && o < b.shared->small + VM_SMALL,
					 row[i].small);
			bench_release(&b);
		}
}

static void a_stranger_counts_apart(void **state)
{
	struct vm_object *o;
	struct bench b;
	struct vm other;

	(void)state;
	bench_init(&b, vm_sources[0].text, VM_BIASED);
	o = &b.shared->small[0];
	memset(&other, 0, sizeof other);
	b.task.index = 9;
	vm_init(&other, &b.task, VM_BIASED);	/* too late to be the owner */
	vm_ref(&b.vm, &b.task, o, VM_BIASED);
	assert_int_equal(o->local, VM_SHARED_REFS + 1);
	vm_ref(&other, &b.task, o, VM_BIASED);
	assert_int_equal(o->local, VM_SHARED_REFS + 1);
	assert_int_equal(o->shared, VM_FOREIGN_REF);
	assert_false(vm_drop(&other, &b.task, o, VM_BIASED));
	assert_false(vm_drop(&b.vm, &b.task, o, VM_BIASED));
	assert_int_equal(vm_refs_lost(b.shared, VM_BIASED), 0);
	vm_release(&other);
	assert_int_equal(b.shared->owner, 5);
	vm_release(&b.vm);
	assert_int_equal(b.shared->owner, 0);
	shared_unmap(b.shared, sizeof *b.shared);
}

static void an_object_lives_until_the_last_reference(void **state)
{
	(void)state;
	for (int k = 0; k < VM_SCHEMES; k++) {
		enum vm_scheme scheme = (enum vm_scheme)k;
		struct vm_object *o;
		struct bench b;

		bench_init(&b, vm_sources[0].text, scheme);
		o = vm_box(&b.vm, b.shared, &b.task, SEED, b.vm.stack, scheme);
		if (!o) {
			fail();
			return;
		}
		vm_ref(&b.vm, &b.task, o, scheme);
		assert_false(vm_drop(&b.vm, &b.task, o, scheme));
		assert_ptr_not_equal(b.vm.free, o);
		vm_unref(&b.vm, &b.task, o, scheme);
		assert_ptr_equal(b.vm.free, o);
		bench_release(&b);
	}
}

enum { SHARDS = 1024 };		/* as strategy.h has them */

static void note(void *self, unsigned index)
{
	((bool *)self)[index] = true;
}

static void objects_have_locks_of_their_own(void **state)
{
	static const char text[] = "field f\nfunction main x\nlocal a b\nnew\nstore a\nnew\n"
				   "store b\nload x\nreturn\n";
	static bool locked[SHARDS];
	struct guard guard = { note, note, locked, SHARDS - 1 };
	unsigned n = 0;
	struct bench b;

	(void)state;
	bench_init(&b, text, VM_LOCKED);
	b.task.guard = &guard;
	value(&b, vm_run_locked[VM_POLL_NONE][VM_GOTO], SEED);
	for (unsigned i = 0; i < SHARDS; i++)
		n += locked[i];
	assert_true(n > 1);
	bench_release(&b);
}

static void traps_do_not_crash(void **state)
{
	static const struct {
		const char *text;
		bool raw;	/* also without boxes: those know no types */
	} cases[] = {
		{ "function main x\ncall main2\nreturn\n"
		  "function main2\ncall main2\nreturn\n", true },
		{ "field f\nfunction main x\nload x\nget f\nreturn\n", true },
		{ "field f\nfunction main x\nload x\nload x\nset f\nload x\nreturn\n", true },
		{ "method m g\nfunction main x\nload x\ninvoke m\nreturn\n"
		  "function g self\nload self\nreturn\n", true },
		{ "function main x\nlocal a b c\nnew\nstore a\nnew\nstore b\nnew\nstore c\n"
		  "load x\nreturn\n", true },
		{ "function main x\nlocal y\nload y\nreturn\n", false },
		{ "field f\nfunction main x\nnew\nget f\nreturn\n", false },
		{ "field f\nfunction main x\nnew\nload x\nadd\nreturn\n", false },
		{ "field f\nfunction main x\nnew\nnew\nset f\nload x\nreturn\n", false },
		{ "function main x\nnew\nunless l\nl:\nload x\nreturn\n", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (int k = 0; k < (cases[i].raw ? EVERY : VM_RAW); k++) {
			struct bench b;

			bench_init(&b, cases[i].text, (enum vm_scheme)k);
			assert_int_equal(vm_start(&b.vm, SEED), VM_GO);
			if (runner((enum vm_scheme)k, VM_GOTO)(&b.vm) != VM_TRAP)
				fail_msg("case %zu, scheme %d", i, k);
			shared_unmap(b.shared, sizeof *b.shared);
		}
}

/* A machine with very many live boxes, so that both halves are needed. */
static void the_living_survive_copying(void **state)
{
	static const char text[] =
		"field f\n"
		"function main x\n"
		"local n o y z\n"
		"load x\nconst 1000\nadd\nstore y\n"
		"load x\nconst 2000\nadd\nstore z\n"
		"new\nstore o\nload x\nconst 3000\nadd\nload o\nset f\n"
		"const 900\nstore n\n"
		"again:\n"
		"load n\nconst 1\nsub\nstore n\nload n\nwhile again\n"
		"load y\nload z\nadd\nload o\nget f\nadd\nreturn\n";

	(void)state;
	for (int k = 0; k < EVERY; k++)
		assert_int_equal(value_of(text, (enum vm_scheme)k, SEED), 3 * SEED + 6000);
}

enum { AT_ONCE = 4, TIMES = 500000 };

/* A reference that comes and goes, and one more in the cell, without a lock. */
static void *count_at_once(void *shared)
{
	union vm_value one = { .raw = 1 };
	struct vm_regs r = { .s = shared };

	for (unsigned i = 0; i < TIMES; i++) {
		vm_ref(NULL, NULL, &r.s->small[0], VM_ATOMIC);
		r.sp = &one + 1;
		vm_op_add_cell(&r, VM_RAW, VM_POLL_NONE);
		vm_drop(NULL, NULL, &r.s->small[0], VM_ATOMIC);
	}
	return NULL;
}

static void what_is_atomic_loses_nothing(void **state)
{
	struct bench b;
	pthread_t id[AT_ONCE];

	(void)state;
	bench_init(&b, vm_sources[0].text, VM_ATOMIC);
	for (unsigned i = 0; i < AT_ONCE; i++)
		assert_int_equal(pthread_create(&id[i], NULL, count_at_once, b.shared), 0);
	for (unsigned i = 0; i < AT_ONCE; i++)
		pthread_join(id[i], NULL);
	assert_int_equal(b.shared->cell, AT_ONCE * TIMES);
	assert_int_equal(vm_refs_lost(b.shared, VM_ATOMIC), 0);
	bench_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_run_is_a_thousand_instructions),
		cmocka_unit_test(programs_compute_what_c_computes),
		cmocka_unit_test(arithmetic_is_modulo_two_to_the_64),
		cmocka_unit_test(polls_are_where_they_are_said_to_be),
		cmocka_unit_test(references_come_back),
		cmocka_unit_test(what_is_kept_is_missed),
		cmocka_unit_test(small_numbers_are_there_already),
		cmocka_unit_test(a_stranger_counts_apart),
		cmocka_unit_test(an_object_lives_until_the_last_reference),
		cmocka_unit_test(objects_have_locks_of_their_own),
		cmocka_unit_test(traps_do_not_crash),
		cmocka_unit_test(the_living_survive_copying),
		cmocka_unit_test(what_is_atomic_loses_nothing),
	};

	drive_watchdog();
	return cmocka_run_group_tests_name("vm", tests, NULL, NULL);
}

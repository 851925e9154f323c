/*
 * bytecode - programs run by a stack machine in the manner of CPython's, in as
 * many forms as there are things that an interpreter pays for.  A unit is one
 * run of a program: VM_UNIT instructions, in every form, so that the time of a
 * unit in us is the cost of an instruction in ns.
 *
 * Forms: C itself; bare numbers behind a switch; the same behind computed goto;
 * numbers in boxes; boxes with counted references; and those with an eval breaker
 * that is polled.  Constants and small integers are shared by all tasks, as are
 * their reference counts and the cell that the counter programs increment.
 */
#include "workloads/vm.h"

enum { PROGRAM, FORM, SCHEME, POLL, DISPATCH };
enum form { NATIVE, SWITCH, GOTO, BOXED, REFCOUNTED, POLLED };
static const struct param params[] = {
	[PROGRAM] = { "program", 0, 0, 8,
		      "countdown|squares|fib|method|attribute|counter|counter-call|"
		      "counter-atomic|counter-locked", "what is run" },
	[FORM] = { "form", POLLED, 0, POLLED, "native|switch|goto|boxed|refcounted|polled",
		   "C, or what the interpreter does" },
	[SCHEME] = { "scheme", VM_ATOMIC, 0, VM_SCHEMES - 1,
		     "plain|atomic|biased|immortal|pep703|locked",
		     "of refcounted and polled: how references are counted" },
	[POLL] = { "poll", VM_POLL_CALL - 1, 0, VM_POLLS - 2, "backedge|call|op",
		   "of polled: where; call: as CPython 3.10 and later; op: behind every "
		   "instruction, of which CPython 3.2 to 3.9 leave out the fast ones" },
	[DISPATCH] = { "dispatch", VM_GOTO, 0, VM_DISPATCHES - 1, "goto|switch",
		       "of boxed, refcounted and polled: how the next instruction is found" },
	{ .name = NULL }
};

struct local {
	uint64_t unit, sum;
	enum vm_status status;
	struct vm vm;		/* last: the boxes are most of it */
};

static enum vm_scheme scheme_of(const uint64_t *param)
{
	switch ((enum form)param[FORM]) {
	case NATIVE:
	case SWITCH:
	case GOTO:
		return VM_RAW;
	case BOXED:
		return VM_COPIED;
	default:
		return (enum vm_scheme)param[SCHEME];
	}
}

static vm_run *run_of(const uint64_t *param)
{
	static const vm_counted_run *const counted[VM_SCHEMES] = {
		[VM_PLAIN] = &vm_run_plain, [VM_ATOMIC] = &vm_run_atomic,
		[VM_BIASED] = &vm_run_biased, [VM_IMMORTAL] = &vm_run_immortal,
		[VM_PEP703] = &vm_run_pep703, [VM_LOCKED] = &vm_run_locked,
	};

	switch ((enum form)param[FORM]) {
	case SWITCH:
		return vm_run_raw[VM_SWITCH];
	case GOTO:
		return vm_run_raw[VM_GOTO];
	case BOXED:
		return vm_run_boxed[param[DISPATCH]];
	case REFCOUNTED:
		return (*counted[param[SCHEME]])[VM_POLL_NONE][param[DISPATCH]];
	default:
		return (*counted[param[SCHEME]])[param[POLL] + 1][param[DISPATCH]];
	}
}

static int bytecode_setup(struct run *r)
{
	const struct vm_source *source = &vm_sources[r->param[PROGRAM]];
	struct vm_program program;
	char why[128];

	if (vm_assemble(&program, source->text, why, sizeof why) < 0)
		return run_fail(r, STATUS_INTERNAL_ERROR, "%s: %s", source->name, why);
	return 0;
}

static void bytecode_init(void *shared, const uint64_t *param)
{
	struct vm_program program;
	char why[128];

	/* setup has seen that it can be done */
	if (!vm_assemble(&program, vm_sources[param[PROGRAM]].text, why, sizeof why))
		vm_share(shared, &program, scheme_of(param));
}

/* The seeds of two units differ, and none is small enough for the cache. */
static int64_t argument(const struct task *t, const struct local *l)
{
	return (int64_t)((task_random(t, l->unit, 0) ^ l->sum) >> 2 | 1ull << 60);
}

/* The same work in C: the step is a loop, since C gives way to nobody. */
static void run_native(struct task *t, struct local *l)
{
	const struct vm_source *source = &vm_sources[t->param[PROGRAM]];

	l->sum = rng_mix(l->sum ^ (uint64_t)source->native(t, t->shared, argument(t, l)));
	l->status = VM_HALT;
}

static void finish_run(struct local *l)
{
	int64_t result;

	if (l->status == VM_HALT && vm_fetch(&l->vm, &result) == VM_GO)
		l->sum = rng_mix(l->sum ^ (uint64_t)result);
	else
		l->status = VM_TRAP;
}

/* Run until the unit is finished, which is true, or the strategy wants the step
 * back. */
static bool run_machine(struct task *t, struct local *l)
{
	if (l->status == VM_GO)
		l->status = vm_start(&l->vm, argument(t, l));
	if (l->status == VM_GO || l->status == VM_YIELD)
		l->status = run_of(t->param)(&l->vm);
	if (l->status == VM_YIELD)
		return false;
	finish_run(l);
	return true;
}

static bool bytecode_run(struct task *t, struct local *l)
{
	if (t->param[FORM] != NATIVE)
		return run_machine(t, l);
	run_native(t, l);
	return true;
}

static void bytecode_end(struct task *t, struct local *l)
{
	struct vm_shared *s = t->shared;
	int64_t done = (int64_t)(t->units * vm_sources[t->param[PROGRAM]].increments);

	atomic_fetch_add_explicit(&s->tally, done, memory_order_relaxed);
	vm_release(&l->vm);
	t->result = rng_mix(l->sum ^ t->index);
}

static struct op bytecode_step(struct task *t)
{
	struct local *l = t->local;

	TASK_BEGIN(t);
	vm_init(&l->vm, t, scheme_of(t->param));
	for (; l->unit < t->units; l->unit++) {
		l->status = VM_GO;
		while (!bytecode_run(t, l))
			TASK_AWAIT(t, op_yield());
		if (l->status != VM_HALT) {
			t->res = -EFAULT;
			return op_fail();
		}
		TASK_AWAIT(t, op_units(1));
	}
	bytecode_end(t, l);
	TASK_END(t);
}

/* What must be so in the end: every increment in the cell, every count as it
 * began, every box given back. */
static uint64_t bytecode_digest(const void *shared, const uint64_t *param)
{
	const struct vm_shared *s = shared;

	return rng_mix((uint64_t)s->cell) + rng_mix((uint64_t)s->tally) +
	       vm_refs_lost(s, scheme_of(param));
}

static void bytecode_merge(void *into, const void *from, const uint64_t *param)
{
	vm_merge(into, from, scheme_of(param));
}

static const char *const counters[] = { "lost", "lost_ppm", "refs_lost", NULL };

static void bytecode_count(const void *shared, const uint64_t *param, uint64_t out[COUNTERS])
{
	const struct vm_shared *s = shared;
	uint64_t lost = (uint64_t)(s->tally - s->cell);

	out[0] = lost;
	out[1] = s->tally ? lost * 1000000 / (uint64_t)s->tally : 0;
	out[2] = vm_refs_lost(s, scheme_of(param));
}

const struct workload workload_bytecode = {
	.name = "bytecode",
	.summary = "programs on a stack machine like CPython's",
	.unit = "thousand instructions",
	.bound = BOUND_CPU,
	.params = params,
	.shared_bytes = sizeof(struct vm_shared),
	.local_bytes = sizeof(struct local),
	.setup = bytecode_setup,
	.init = bytecode_init,
	.step = bytecode_step,
	.digest = bytecode_digest,
	.merge = bytecode_merge,
	.counters = counters,
	.count = bytecode_count,
};

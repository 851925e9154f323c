/*
 * vm_loop.h - one interpreter, twice: by computed goto, as CPython, and by one switch
 * that all instructions go through.  A template: the including file says VM_RUN, the
 * first part of the functions' names, VM_SCHEME and VM_POLL.  (A function that takes
 * the address of a label cannot be inlined, so it cannot be a parameter.)
 */
#include "workloads/vm_ops.h"

#define VM_NAME_(run, by) run##_by_##by
#define VM_NAME(run, by) VM_NAME_(run, by)
#define VM_BOTH(run) { [VM_GOTO] = VM_NAME(run, goto), [VM_SWITCH] = VM_NAME(run, switch) }

/* An instruction, and the look at the breaker behind it. */
#define VM_DO(name)							\
	s = vm_op_##name(&r, VM_SCHEME, VM_POLL);			\
	if (s == VM_GO)							\
		s = vm_poll(&r, VM_POLL == VM_POLL_OP)

/* At the start of a cache line: where it falls within one moves a loop's speed by a
 * sixth, and must not depend on what else is linked. */
#define VM_ALIGNED __attribute__((aligned(64)))

VM_ALIGNED static enum vm_status VM_NAME(VM_RUN, switch)(struct vm *m)
{
	struct vm_regs r = m->regs;
	enum vm_status s = VM_GO;

	while (s == VM_GO) {
		switch (r.pc++->op) {
#define X(name, operand, pops, pushes)					\
		case VM_##name:						\
			VM_DO(name);					\
			break;
		VM_INSTRUCTIONS(X)
#undef X
		default:
			s = VM_TRAP;
		}
	}
	m->regs = r;
	return s;
}

/* labels as values are GNU C; CPython uses them likewise */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"

VM_ALIGNED static enum vm_status VM_NAME(VM_RUN, goto)(struct vm *m)
{
#define X(name, operand, pops, pushes) [VM_##name] = &&l_##name,
	static const void *const label[] = { VM_INSTRUCTIONS(X) };
#undef X
	struct vm_regs r = m->regs;
	enum vm_status s;

	goto *label[r.pc++->op];
#define X(name, operand, pops, pushes)					\
	l_##name:							\
		VM_DO(name);						\
		if (s != VM_GO)						\
			goto out;					\
		goto *label[r.pc++->op];
	VM_INSTRUCTIONS(X)
#undef X
out:
	m->regs = r;
	return s;
}

#pragma GCC diagnostic pop
#undef VM_DO
#undef VM_ALIGNED
#undef VM_RUN
#undef VM_POLL

/*
 * vm_loop.h - one interpreter, by computed goto.  A template: the including file
 * says VM_RUN, the function's name, VM_SCHEME and VM_POLL.  (A function that
 * takes the address of a label cannot be inlined, so it cannot be a parameter.)
 */
#include "workloads/vm_ops.h"

/* labels as values are GNU C; CPython uses them likewise */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"

enum vm_status VM_RUN(struct vm *m)
{
#define X(name, operand, pops, pushes) [VM_##name] = &&l_##name,
	static const void *const label[] = { VM_INSTRUCTIONS(X) };
#undef X
	struct vm_regs r = m->regs;
	enum vm_status s;

	goto *label[r.pc++->op];
#define X(name, operand, pops, pushes)					\
	l_##name:							\
		s = vm_op_##name(&r, VM_SCHEME, VM_POLL);		\
		if (s == VM_GO)						\
			s = vm_poll(&r, VM_POLL == VM_POLL_OP);		\
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
#undef VM_RUN
#undef VM_POLL

/* bare numbers on the stack, and one switch that all instructions go through */
#include "workloads/vm_ops.h"

enum vm_status vm_run_switch(struct vm *m)
{
	struct vm_regs r = m->regs;
	enum vm_status s = VM_GO;

	while (s == VM_GO) {
		switch (r.pc++->op) {
#define X(name, operand, pops, pushes)					\
		case VM_##name:						\
			s = vm_op_##name(&r, VM_RAW, VM_POLL_NONE);	\
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

/*
 * vm_ops.h - what each instruction does.  One function per instruction, inlined
 * into every interpreter with its scheme and its way of polling as constants, so
 * that what a form does not need is not there.
 */
#ifndef WORKLOADS_VM_OPS_H
#define WORKLOADS_VM_OPS_H

#include "workloads/vm_stack.h"

/* Declare instruction @name: registers, scheme, polling. */
#define VM_OP(name)							\
	VM_INLINE enum vm_status vm_op_##name(struct vm_regs *r, enum vm_scheme k, \
					      enum vm_poll p)

VM_INLINE uint8_t vm_arg(const struct vm_regs *r)
{
	return r->pc[-1].arg;
}

VM_OP(load)
{
	(void)p;
	return vm_copy(r, r->base[vm_arg(r)], k);
}

VM_OP(store)
{
	union vm_value old = r->base[vm_arg(r)];

	(void)p;
	r->base[vm_arg(r)] = *--r->sp;
	vm_clear(r, old, k);
	return VM_GO;
}

VM_OP(const)
{
	union vm_value v = { .raw = r->s->program.constant[vm_arg(r)] };

	(void)p;
	if (k != VM_RAW)
		v.box = &r->s->constant[vm_arg(r)];
	return vm_copy(r, v, k);
}

/* The result is made before the operands are let go, as CPython does it. */
#define VM_BINARY(name, expression)					\
	VM_OP(name)							\
	{								\
		union vm_value left = r->sp[-2], right = r->sp[-1];	\
		enum vm_status s;					\
		int64_t a, b;						\
									\
		(void)p;						\
		if (!vm_number(left, &a, k) || !vm_number(right, &b, k)) \
			return VM_TRAP;					\
		r->sp -= 2;						\
		s = vm_push(r, (int64_t)(expression), k);		\
		vm_let_go(r, left, k);					\
		vm_let_go(r, right, k);					\
		return s;						\
	}

VM_BINARY(add, (uint64_t)a + (uint64_t)b)
VM_BINARY(sub, (uint64_t)a - (uint64_t)b)
VM_BINARY(mul, (uint64_t)a * (uint64_t)b)
VM_BINARY(less, a < b)
VM_BINARY(differ, a != b)

VM_OP(unless)
{
	const struct vm_insn *target = &r->s->program.code[vm_arg(r)];
	int64_t x = 0;
	enum vm_status s = vm_pop(r, &x, k);

	(void)p;
	if (!x)
		r->pc = target;
	return s;
}

VM_OP(while)
{
	const struct vm_insn *target = &r->s->program.code[vm_arg(r)];
	int64_t x = 0;
	enum vm_status s = vm_pop(r, &x, k);

	if (!x || s != VM_GO)
		return s;
	r->pc = target;
	return vm_poll(r, p == VM_POLL_BACKEDGE || p == VM_POLL_CALL);
}

VM_OP(call)
{
	(void)k;
	return vm_enter(r, &r->s->program.function[vm_arg(r)], p);
}

VM_OP(return)
{
	union vm_value v = *--r->sp;
	struct vm *m = r->m;

	(void)p;
	/* between base and top are the locals, and nothing else: verified */
	while (r->sp > r->base)
		vm_clear(r, *--r->sp, k);
	*r->sp++ = v;
	m->frames--;
	r->pc = m->frame[m->frames].pc;
	r->base = m->frame[m->frames].base;
	return m->frames ? VM_GO : VM_HALT;
}

/* The cell is a field of a C struct, as a member descriptor gives access to: no
 * box of one task becomes visible to another. */
VM_OP(load_cell)
{
	(void)p;
	return vm_push(r, atomic_load_explicit(&r->s->cell, memory_order_relaxed), k);
}

VM_OP(store_cell)
{
	int64_t x = 0;
	enum vm_status s = vm_pop(r, &x, k);

	(void)p;
	if (s == VM_GO)
		atomic_store_explicit(&r->s->cell, x, memory_order_relaxed);
	return s;
}

VM_OP(add_cell)
{
	int64_t x = 0;
	enum vm_status s = vm_pop(r, &x, k);

	(void)p;
	/* relaxed: a count, which orders nothing else */
	atomic_fetch_add_explicit(&r->s->cell, x, memory_order_relaxed);
	return s;
}

VM_OP(lock_cell)
{
	int64_t x = 0;
	enum vm_status s = vm_pop(r, &x, k);

	(void)p;
	task_lock(r->t, 0);
	vm_cell_add(r->s, x);
	task_unlock(r->t, 0);
	return s;
}

VM_OP(new)
{
	struct vm *m = r->m;
	unsigned i = 0;

	(void)p;
	while (i < VM_INSTANCES && m->instance[i].head.type != VM_FREE)
		i++;
	if (i == VM_INSTANCES)
		return VM_TRAP;
	m->instance[i] = (struct vm_instance){ .head.type = VM_INSTANCE };
	vm_born(m, &m->instance[i].head, k);
	if (k == VM_RAW)
		r->sp++->raw = i + 1;
	else
		r->sp++->box = &m->instance[i].head;
	return VM_GO;
}

VM_OP(get)
{
	union vm_value v = *--r->sp;
	struct vm_instance *i = vm_instance(r, v, k);
	enum vm_status s;

	(void)p;
	if (!i)
		return VM_TRAP;
	s = vm_copy(r, i->slot[vm_lookup(r, vm_arg(r))->where], k);
	vm_let_go(r, v, k);
	return s;
}

VM_OP(set)
{
	union vm_value v = *--r->sp, value = *--r->sp, *slot, old;
	struct vm_instance *i = vm_instance(r, v, k);
	int64_t x;

	(void)p;
	if (!i || !vm_number(value, &x, k))
		return VM_TRAP;
	slot = &i->slot[vm_lookup(r, vm_arg(r))->where];
	old = *slot;
	*slot = value;
	vm_clear(r, old, k);
	vm_let_go(r, v, k);
	return VM_GO;
}

VM_OP(invoke)
{
	const struct vm_program *program = &r->s->program;
	const struct vm_function *f = &program->function[vm_lookup(r, vm_arg(r))->where];

	if (!vm_instance(r, r->sp[-f->args], k))
		return VM_TRAP;
	return vm_enter(r, f, p);
}

#endif

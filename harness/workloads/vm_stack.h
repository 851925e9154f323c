/*
 * vm_stack.h - what instructions are made of: values pushed, popped and let go,
 * functions entered, instances and their class.  Inlined, with the scheme as a
 * constant.
 */
#ifndef WORKLOADS_VM_STACK_H
#define WORKLOADS_VM_STACK_H

#include "workloads/vm_refs.h"

/* Push number @x. */
VM_INLINE enum vm_status vm_push(struct vm_regs *r, int64_t x, enum vm_scheme k)
{
	if (k == VM_RAW)
		r->sp->raw = x;
	else if (!(r->sp->box = vm_box(r->m, r->s, r->t, x, r->sp, k)))
		return VM_TRAP;
	r->sp++;
	return VM_GO;
}

/* The number in @v: false when it is none. */
VM_INLINE bool vm_number(union vm_value v, int64_t *x, enum vm_scheme k)
{
	if (k != VM_RAW && v.box->type != VM_INT)
		return false;
	*x = k == VM_RAW ? v.raw : v.box->value;
	return true;
}

VM_INLINE void vm_let_go(struct vm_regs *r, union vm_value v, enum vm_scheme k)
{
	if (vm_counted(k))
		vm_unref(r->m, r->t, v.box, k);
}

/* Let go of what a local or a field held, which may be nothing yet. */
VM_INLINE void vm_clear(struct vm_regs *r, union vm_value v, enum vm_scheme k)
{
	if (vm_counted(k) && v.box)
		vm_let_go(r, v, k);
}

/* Push a copy of @v: VM_TRAP when nothing was ever put there. */
VM_INLINE enum vm_status vm_copy(struct vm_regs *r, union vm_value v, enum vm_scheme k)
{
	if (k != VM_RAW) {
		if (!v.box)
			return VM_TRAP;
		vm_ref(r->m, r->t, v.box, k);
	}
	*r->sp++ = v;
	return VM_GO;
}

/* Pop a number. */
VM_INLINE enum vm_status vm_pop(struct vm_regs *r, int64_t *x, enum vm_scheme k)
{
	union vm_value v = *--r->sp;

	if (!vm_number(v, x, k))
		return VM_TRAP;
	vm_let_go(r, v, k);
	return VM_GO;
}

VM_INLINE enum vm_status vm_poll(const struct vm_regs *r, bool here)
{
	return here && task_tick(r->t) ? VM_YIELD : VM_GO;
}

/* Enter function @f: its arguments are on the stack already. */
VM_INLINE enum vm_status vm_enter(struct vm_regs *r, const struct vm_function *f,
				  enum vm_poll p)
{
	union vm_value *base = r->sp - f->args, *top = base + f->locals;
	struct vm *m = r->m;

	if (m->frames == VM_FRAMES || top + f->depth > m->stack + VM_STACK)
		return VM_TRAP;
	m->frame[m->frames++] = (struct vm_frame){ r->pc, r->base };
	while (r->sp < top)
		*r->sp++ = (union vm_value){ 0 };
	r->base = base;
	r->pc = &r->s->program.code[f->entry];
	return vm_poll(r, p == VM_POLL_CALL);
}

/* The instance in @v, or NULL.  Without boxes it is a number from 1. */
VM_INLINE struct vm_instance *vm_instance(const struct vm_regs *r, union vm_value v,
					  enum vm_scheme k)
{
	if (k == VM_RAW)
		return (uint64_t)v.raw - 1 < VM_INSTANCES ? &r->m->instance[v.raw - 1] : NULL;
	return v.box->type == VM_INSTANCE ? (struct vm_instance *)v.box : NULL;
}

/* The entry of name @key in the class: by hash, then to the next place. */
VM_INLINE const struct vm_name *vm_lookup(const struct vm_regs *r, uint8_t key)
{
	const struct vm_name *n = r->s->program.name;
	unsigned i = key * 7u % VM_NAMES;

	while (n[i].key != key)
		i = (i + 1) % VM_NAMES;
	return &n[i];
}

#endif

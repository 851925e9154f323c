/* A machine: what it begins with, what it shares, what it leaves behind. */
#include <stdlib.h>

#include "workloads/vm_ops.h"

/* References that an object shared by all begins with. */
static struct vm_object shared_object(int64_t value, enum vm_scheme k)
{
	bool immortal = k == VM_IMMORTAL || k == VM_PEP703;
	struct vm_object o = { .type = VM_INT, .value = value };

	if (immortal)
		o.local = UINT32_MAX;
	else if (k == VM_BIASED)
		o.local = VM_SHARED_REFS;
	else if (vm_counted(k))
		o.shared = VM_SHARED_REFS;
	return o;
}

/* The @i-th of the objects shared by all. */
static struct vm_object *object_at(const struct vm_shared *s, unsigned i)
{
	const struct vm_object *o = i < VM_CONSTANTS ? &s->constant[i] :
				    &s->small[i - VM_CONSTANTS];

	return (struct vm_object *)(uintptr_t)o;
}

enum { OBJECTS = VM_CONSTANTS + VM_SMALL };

void vm_share(struct vm_shared *s, const struct vm_program *p, enum vm_scheme scheme)
{
	s->program = *p;
	for (unsigned i = 0; i < VM_CONSTANTS; i++)
		s->constant[i] = shared_object(p->constant[i], scheme);
	for (int i = 0; i < VM_SMALL; i++)
		s->small[i] = shared_object(i + VM_SMALL_MIN, scheme);
}

uint64_t vm_refs_lost(const struct vm_shared *s, enum vm_scheme scheme)
{
	struct vm_object was = shared_object(0, scheme);
	uint64_t lost = s->leaked;

	for (unsigned i = 0; i < OBJECTS; i++) {
		const struct vm_object *o = object_at(s, i);

		lost += (uint64_t)llabs(o->shared - was.shared);
		lost += (uint64_t)llabs((int64_t)o->local - was.local);
	}
	return lost;
}

void vm_merge(struct vm_shared *into, const struct vm_shared *from, enum vm_scheme scheme)
{
	struct vm_object was = shared_object(0, scheme);

	into->cell += from->cell;
	into->tally += from->tally;
	into->leaked += from->leaked;
	for (unsigned i = 0; i < OBJECTS; i++) {
		struct vm_object *a = object_at(into, i);
		const struct vm_object *b = object_at(from, i);

		a->shared += b->shared - was.shared;
		a->local += b->local - was.local;
	}
}

/* Biased: what is shared belongs to one task at a time, the first that asks, as
 * in CPython it belongs to the thread that made it. */
static void claim(struct vm *m)
{
	struct vm_shared *s = m->regs.s;
	uint64_t nobody = 0;

	/* acquire: with what the owner before wrote into `local` */
	if (!atomic_compare_exchange_strong_explicit(&s->owner, &nobody, m->me,
						     memory_order_acquire,
						     memory_order_relaxed))
		return;
	for (unsigned i = 0; i < OBJECTS; i++)
		atomic_store_explicit(&object_at(s, i)->owner, m->me, memory_order_relaxed);
}

void vm_init(struct vm *m, struct task *t, enum vm_scheme scheme)
{
	m->regs = (struct vm_regs){ .m = m, .s = t->shared, .t = t };
	m->scheme = scheme;
	m->me = t->index + 1;
	if (scheme == VM_BIASED)
		claim(m);
	if (!vm_counted(scheme))
		return;
	for (unsigned i = 2 * VM_BOXES; i-- > 0;)
		vm_give_back(m, &m->box[i]);
}

void vm_release(struct vm *m)
{
	struct vm_shared *s = m->regs.s;
	uint64_t boxes = 2 * VM_BOXES, mine = m->me;

	atomic_compare_exchange_strong_explicit(&s->owner, &mine, 0, memory_order_release,
						memory_order_relaxed);
	if (!vm_counted(m->scheme))
		return;
	for (const struct vm_object *o = m->free; o; o = o->next)
		boxes--;
	atomic_fetch_add_explicit(&s->leaked, boxes, memory_order_relaxed);
}

enum vm_status vm_start(struct vm *m, int64_t argument)
{
	struct vm_regs *r = &m->regs;

	m->frames = 0;
	for (unsigned i = 0; !vm_counted(m->scheme) && i < VM_INSTANCES; i++)
		m->instance[i].head.type = VM_FREE;	/* nobody else does */
	r->sp = r->base = m->stack;
	if (vm_push(r, argument, m->scheme) != VM_GO)
		return VM_TRAP;
	return vm_enter(r, &r->s->program.function[0], VM_POLL_NONE);
}

enum vm_status vm_fetch(struct vm *m, int64_t *result)
{
	return vm_pop(&m->regs, result, m->scheme);
}

void vm_free_instance(struct vm *m, struct task *t, struct vm_instance *i)
{
	for (unsigned k = 0; k < VM_SLOTS; k++) {
		struct vm_object *o = i->slot[k].box;

		if (o && vm_drop(m, t, o, m->scheme))
			vm_give_back(m, o);
	}
	i->head.type = VM_FREE;
}

/* Move what @v refers to, if it is a box of ours and not one that all share. */
static void move(struct vm *m, union vm_value *v)
{
	uintptr_t at = (uintptr_t)v->box - (uintptr_t)m->box;

	if (at >= sizeof m->box)
		return;
	m->box[m->half * VM_BOXES + m->used] = *v->box;
	v->box = &m->box[m->half * VM_BOXES + m->used++];
}

void vm_collect(struct vm *m, union vm_value *sp)
{
	m->half = !m->half;
	m->used = 0;
	for (union vm_value *v = m->stack; v < sp; v++)
		move(m, v);
	for (unsigned i = 0; i < VM_INSTANCES; i++)
		for (unsigned k = 0; k < VM_SLOTS; k++)
			move(m, &m->instance[i].slot[k]);
}

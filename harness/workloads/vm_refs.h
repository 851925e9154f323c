/*
 * vm_refs.h - references to objects, counted in six ways, and boxes.
 *
 * The way is a constant wherever this is inlined.  Every access is atomic in C's
 * sense, so that losing a count is a wrong number and never undefined; relaxed
 * loads and stores are plain instructions.
 *
 * Biased counting follows PEP 703 (Choi, Shull and Torrellas, PACT 2018) but for
 * its queue: here no object of one task is ever seen by another, and what is
 * shared has a reference that lasts, so nothing is freed by a stranger.
 */
#ifndef WORKLOADS_VM_REFS_H
#define WORKLOADS_VM_REFS_H

#include "workloads/vm.h"

#define VM_INLINE static inline __attribute__((always_inline))

enum {
	VM_SHARED_REFS = 1 << 30,	/* what is shared begins with so many,
					 * lest lost counts free it */
	VM_FOREIGN_REF = 1 << 2,	/* below are PEP 703's two bits of state */
};

VM_INLINE bool vm_counted(enum vm_scheme k)
{
	return k < VM_SCHEMES;
}

/* True where the owner's references are in a field of their own. */
VM_INLINE bool vm_biased(enum vm_scheme k)
{
	return k == VM_BIASED || k == VM_PEP703;
}

VM_INLINE uint32_t vm_local(const struct vm_object *o)
{
	return atomic_load_explicit(&o->local, memory_order_relaxed);
}

VM_INLINE void vm_set_local(struct vm_object *o, uint32_t n)
{
	atomic_store_explicit(&o->local, n, memory_order_relaxed);
}

/* Add @by to a count that nobody else may change meanwhile. */
VM_INLINE int64_t vm_count_plain(struct vm_object *o, int64_t by)
{
	int64_t n = atomic_load_explicit(&o->shared, memory_order_relaxed) + by;

	atomic_store_explicit(&o->shared, n, memory_order_relaxed);
	return n;
}

VM_INLINE int64_t vm_count_locked(struct task *t, struct vm_object *o, int64_t by)
{
	unsigned shard = (unsigned)((uintptr_t)o / sizeof *o);
	int64_t n;

	task_lock(t, shard);
	n = vm_count_plain(o, by);
	task_unlock(t, shard);
	return n;
}

/* Release, so that who frees it sees what others did to it. */
VM_INLINE int64_t vm_count_atomic(struct vm_object *o, int64_t by)
{
	return atomic_fetch_add_explicit(&o->shared, by, by < 0 ? memory_order_acq_rel :
					 memory_order_relaxed) + by;
}

VM_INLINE bool vm_mine(const struct vm *m, const struct vm_object *o)
{
	return atomic_load_explicit(&o->owner, memory_order_relaxed) == m->me;
}

/* One reference more. */
VM_INLINE void vm_ref(struct vm *m, struct task *t, struct vm_object *o, enum vm_scheme k)
{
	uint32_t n;

	if (k == VM_PLAIN) {
		vm_count_plain(o, 1);
	} else if (k == VM_ATOMIC) {
		vm_count_atomic(o, 1);
	} else if (k == VM_LOCKED) {
		vm_count_locked(t, o, 1);
	} else if (k == VM_IMMORTAL) {
		/* CPython 3.12, Include/object.h: saturates at 2^32 - 1 */
		n = vm_local(o) + 1;
		if (n)
			vm_set_local(o, n);
	} else if (vm_biased(k)) {
		n = vm_local(o) + 1;
		if (!n)
			return;
		if (vm_mine(m, o))
			vm_set_local(o, n);
		else
			vm_count_atomic(o, VM_FOREIGN_REF);
	}
}

VM_INLINE bool vm_drop_biased(struct vm *m, struct vm_object *o)
{
	uint32_t n = vm_local(o);

	if (n == UINT32_MAX)
		return false;
	if (!vm_mine(m, o)) {
		vm_count_atomic(o, -VM_FOREIGN_REF);
		return false;
	}
	vm_set_local(o, n - 1);
	return n == 1 && !atomic_load_explicit(&o->shared, memory_order_acquire);
}

/* One reference less: true when that was the last. */
VM_INLINE bool vm_drop(struct vm *m, struct task *t, struct vm_object *o, enum vm_scheme k)
{
	uint32_t n;

	if (k == VM_PLAIN)
		return !vm_count_plain(o, -1);
	if (k == VM_ATOMIC)
		return !vm_count_atomic(o, -1);
	if (k == VM_LOCKED)
		return !vm_count_locked(t, o, -1);
	if (vm_biased(k))
		return vm_drop_biased(m, o);
	n = vm_local(o);
	if ((int32_t)n < 0)	/* immortal */
		return false;
	vm_set_local(o, n - 1);
	return n == 1;
}

VM_INLINE void vm_give_back(struct vm *m, struct vm_object *o)
{
	o->next = m->free;
	m->free = o;
}

/* The last reference to an instance is gone: its fields, which are numbers, go. */
void vm_free_instance(struct vm *m, struct task *t, struct vm_instance *i);

VM_INLINE void vm_unref(struct vm *m, struct task *t, struct vm_object *o, enum vm_scheme k)
{
	if (!vm_counted(k) || !vm_drop(m, t, o, k))
		return;
	if (o->type == VM_INT)
		vm_give_back(m, o);
	else
		vm_free_instance(m, t, (struct vm_instance *)o);
}

/* @o begins its life with one reference, held by this task. */
VM_INLINE void vm_born(struct vm *m, struct vm_object *o, enum vm_scheme k)
{
	if (k == VM_IMMORTAL || vm_biased(k)) {
		vm_set_local(o, 1);
		if (vm_biased(k))
			atomic_store_explicit(&o->owner, m->me, memory_order_relaxed);
	} else if (vm_counted(k)) {
		atomic_store_explicit(&o->shared, 1, memory_order_relaxed);
	}
}

/* Copy the boxes that are alive, below @sp or in a slot, into the other half. */
void vm_collect(struct vm *m, union vm_value *sp);

/* A box for @value, with a reference for the caller; NULL when there are none.
 * @sp: what is below is alive. */
VM_INLINE struct vm_object *vm_box(struct vm *m, struct vm_shared *s, struct task *t,
				   int64_t value, union vm_value *sp, enum vm_scheme k)
{
	uint64_t small = (uint64_t)value - (uint64_t)(int64_t)VM_SMALL_MIN;
	struct vm_object *o;

	if (small < VM_SMALL) {
		vm_ref(m, t, &s->small[small], k);
		return &s->small[small];
	}
	if (k == VM_COPIED) {
		if (m->used == VM_BOXES)
			vm_collect(m, sp);
		o = &m->box[m->half * VM_BOXES + m->used++];
	} else {
		o = m->free;
		if (!o)
			return NULL;
		m->free = o->next;
	}
	vm_born(m, o, k);
	o->type = VM_INT;
	o->value = value;
	return o;
}

#endif

/* What the programs compute, in C: the floor of what an interpreter may cost.
 * The compiler must not see through a loop, or it would find the closed form. */
#include "workloads/vm.h"

/* From here on nothing is known of @x. */
#define OPAQUE(x) __asm__("" : "+r"(x))

int64_t vm_native_countdown(struct task *t, struct vm_shared *s, int64_t x)
{
	int64_t stop = (int64_t)((uint64_t)x - 124);

	(void)t, (void)s;
	while (x != stop) {
		x = (int64_t)((uint64_t)x - 1);
		OPAQUE(x);
	}
	return (int64_t)((uint64_t)x - 1);
}

int64_t vm_native_squares(struct task *t, struct vm_shared *s, int64_t x)
{
	uint64_t sum = (uint64_t)x, i = 0;

	(void)t, (void)s;
	for (; i != 71; i++) {
		sum += i * i;
		OPAQUE(sum);
	}
	return (int64_t)(sum + i);
}

static __attribute__((noinline)) int64_t fib(int64_t n)
{
	OPAQUE(n);
	return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

int64_t vm_native_fib(struct task *t, struct vm_shared *s, int64_t x)
{
	(void)t, (void)s;
	return (int64_t)(2 * (uint64_t)x + (uint64_t)(fib(8) + fib(6) + fib(3) + fib(2)));
}

struct account {
	uint64_t total;
};

static uint64_t account_add(struct account *a, uint64_t k)
{
	a->total += k;
	OPAQUE(a->total);
	return k;
}

int64_t vm_native_method(struct task *t, struct vm_shared *s, int64_t x)
{
	struct account a = { (uint64_t)x };
	uint64_t n = account_add(&a, 61);

	(void)t, (void)s;
	while (n) {
		account_add(&a, n);
		n--;
		OPAQUE(n);
	}
	return (int64_t)(a.total + n + (uint64_t)x);
}

int64_t vm_native_attribute(struct task *t, struct vm_shared *s, int64_t x)
{
	struct { uint64_t x, y, n; } o = { (uint64_t)x, 3, 61 };

	(void)t, (void)s;
	while (o.n) {
		o.x += o.y;
		o.n--;
		OPAQUE(o.x);
		OPAQUE(o.n);
	}
	return (int64_t)(o.x + o.y + o.n + (uint64_t)x - 3);
}

/* Increment the cell @times in @how. */
#define COUNT(times, how)						\
	for (unsigned n = times; n; n--) {				\
		how;							\
		OPAQUE(n);						\
	}								\
	return x

int64_t vm_native_counter(struct task *t, struct vm_shared *s, int64_t x)
{
	(void)t;
	COUNT(100, vm_cell_add(s, 1));
}

static __attribute__((noinline)) int64_t one(void)
{
	int64_t x = 1;

	OPAQUE(x);
	return x;
}

int64_t vm_native_counter_call(struct task *t, struct vm_shared *s, int64_t x)
{
	(void)t;
	COUNT(83, vm_cell_add(s, one()));
}

int64_t vm_native_counter_atomic(struct task *t, struct vm_shared *s, int64_t x)
{
	(void)t;
	COUNT(125, atomic_fetch_add_explicit(&s->cell, 1, memory_order_relaxed));
}

int64_t vm_native_counter_locked(struct task *t, struct vm_shared *s, int64_t x)
{
	COUNT(125, {
		task_lock(t, 0);
		vm_cell_add(s, 1);
		task_unlock(t, 0);
	});
}

/*
 * Wherever execution gets, by whatever way, the stack is equally deep, never
 * below nothing, and exactly one at a return.  So an interpreter needs to look at
 * its stack only where a function is entered.  One pass forward is enough, since
 * `unless` jumps forward, and where `while` jumps back to is known by then.
 */
#include <stdio.h>

#include "workloads/vm.h"

enum { UNKNOWN = -1, DEPTH_MAX = 64 };

static const struct {
	const char *name;
	int8_t pops, pushes;
} effect[] = {
#define X(name, operand, pops, pushes) [VM_##name] = { #name, pops, pushes },
	VM_INSTRUCTIONS(X)
#undef X
};

struct check {
	struct vm_program *p;
	const uint16_t *line;
	int depth[VM_CODE];	/* before each instruction */
	char *error;
	size_t size;
};

static int wrong(const struct check *c, unsigned at, const char *what)
{
	snprintf(c->error, c->size, "line %u: '%s' %s", c->line[at],
		 effect[c->p->code[at].op].name, what);
	return -1;
}

/* What the function pops that @i calls. */
static int args_of(const struct vm_program *p, struct vm_insn i)
{
	unsigned k = 0;

	if (i.op == VM_call)
		return p->function[i.arg].args;
	while (p->name[k].key != i.arg)
		k++;
	return p->function[p->name[k].where].args;
}

/* Execution can get from @at to @to, which is in [@lo, @hi), with @depth. */
static int flow(struct check *c, unsigned at, unsigned to, unsigned hi, int depth)
{
	if (to >= hi)
		return wrong(c, at, "may run out of its function");
	if (c->depth[to] != UNKNOWN && c->depth[to] != depth)
		return wrong(c, at, "leads where the stack is not as deep");
	c->depth[to] = depth;
	return 0;
}

static int branch(struct check *c, unsigned at, unsigned hi, int depth)
{
	struct vm_insn i = c->p->code[at];

	if (i.op == VM_unless && i.arg <= at)
		return wrong(c, at, "must lead forward");
	if (i.op == VM_while && i.arg > at)
		return wrong(c, at, "must lead back");
	return flow(c, at, i.arg, hi, depth);
}

static int instruction(struct check *c, struct vm_function *f, unsigned at, unsigned hi)
{
	struct vm_insn i = c->p->code[at];
	int pops = effect[i.op].pops, depth = c->depth[at];

	if (depth == UNKNOWN)
		return wrong(c, at, "is never reached");
	if (i.op == VM_call || i.op == VM_invoke)
		pops = args_of(c->p, i);
	if (depth < pops)
		return wrong(c, at, "finds too little on the stack");
	depth += effect[i.op].pushes - pops;
	if (depth > DEPTH_MAX)
		return wrong(c, at, "puts too much on the stack");
	if (depth > f->depth)
		f->depth = (uint8_t)depth;
	if (i.op == VM_return)
		return depth ? wrong(c, at, "leaves values on the stack") : 0;
	if ((i.op == VM_unless || i.op == VM_while) && branch(c, at, hi, depth) < 0)
		return -1;
	return flow(c, at, at + 1, hi, depth);
}

/* Function @n, whose code ends where the next one's begins. */
static int function(struct check *c, unsigned n)
{
	struct vm_function *f = &c->p->function[n];
	unsigned hi = n + 1 < c->p->nfunctions ? f[1].entry : c->p->ncode;

	if (f->entry == hi) {
		snprintf(c->error, c->size, "function %u has no code", n + 1);
		return -1;
	}
	c->depth[f->entry] = 0;
	for (unsigned at = f->entry; at < hi; at++)
		if (instruction(c, f, at, hi) < 0)
			return -1;
	return 0;
}

int vm_verify(struct vm_program *p, const uint16_t *line, char *error, size_t size)
{
	struct check c = { .p = p, .line = line, .error = error, .size = size };

	for (unsigned i = 0; i < VM_CODE; i++)
		c.depth[i] = UNKNOWN;
	for (unsigned i = 0; i < p->nfunctions; i++)
		if (function(&c, i) < 0)
			return -1;
	return 0;
}

/*
 * vm.h - a small stack machine in the manner of CPython's: two bytes an
 * instruction, frames on one stack, integers in boxes, a cache of small ones, a
 * pool of free boxes, and an eval breaker that is polled.
 *
 * The same bytecode runs in several forms, each with one more of the things that
 * an interpreter pays for, so that the price of each can be told.  Text becomes
 * bytecode by vm_assemble(), which proves that no stack underflows and that all
 * targets exist; what is left to run-time checks are types and recursion.
 *
 * Nothing here starts a thread or allocates: a machine lives in the memory of
 * its task, and what all machines use lives in the state that tasks share.
 */
#ifndef WORKLOADS_VM_H
#define WORKLOADS_VM_H

#include "workloads/workload.h"

enum {
	VM_CODE = 192,		/* instructions, so that a target fits a byte */
	VM_CONSTANTS = 16,
	VM_FUNCTIONS = 4,
	VM_NAMES = 16,		/* places in a class's hash table, power of two */
	VM_SLOTS = 4,		/* fields of an instance */
	VM_INSTANCES = 2,	/* alive at a time */
	VM_STACK = 96,
	VM_FRAMES = 16,
	VM_BOXES = 128,		/* more than there can be roots: stack and slots */
	VM_SMALL = 262,		/* -5 .. 256, as NSMALLNEGINTS, NSMALLPOSINTS */
	VM_SMALL_MIN = -5,
	VM_UNIT = 1000,		/* instructions of one run of any program */
};

/* What an operand is. */
enum vm_operand {
	VM_NOTHING,
	VM_LOCAL,
	VM_NUMBER,
	VM_LABEL,
	VM_FUNCTION,
	VM_FIELD,
	VM_METHOD,
};

/* The instructions: name, operand, values popped and pushed.  `call` and `invoke`
 * pop what the function takes. */
#define VM_INSTRUCTIONS(X)						\
	X(load, VM_LOCAL, 0, 1)		/* push a local */		\
	X(store, VM_LOCAL, 1, 0)	/* pop into a local */		\
	X(const, VM_NUMBER, 0, 1)					\
	X(add, VM_NOTHING, 2, 1)	/* modulo 2^64, as the next two */ \
	X(sub, VM_NOTHING, 2, 1)					\
	X(mul, VM_NOTHING, 2, 1)					\
	X(less, VM_NOTHING, 2, 1)	/* 1 or 0 */			\
	X(differ, VM_NOTHING, 2, 1)	/* 1 or 0 */			\
	X(unless, VM_LABEL, 1, 0)	/* forward if it is 0 */	\
	X(while, VM_LABEL, 1, 0)	/* back unless it is 0: a poll point */ \
	X(call, VM_FUNCTION, 0, 1)	/* a poll point */		\
	X(return, VM_NOTHING, 1, 0)					\
	X(load_cell, VM_NOTHING, 0, 1)	/* read the number all share */	\
	X(store_cell, VM_NOTHING, 1, 0)	/* write it */			\
	X(add_cell, VM_NOTHING, 1, 0)	/* add to it, atomically */	\
	X(lock_cell, VM_NOTHING, 1, 0)	/* add to it behind a lock */	\
	X(new, VM_NOTHING, 0, 1)	/* push a new instance */	\
	X(get, VM_FIELD, 1, 1)		/* of the instance on top */	\
	X(set, VM_FIELD, 2, 0)		/* a value, below an instance */ \
	X(invoke, VM_METHOD, 0, 1)	/* instance, argument: a poll point */

#define X(name, operand, pops, pushes) VM_##name,
enum vm_opcode { VM_INSTRUCTIONS(X) VM_OPCODES };
#undef X

struct vm_insn {
	uint8_t op, arg;
};

struct vm_function {
	uint8_t entry;
	uint8_t args;		/* the first locals */
	uint8_t locals;		/* arguments and all */
	uint8_t depth;		/* values on the stack beside them, at most */
};

/* A place in the hash table of the program's one class. */
struct vm_name {
	uint8_t key;		/* a name's number from 1; 0: empty */
	uint8_t kind;		/* VM_FIELD or VM_METHOD */
	uint8_t where;		/* slot or function */
};

struct vm_program {
	struct vm_insn code[VM_CODE];
	struct vm_function function[VM_FUNCTIONS];	/* [0] is main */
	struct vm_name name[VM_NAMES];
	int64_t constant[VM_CONSTANTS];
	unsigned ncode, nconstants, nfunctions, nfields;
};

/* What @text says, into *@p.  0, or -1 and why, with the line, in @error. */
int vm_assemble(struct vm_program *p, const char *text, char *error, size_t size);

/* The last stage of that: the stack is as deep as it must be wherever execution
 * can get; @line has the line of every instruction. */
int vm_verify(struct vm_program *p, const uint16_t *line, char *error, size_t size);

enum vm_type { VM_FREE, VM_INT, VM_INSTANCE };

/* An object.  One layout for all ways of counting, PEP 703's: so they differ in
 * what they do and not in the cache lines that they need. */
struct vm_object {
	_Atomic uint64_t owner;		/* biased: the task whose `local` it is */
	_Atomic uint32_t local;		/* biased, immortal: references */
	uint32_t type;
	_Atomic int64_t shared;		/* references; biased: << 2, of others */
	union {
		int64_t value;
		struct vm_object *next;	/* in the pool of free boxes */
	};
};

union vm_value {
	int64_t raw;
	struct vm_object *box;
};

struct vm_instance {
	struct vm_object head;
	union vm_value slot[VM_SLOTS];
};

/* What all machines share.  No pointer in it: private copies live elsewhere. */
struct vm_shared {
	_Alignas(128) _Atomic int64_t cell;
	_Alignas(128) _Atomic int64_t tally;	/* what the cell should be */
	_Atomic uint64_t leaked;		/* boxes not given back */
	_Alignas(128) _Atomic uint64_t owner;	/* biased: whose objects these are */
	_Alignas(128) struct vm_program program;
	_Alignas(128) struct vm_object constant[VM_CONSTANTS];
	struct vm_object small[VM_SMALL];
};

/* How references are counted, and what else may be done about memory. */
enum vm_scheme {
	VM_PLAIN,	/* CPython to 3.11: legal under one lock only */
	VM_ATOMIC,	/* one locked instruction each */
	VM_BIASED,	/* PEP 703: plain for the owner, atomic for others */
	VM_IMMORTAL,	/* PEP 683: plain, and what is shared not counted */
	VM_PEP703,	/* both: biased, and what is shared not counted */
	VM_LOCKED,	/* plain, behind a lock of the object's shard */
	VM_SCHEMES,
	VM_COPIED = VM_SCHEMES,	/* not counted: live boxes are copied */
	VM_RAW,		/* no boxes */
};

/* Where a machine looks whether the strategy wants it back. */
enum vm_poll {
	VM_POLL_NONE,
	VM_POLL_BACKEDGE,	/* where a loop jumps back */
	VM_POLL_CALL,		/* and where a function is entered: CPython 3.10+ */
	VM_POLL_OP,		/* behind every instruction.  CPython 3.2 to 3.9 do so
				 * but for the fast ones: loads and stores of locals,
				 * constants, a jump right behind its comparison */
	VM_POLLS,
};

struct vm_regs {
	const struct vm_insn *pc;
	union vm_value *sp;	/* above the top */
	union vm_value *base;	/* the function's first local */
	struct vm *m;
	struct vm_shared *s;
	struct task *t;
};

struct vm_frame {
	const struct vm_insn *pc;
	union vm_value *base;
};

struct vm {
	struct vm_regs regs;	/* while it does not run */
	enum vm_scheme scheme;
	uint64_t me;		/* as an owner: never 0 */
	unsigned frames;
	struct vm_frame frame[VM_FRAMES];
	struct vm_object *free;	/* counted: boxes to be used next */
	unsigned half, used;	/* copied: which half boxes come from, how many */
	struct vm_instance instance[VM_INSTANCES];
	union vm_value stack[VM_STACK];
	struct vm_object box[2 * VM_BOXES];
};

enum vm_status {
	VM_GO,		/* on with the next instruction */
	VM_HALT,	/* main has returned */
	VM_YIELD,	/* the strategy wants it back; call again */
	VM_TRAP,	/* a wrong type, an unset local, too deep */
};

/* Fill what is shared: the program and its objects. */
void vm_share(struct vm_shared *s, const struct vm_program *p, enum vm_scheme scheme);

/* References that are missing or left over, and boxes never given back. */
uint64_t vm_refs_lost(const struct vm_shared *s, enum vm_scheme scheme);

/* Add what a private copy @from of the state has counted. */
void vm_merge(struct vm_shared *into, const struct vm_shared *from, enum vm_scheme scheme);

/* Add to the cell as if alone. */
static inline void vm_cell_add(struct vm_shared *s, int64_t by)
{
	by += atomic_load_explicit(&s->cell, memory_order_relaxed);
	atomic_store_explicit(&s->cell, by, memory_order_relaxed);
}

/* @m, zeroed, becomes the machine of task @t; and gives back what it took. */
void vm_init(struct vm *m, struct task *t, enum vm_scheme scheme);
void vm_release(struct vm *m);

/* Call main with @argument: vm_run until it says VM_HALT, then fetch. */
enum vm_status vm_start(struct vm *m, int64_t argument);
typedef enum vm_status vm_run(struct vm *m);
enum vm_status vm_fetch(struct vm *m, int64_t *result);

/* How an interpreter finds the next instruction. */
enum vm_dispatch {
	VM_GOTO,	/* a jump behind each, through a table of labels */
	VM_SWITCH,	/* back to one switch, which checks the bounds */
	VM_DISPATCHES,
};

/* The interpreters.  Those of counted references poll. */
typedef vm_run *const vm_counted_run[VM_POLLS][VM_DISPATCHES];
extern vm_run *const vm_run_raw[VM_DISPATCHES], *const vm_run_boxed[VM_DISPATCHES];
extern vm_counted_run vm_run_plain, vm_run_atomic, vm_run_biased, vm_run_immortal,
	vm_run_pep703, vm_run_locked;

/* A program: one run of it is VM_UNIT instructions, exactly. */
struct vm_source {
	const char *name, *text;
	unsigned increments;	/* of the cell, in a run */
	int64_t (*native)(struct task *t, struct vm_shared *s, int64_t argument);
};
extern const struct vm_source vm_sources[];	/* ended by name NULL */

/* The same computation in C, of what can be left out nothing left out. */
int64_t vm_native_countdown(struct task *t, struct vm_shared *s, int64_t x);
int64_t vm_native_squares(struct task *t, struct vm_shared *s, int64_t x);
int64_t vm_native_fib(struct task *t, struct vm_shared *s, int64_t x);
int64_t vm_native_method(struct task *t, struct vm_shared *s, int64_t x);
int64_t vm_native_attribute(struct task *t, struct vm_shared *s, int64_t x);
int64_t vm_native_counter(struct task *t, struct vm_shared *s, int64_t x);
int64_t vm_native_counter_call(struct task *t, struct vm_shared *s, int64_t x);
int64_t vm_native_counter_atomic(struct task *t, struct vm_shared *s, int64_t x);
int64_t vm_native_counter_locked(struct task *t, struct vm_shared *s, int64_t x);

#endif

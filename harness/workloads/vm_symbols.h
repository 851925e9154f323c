/*
 * vm_symbols.h - what the assembler knows while it reads: the names so far, and
 * where it is.  For vm_assemble.c alone.
 */
#ifndef WORKLOADS_VM_SYMBOLS_H
#define WORKLOADS_VM_SYMBOLS_H

#include "workloads/vm.h"

enum { NAME = 16, SYMBOLS = 64, NOWHERE = VM_FUNCTIONS };

struct symbol {
	char name[NAME];
	enum vm_operand kind;
	unsigned scope;		/* function, or NOWHERE for the whole program */
	uint8_t value;
};

struct assembler {
	struct vm_program *p;
	bool emit;		/* the second pass */
	unsigned line, function;	/* now; function NOWHERE at the start */
	unsigned ncode, nsymbols, nnames;
	struct symbol symbol[SYMBOLS];
	uint16_t line_of[VM_CODE];
	char *error;
	size_t size;
};

/* Say what is wrong in this line.  Always returns -1. */
int symbols_wrong(struct assembler *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The symbol of this kind by that name that can be seen from here, or NULL. */
struct symbol *symbols_find(struct assembler *a, const char *name, enum vm_operand kind);

/* In the first pass: @name is new, and stands for @value.  0 or -1. */
int symbols_define(struct assembler *a, const char *name, enum vm_operand kind,
		   unsigned value);

#endif

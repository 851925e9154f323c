/*
 * Text to bytecode, in two passes over the lines: the first finds what names
 * stand for, the second writes instructions.  A line is one of
 *
 *	field NAME...			of the program's one class
 *	method NAME FUNCTION		likewise
 *	function NAME ARGUMENT...	what follows is its body; main comes first
 *		local NAME...
 *		INSTRUCTION [OPERAND]
 *	LABEL:				of this function
 *
 * and a semicolon begins a comment.  Nothing is guessed: what is unknown, twice
 * there, missing or too much is an error with its line.
 */
#include <stdlib.h>
#include <string.h>

#include "workloads/vm_symbols.h"

enum { LINE = 80, WORDS = 8 };

static const struct {
	const char *name;
	enum vm_operand operand;
} instruction[] = {
#define X(name, operand, pops, pushes) [VM_##name] = { #name, operand },
	VM_INSTRUCTIONS(X)
#undef X
};

/* Put name @key into the class's table. */
static void enter(struct vm_program *p, unsigned key, enum vm_operand kind, unsigned where)
{
	unsigned i = key * 7 % VM_NAMES;

	while (p->name[i].key)
		i = (i + 1) % VM_NAMES;
	p->name[i] = (struct vm_name){ (uint8_t)key, (uint8_t)kind, (uint8_t)where };
}

/* A name of the class, told apart by its number; one place must stay empty. */
static int class_name(struct assembler *a, const char *name, enum vm_operand kind, unsigned where)
{
	if (a->function != NOWHERE)
		return symbols_wrong(a, "'%s' must be named before the first function", name);
	if (a->nnames == VM_NAMES - 1)
		return symbols_wrong(a, "more than %d names in the class", VM_NAMES - 1);
	a->nnames++;
	if (a->emit)
		enter(a->p, a->nnames, kind, where);
	return symbols_define(a, name, kind, a->nnames);
}

static int field(struct assembler *a, char **word, unsigned n)
{
	if (n < 2)
		return symbols_wrong(a, "field wants names");
	for (unsigned i = 1; i < n; i++) {
		if (a->p->nfields == VM_SLOTS)
			return symbols_wrong(a, "more than %d fields", VM_SLOTS);
		if (class_name(a, word[i], VM_FIELD, a->p->nfields++) < 0)
			return -1;
	}
	return 0;
}

static int method(struct assembler *a, char **word, unsigned n)
{
	struct symbol *f;

	if (n != 3)
		return symbols_wrong(a, "method wants a name and a function");
	f = symbols_find(a, word[2], VM_FUNCTION);
	if (a->emit && !f)
		return symbols_wrong(a, "no function '%s'", word[2]);
	if (a->emit && !a->p->function[f->value].args)
		return symbols_wrong(a, "'%s' takes no instance", word[2]);
	return class_name(a, word[1], VM_METHOD, f ? f->value : 0);
}

/* Names of @f's locals, from word @from on. */
static int locals(struct assembler *a, struct vm_function *f, char **word, unsigned n,
		  unsigned from)
{
	for (unsigned i = from; i < n; i++)
		if (symbols_define(a, word[i], VM_LOCAL, f->locals++) < 0)
			return -1;
	return 0;
}

static int function(struct assembler *a, char **word, unsigned n)
{
	struct vm_function *f;

	if (n < 2)
		return symbols_wrong(a, "function wants a name");
	a->function = a->function == NOWHERE ? 0 : a->function + 1;
	if (a->function == VM_FUNCTIONS)
		return symbols_wrong(a, "more than %d functions", VM_FUNCTIONS);
	if (!a->function && (strcmp(word[1], "main") || n != 3))
		return symbols_wrong(a, "the first function is main, with one argument");
	f = &a->p->function[a->function];
	*f = (struct vm_function){ .entry = (uint8_t)a->ncode, .args = (uint8_t)(n - 2) };
	a->p->nfunctions = a->function + 1;
	if (symbols_define(a, word[1], VM_FUNCTION, a->function) < 0)
		return -1;
	return locals(a, f, word, n, 2);
}

static int local(struct assembler *a, char **word, unsigned n)
{
	struct vm_function *f = &a->p->function[a->function];

	if (a->function == NOWHERE)
		return symbols_wrong(a, "local outside of a function");
	if (n < 2)
		return symbols_wrong(a, "local wants names");
	if (a->ncode != f->entry)
		return symbols_wrong(a, "local behind an instruction");
	return locals(a, f, word, n, 1);
}

/* The place of number @text among the constants. */
static int constant(struct assembler *a, const char *text, uint8_t *arg)
{
	struct vm_program *p = a->p;
	unsigned i = 0;
	int64_t value;
	char *end;

	errno = 0;
	value = strtoll(text, &end, 10);
	if (end == text || *end || errno || strspn(text, "-0123456789") != strlen(text))
		return symbols_wrong(a, "'%s' is no number", text);
	while (i < p->nconstants && p->constant[i] != value)
		i++;
	if (i == VM_CONSTANTS)
		return symbols_wrong(a, "more than %d constants", VM_CONSTANTS);
	p->constant[i] = value;
	if (i == p->nconstants)
		p->nconstants++;
	*arg = (uint8_t)i;
	return 0;
}

static int operand(struct assembler *a, enum vm_operand kind, const char *word, uint8_t *arg)
{
	static const char *const what[] = {
		[VM_LOCAL] = "local", [VM_LABEL] = "label", [VM_FUNCTION] = "function",
		[VM_FIELD] = "field", [VM_METHOD] = "method",
	};
	struct symbol *s;

	if (kind == VM_NOTHING)
		return 0;
	if (kind == VM_NUMBER)
		return constant(a, word, arg);
	s = symbols_find(a, word, kind);
	if (!s || s->kind != kind)
		return symbols_wrong(a, "no %s '%s'", what[kind], word);
	*arg = s->value;
	return 0;
}

static int emit(struct assembler *a, char **word, unsigned n)
{
	struct vm_insn insn = { 0 };

	while (insn.op < VM_OPCODES && strcmp(instruction[insn.op].name, word[0]))
		insn.op++;
	if (insn.op == VM_OPCODES)
		return symbols_wrong(a, "no instruction '%s'", word[0]);
	if (a->function == NOWHERE)
		return symbols_wrong(a, "'%s' outside of a function", word[0]);
	if (n != (instruction[insn.op].operand ? 2 : 1))
		return symbols_wrong(a, "'%s' wants %s operand", word[0],
			     instruction[insn.op].operand ? "one" : "no");
	if (a->ncode == VM_CODE)
		return symbols_wrong(a, "more than %d instructions", VM_CODE);
	if (a->emit && operand(a, instruction[insn.op].operand, word[1], &insn.arg) < 0)
		return -1;
	a->line_of[a->ncode] = (uint16_t)a->line;
	a->p->code[a->ncode++] = insn;
	return 0;
}

static int label(struct assembler *a, char *word)
{
	word[strlen(word) - 1] = '\0';
	if (a->function == NOWHERE)
		return symbols_wrong(a, "label '%s' outside of a function", word);
	return symbols_define(a, word, VM_LABEL, a->ncode);
}

static int statement(struct assembler *a, char **word, unsigned n)
{
	static const struct {
		const char *name;
		int (*run)(struct assembler *a, char **word, unsigned n);
	} directive[] = {
		{ "field", field }, { "method", method },
		{ "function", function }, { "local", local },
	};

	for (size_t i = 0; i < sizeof directive / sizeof *directive; i++)
		if (!strcmp(word[0], directive[i].name))
			return directive[i].run(a, word, n);
	if (n == 1 && word[0][strlen(word[0]) - 1] == ':')
		return label(a, word[0]);
	return emit(a, word, n);
}

/* The line of @length bytes at @text. */
static int line(struct assembler *a, const char *text, size_t length)
{
	char copy[LINE], *word[WORDS], *rest = copy;
	unsigned n = 0;

	if (length >= sizeof copy)
		return symbols_wrong(a, "more than %d characters", LINE - 1);
	memcpy(copy, text, length);
	copy[length] = '\0';
	copy[strcspn(copy, ";")] = '\0';
	for (char *w; (w = strtok_r(rest, " \t", &rest)); word[n++] = w)
		if (n == WORDS)
			return symbols_wrong(a, "more than %d words", WORDS);
	return n ? statement(a, word, n) : 0;
}

static int pass(struct assembler *a, const char *text, bool second)
{
	a->emit = second;
	a->line = a->ncode = a->nnames = a->p->nfields = 0;
	a->function = NOWHERE;
	while (*text) {
		size_t n = strcspn(text, "\n");

		a->line++;
		if (line(a, text, n) < 0)
			return -1;
		text += n + (text[n] == '\n');
	}
	return 0;
}

int vm_assemble(struct vm_program *p, const char *text, char *error, size_t size)
{
	struct assembler a = { .p = p, .error = error, .size = size };

	*p = (struct vm_program){ 0 };
	if (pass(&a, text, false) < 0 || pass(&a, text, true) < 0)
		return -1;
	p->ncode = a.ncode;
	if (!p->ncode)
		return symbols_wrong(&a, "there is no code");
	return vm_verify(p, a.line_of, error, size);
}

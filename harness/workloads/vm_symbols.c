/* Names and what they stand for. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "workloads/vm_symbols.h"

int symbols_wrong(struct assembler *a, const char *fmt, ...)
{
	int n = snprintf(a->error, a->size, "line %u: ", a->line);
	va_list ap;

	va_start(ap, fmt);
	if (n >= 0 && (size_t)n < a->size)
		vsnprintf(a->error + n, a->size - (size_t)n, fmt, ap);
	va_end(ap);
	return -1;
}

/* Fields and methods share one set of names, locals and labels do not. */
static bool same_kind(enum vm_operand a, enum vm_operand b)
{
	return a == b || (a >= VM_FIELD && b >= VM_FIELD);
}

struct symbol *symbols_find(struct assembler *a, const char *name, enum vm_operand kind)
{
	unsigned scope = kind == VM_LOCAL || kind == VM_LABEL ? a->function : NOWHERE;

	for (unsigned i = 0; i < a->nsymbols; i++) {
		struct symbol *s = &a->symbol[i];

		if (same_kind(s->kind, kind) && s->scope == scope && !strcmp(s->name, name))
			return s;
	}
	return NULL;
}

static bool is_name(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz_0123456789");

	return n && n < NAME && !s[n] && (*s < '0' || *s > '9');
}

int symbols_define(struct assembler *a, const char *name, enum vm_operand kind,
		   unsigned value)
{
	struct symbol *s = &a->symbol[a->nsymbols];

	if (a->emit)
		return 0;
	if (!is_name(name))
		return symbols_wrong(a, "'%s' is no name", name);
	if (symbols_find(a, name, kind))
		return symbols_wrong(a, "'%s' is there already", name);
	if (a->nsymbols == SYMBOLS)
		return symbols_wrong(a, "more than %d names", SYMBOLS);
	*s = (struct symbol){ .kind = kind, .value = (uint8_t)value };
	strcpy(s->name, name);
	s->scope = kind == VM_LOCAL || kind == VM_LABEL ? a->function : NOWHERE;
	a->nsymbols++;
	return 0;
}

/*
 * names.h - lists of names: which are well formed, and which one was meant.
 */
#ifndef PIPELINE_NAMES_H
#define PIPELINE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"

enum { NAME_MAX_LENGTH = 64 };

/* True for [a-z0-9][a-z0-9_.-]{0,63}: safe as a field, a label, a file name. */
bool name_valid(const char *s);

struct names {
	const char **name;
	size_t n;
};

/* Append @name unless it is there; the list grows in @a. */
void names_add(struct names *n, const char *name, struct arena *a);
bool names_have(const struct names *n, const char *name);

/* The closest name to @s, at most two edits away, or NULL. */
const char *names_nearest(const struct names *n, const char *s);

/* "unknown <what> 'x'<where>, did you mean 'y'? known: a, b, c" in @a. */
const char *names_unknown(const struct names *n, const char *what,
			  const char *given, const char *where, struct arena *a);

#endif

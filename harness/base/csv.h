/*
 * csv.h - the one dialect of this suite: LF lines, a header, commas, no
 * quotes, because no field ever holds a comma.  An empty field is "no value".
 */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include <stddef.h>

#include "base/mem.h"

struct csv {
	const char *path;
	char **column;		/* [columns] names */
	size_t columns;
	char ***row;		/* [rows][columns] fields, never NULL */
	size_t rows;
};

/* All of a file as text, or NULL, reported; a NUL in it is an error. */
char *csv_text(const char *path, struct arena *a);

/* Read a whole table into @a.  Every row must have as many fields as the
 * header.  0, or -1 having reported "path:line: why". */
int csv_read(struct csv *c, const char *path, struct arena *a);

/* As csv_read, of @text, which is cut up in place; @path only names it. */
int csv_parse(struct csv *c, const char *path, char *text, struct arena *a);

/* The index of column @name, or -1 having reported that @c lacks it. */
int csv_column(const struct csv *c, const char *name);

#endif

/*
 * table.h - tables as data: one const array of columns writes the CSV header,
 * writes and reads the rows, and documents them.
 *
 * A row is a C struct; a column says where in it the field is.  Values that do
 * not exist are written as empty fields: NULL or "" for text, NONE for whole
 * numbers, NAN for real ones.
 */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/csv.h"

#define NONE UINT64_MAX

enum field {
	FIELD_TEXT,		/* const char * */
	FIELD_WHOLE,		/* uint64_t, decimal */
	FIELD_HEX,		/* uint64_t, 16 hexadecimal digits */
	FIELD_REAL,		/* double, 9 significant digits */
};

struct column {
	const char *name;	/* NULL ends a table */
	enum field kind;
	size_t offset;		/* in the row's struct */
	const char *unit;	/* "ns", "bytes", "1" for a ratio, "" */
	const char *help;	/* one line for the data dictionary */
};

/* Write the header line. */
void table_header(FILE *out, const struct column *c);

/* Write one row and its LF. */
void table_row(FILE *out, const struct column *c, const void *row);

/* Fill @row, which is as large as its struct, from row @i of @csv; texts point
 * into @csv, and what it has no column for does not exist.  0, or -1 having
 * reported "path:line: why". */
int table_read(const struct csv *csv, size_t i, const struct column *c, void *row);

/* 0 when the header of @csv is exactly that of @c, or -1 having reported the
 * first difference. */
int table_check(const struct csv *csv, const struct column *c);

/* All rows of the table at @path as an array of @n structs of @size bytes in @a.
 * Its columns must be @c, but an older file may lack the last of them, if they are
 * real numbers: those are NaN.  NULL, reported. */
void *table_load(const char *path, const struct column *c, size_t size, size_t *n,
		 struct arena *a);

/* Open @path.tmp for writing, and when all is written make it @path: a reader
 * never sees half a file.  table_commit reports trouble and returns 0 or -1;
 * table_drop is for who cannot write all of it. */
FILE *table_create(const char *path);
int table_commit(FILE *f, const char *path);
void table_drop(FILE *f, const char *path);

#endif

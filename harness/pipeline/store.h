/*
 * store.h - samples.csv while it grows: append-only, one write and one
 * fdatasync per row, never half a row.
 */
#ifndef PIPELINE_STORE_H
#define PIPELINE_STORE_H

#include "pipeline/record.h"

struct store {
	const char *path;
	int fd;
	size_t bytes;		/* whole rows so far */
};

/* Open or create @path, cut @torn_bytes off its end (they are kept beside it,
 * in @path.torn), and write the header if it is empty.  0, or -1, reported. */
int store_open(struct store *s, const char *path, size_t torn_bytes);

/* Append one row.  0, or -1, reported: the row is then on stderr instead, and
 * the file ends where it ended before. */
int store_append(struct store *s, const struct sample *row);

void store_close(struct store *s);

#endif

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "blocks.h"
#include "peer.h"

#define FIELD(name, kind, unit, help) \
	{ #name, kind, offsetof(struct round, name), unit, help }

const struct column round_columns[] = {
	FIELD(block, FIELD_WHOLE, "", "in which every pair runs"),
	FIELD(round, FIELD_WHOLE, "", "of the block: both sides, one after the other"),
	FIELD(pair, FIELD_TEXT, "", "what is compared"),
	FIELD(theirs, FIELD_TEXT, "", "the other one and its version"),
	FIELD(first, FIELD_TEXT, "", "the side that was first: ours, theirs"),
	FIELD(units, FIELD_WHOLE, "", "that each side did in its pass"),
	FIELD(seed, FIELD_WHOLE, "", "of the order and of the data"),
	FIELD(ours_ns, FIELD_REAL, "ns", "a unit, ours; empty: disturbed"),
	FIELD(theirs_ns, FIELD_REAL, "ns", "a unit, theirs; likewise"),
	FIELD(ours_cpu_ns, FIELD_REAL, "ns", "CPU time a unit, ours; likewise"),
	FIELD(theirs_cpu_ns, FIELD_REAL, "ns", "CPU time a unit, theirs; likewise"),
	{ NULL, FIELD_TEXT, 0, NULL, NULL },
};

/* One write, so that a reader sees whole lines; then to disk. */
static int put(struct blocks *s, const struct round *row, size_t rows)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);
	int rc = -1;

	if (f) {
		if (!rows)
			table_header(f, round_columns);
		for (size_t i = 0; i < rows; i++)
			table_row(f, round_columns, &row[i]);
		if (!fclose(f))
			rc = write(s->fd, text, n) == (ssize_t)n ? fdatasync(s->fd) : -1;
	}
	free(text);
	return rc < 0 ? fail_errno("%s", s->path) : 0;
}

int blocks_open(struct blocks *s, const char *dir, const struct round **old, size_t *n,
		struct arena *a)
{
	struct stat st;

	*n = 0;
	s->path = arena_printf(a, "%s/blocks.csv", dir);
	s->fd = open(s->path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (s->fd < 0 || fstat(s->fd, &st) < 0)
		return fail_errno("%s", s->path);
	if (!st.st_size)
		return put(s, NULL, 0);
	*old = table_load(s->path, round_columns, sizeof **old, n, a);
	if (!*old)
		return -1;
	for (size_t i = 0; i < *n; i++)
		if (!(*old)[i].block || (*old)[i].block > BLOCKS_MAX)
			return fail("%s:%zu: block %lu, not 1 .. %d", s->path, i + 2,
				    (*old)[i].block, BLOCKS_MAX);
	return 0;
}

int blocks_append(struct blocks *s, const struct round *row, size_t n)
{
	return n ? put(s, row, n) : 0;
}

void blocks_close(struct blocks *s)
{
	close(s->fd);
}

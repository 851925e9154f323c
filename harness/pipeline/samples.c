/*
 * samples.c - reading samples.csv, and telling a torn end from damage.
 *
 * The file is a header and sealed rows.  Rows are appended one at a time, so
 * what an interruption can leave behind is only ever at the end.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "pipeline/record.h"

struct text {
	const char *path;
	char *bytes;		/* [size + 1], NUL behind */
	size_t size;
};

/* The whole file; a missing one is empty.  0, or -1, reported. */
static int slurp(struct text *t, const char *path, struct arena *a)
{
	FILE *f = fopen(path, "re");
	struct stat st;
	int rc = 0;

	*t = (struct text){ .path = path };
	if (!f)
		return errno == ENOENT ? 0 : fail_errno("%s", path);
	if (fstat(fileno(f), &st) < 0) {
		rc = fail_errno("%s", path);
	} else {
		t->bytes = arena_alloc(a, (size_t)st.st_size + 1);
		t->size = fread(t->bytes, 1, (size_t)st.st_size, f);
		if (ferror(f))
			rc = fail_errno("%s", path);
	}
	fclose(f);
	return rc;
}

/* True when the line of @n bytes at @s, without its LF, carries its seal. */
static int sealed(const char *s, size_t n)
{
	char seal[SEAL_LEN + 1];

	if (n <= SEAL_LEN || s[n - SEAL_LEN - 1] != ',' || memchr(s, '\0', n))
		return 0;
	seal_make(seal, s, n - SEAL_LEN - 1);
	return !memcmp(seal, s + n - SEAL_LEN, SEAL_LEN);
}

/* Where the line at @from ends: its LF, or NULL when it has none. */
static char *line_end(const struct text *t, size_t from)
{
	return memchr(t->bytes + from, '\n', t->size - from);
}

/*
 * Cut the text into lines, [*@lines] in @line, the sealed rows behind the
 * header; *@end is where the last one ends.  0, or -1, reported.
 */
static int cut(const struct text *t, size_t header, char **line, size_t *lines, size_t *end)
{
	size_t at = header, number = 2, bad = 0;
	char *lf;

	*end = header;
	for (*lines = 0; (lf = line_end(t, at)); number++) {
		if (!sealed(t->bytes + at, (size_t)(lf - t->bytes) - at)) {
			bad = bad ? bad : number;
		} else if (bad) {
			return fail("%s:%zu: damaged: its check does not hold", t->path, bad);
		} else {
			*lf = '\0';
			line[(*lines)++] = t->bytes + at;
			*end = (size_t)(lf - t->bytes) + 1;
		}
		at = (size_t)(lf - t->bytes) + 1;
	}
	return 0;
}

/* Length of the header when @t begins with it, or 0 when all of the text is a
 * torn one; -1, reported, when it is something else. */
static int header_length(const struct text *t, const char *header)
{
	size_t n = strlen(header), size = t->size;

	if (size >= n && !memcmp(t->bytes, header, n))
		return (int)n;
	while (size && !t->bytes[size - 1])
		size--;
	if (!size || (size < n && !memcmp(t->bytes, header, size)))
		return 0;
	return fail("%s:1: not the header of a samples file of this version", t->path);
}

/* Cut @line at its commas into @csv's next row.  0, or -1, reported. */
static int split(struct csv *csv, char *line, struct arena *a)
{
	char **field = arena_alloc(a, csv->columns * sizeof *field);
	size_t n = 0;

	for (char *s; (s = strsep(&line, ",")); n++)
		if (n < csv->columns)
			field[n] = s;
	if (n != csv->columns)
		return fail("%s:%zu: %zu fields, the header has %zu", csv->path,
			    csv->rows + 2, n, csv->columns);
	csv->row[csv->rows++] = field;
	return 0;
}

static int parse(struct csv *csv, char *line, struct sample *s, struct arena *a)
{
	if (split(csv, line, a) < 0 ||
	    table_read(csv, csv->rows - 1, sample_columns, s) < 0)
		return -1;
	if (status_find(s->status) == STATUS_COUNT)
		return fail("%s:%zu: unknown status '%s'", csv->path, csv->rows + 1, s->status);
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct sample *x = *(const struct sample *const *)a;
	const struct sample *y = *(const struct sample *const *)b;

	if (x->trial != y->trial)
		return x->trial < y->trial ? -1 : 1;
	return x->rep != y->rep ? (x->rep < y->rep ? -1 : 1) : (x > y) - (x < y);
}

/* 0, or -1, reported, when a pass of a trial is there twice. */
static int once(const char *path, const struct sample *rows, size_t n, struct arena *a)
{
	const struct sample **by = arena_alloc(a, n * sizeof *by + 1);
	size_t final = 0;

	for (size_t i = 0; i < n; i++)
		if (status_find(rows[i].status) != STATUS_INTERRUPTED)
			by[final++] = &rows[i];
	qsort(by, final, sizeof *by, compare);
	for (size_t i = 1; i < final; i++)
		if (by[i]->trial == by[i - 1]->trial && by[i]->rep == by[i - 1]->rep)
			return fail("%s:%td: trial %016" PRIx64 " rep %" PRIu64
				    " is in line %td already", path, by[i] - rows + 2,
				    by[i]->trial, by[i]->rep, by[i - 1] - rows + 2);
	return 0;
}

static size_t count(const struct text *t, char c)
{
	size_t n = 0;

	for (size_t i = 0; i < t->size; i++)
		n += t->bytes[i] == c;
	return n;
}

static size_t width(const struct column *c)
{
	size_t n = 0;

	while (c[n].name)
		n++;
	return n;
}

int samples_read(const char *path, struct sample **rows, size_t *n,
		 size_t *torn_bytes, struct arena *a)
{
	struct csv csv = { .path = path, .columns = width(sample_columns) + 1 };
	size_t lines = 0, end = 0;
	char **line, *want = samples_header(a);
	struct text t;
	int header;

	*rows = NULL;
	*n = *torn_bytes = 0;
	if (!want || slurp(&t, path, a) < 0 || (header = header_length(&t, want)) < 0)
		return -1;
	line = arena_alloc(a, (count(&t, '\n') + 1) * sizeof *line);
	if (header && cut(&t, (size_t)header, line, &lines, &end) < 0)
		return -1;
	csv.row = arena_alloc(a, (lines + 1) * sizeof *csv.row);
	*rows = arena_alloc(a, (lines + 1) * sizeof **rows);
	for (size_t i = 0; i < lines; i++)
		if (parse(&csv, line[i], &(*rows)[i], a) < 0)
			return -1;
	*n = lines;
	*torn_bytes = t.size - end;
	return once(path, *rows, *n, a);
}

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "exchange/tables.h"

/* Where column @name is, or the number of columns. */
static size_t find(const struct csv *csv, const char *name)
{
	size_t i = 0;

	while (i < csv->columns && strcmp(csv->column[i], name))
		i++;
	return i;
}

static int known(const struct column *c, const char *name)
{
	for (; c->name; c++)
		if (!strcmp(c->name, name))
			return 1;
	return 0;
}

/* Say which columns of @csv and of @c are not in the other. */
static void tell(const struct csv *csv, const struct column *c, struct arena *a)
{
	const char *text = "";

	for (const struct column *p = c; p->name; p++)
		if (find(csv, p->name) == csv->columns)
			text = arena_printf(a, "%s, no %s", text, p->name);
	for (size_t i = 0; i < csv->columns; i++)
		if (!known(c, csv->column[i]))
			text = arena_printf(a, "%s, %s unknown here", text, csv->column[i]);
	if (*text)
		warn("%s: of another version%s", csv->path, text);
}

/* Give every row the columns @c, in that order. */
static void arrange(struct csv *csv, const struct column *c, struct arena *a)
{
	size_t width = 0;

	tell(csv, c, a);
	while (c[width].name)
		width++;
	for (size_t i = 0; i < csv->rows; i++) {
		char **field = arena_alloc(a, (width + 1) * sizeof *field);

		for (size_t k = 0; k < width; k++) {
			size_t at = find(csv, c[k].name);

			field[k] = at < csv->columns ? csv->row[i][at] : arena_strdup(a, "");
		}
		csv->row[i] = field;
	}
}

int tables_plan(struct plan *p, const char *path, struct arena *a)
{
	struct csv csv;

	if (csv_read(&csv, path, a) < 0)
		return -1;
	arrange(&csv, plan_columns, a);
	p->trial = arena_alloc(a, (csv.rows + 1) * sizeof *p->trial);
	for (p->n = 0; p->n < csv.rows; p->n++)
		if (table_read(&csv, p->n, plan_columns, &p->trial[p->n]) < 0)
			return -1;
	return 0;
}

/* Is the first line of @path the header that this version writes? */
static int is_current(const char *path, struct arena *a)
{
	const char *want = samples_header(a);
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t cap = 0;
	int same = !f;		/* samples_read says what is wrong */

	if (f && want && getline(&line, &cap, f) > 0)
		same = !strcmp(line, want);
	free(line);
	if (f)
		fclose(f);
	return same;
}

/* Does row @i carry its seal?  No field is quoted: joined again by commas they
 * are the bytes that were sealed. */
static int sealed(const struct csv *csv, size_t i)
{
	size_t size = 1, last = csv->columns - 1, at = 0;
	char seal[SEAL_LEN + 1] = "", *text;

	for (size_t k = 0; k < last; k++)
		size += strlen(csv->row[i][k]) + 1;
	text = malloc(size);
	if (!text)
		return 0;
	for (size_t k = 0; k < last; k++)
		at += (size_t)sprintf(text + at, "%s%s", k ? "," : "", csv->row[i][k]);
	seal_make(seal, text, at);
	free(text);
	return !strcmp(seal, csv->row[i][last]);
}

/* All rows of @csv, whose last column is the seal.  0, or -1, reported. */
static int check(const struct csv *csv)
{
	if (strcmp(csv->column[csv->columns - 1], seal_column.name))
		return fail("%s:1: the last column is not '%s'", csv->path, seal_column.name);
	for (size_t i = 0; i < csv->rows; i++)
		if (!sealed(csv, i))
			return fail("%s:%zu: damaged: its check does not hold", csv->path, i + 2);
	return 0;
}

static int read_other(const char *path, struct sample **rows, size_t *n, struct arena *a)
{
	struct csv csv;

	if (csv_read(&csv, path, a) < 0 || check(&csv) < 0)
		return -1;
	csv.columns--;
	arrange(&csv, sample_columns, a);
	*rows = arena_alloc(a, (csv.rows + 1) * sizeof **rows);
	for (*n = 0; *n < csv.rows; ++*n) {
		struct sample *s = &(*rows)[*n];

		if (table_read(&csv, *n, sample_columns, s) < 0)
			return -1;
		if (status_find(s->status) == STATUS_COUNT)
			return fail("%s:%zu: unknown status '%s'", path, *n + 2, s->status);
	}
	return 0;
}

int tables_samples(const char *path, struct sample **rows, size_t *n, struct arena *a)
{
	size_t torn;

	if (!is_current(path, a))
		return read_other(path, rows, n, a);
	if (samples_read(path, rows, n, &torn, a) < 0)
		return -1;
	if (torn)
		warn("%s: the last %zu bytes are half a row; left out", path, torn);
	return 0;
}

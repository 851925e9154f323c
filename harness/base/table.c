#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/num.h"
#include "base/table.h"

void table_header(FILE *out, const struct column *c)
{
	for (const struct column *p = c; p->name; p++)
		fprintf(out, "%s%s", p == c ? "" : ",", p->name);
	fputc('\n', out);
}

static void put(FILE *out, const struct column *c, const void *field)
{
	const char *text;
	uint64_t whole;
	double real;

	switch (c->kind) {
	case FIELD_TEXT:
		memcpy(&text, field, sizeof text);
		fputs(text ? text : "", out);
		break;
	case FIELD_WHOLE:
	case FIELD_HEX:
		memcpy(&whole, field, sizeof whole);
		if (whole != NONE)
			fprintf(out, c->kind == FIELD_HEX ? "%016" PRIx64 : "%" PRIu64, whole);
		break;
	case FIELD_REAL:
		memcpy(&real, field, sizeof real);
		if (isfinite(real))
			fprintf(out, "%.9g", real);
		break;
	}
}

void table_row(FILE *out, const struct column *c, const void *row)
{
	for (const struct column *p = c; p->name; p++) {
		if (p != c)
			fputc(',', out);
		put(out, p, (const char *)row + p->offset);
	}
	fputc('\n', out);
}

static int get(const struct column *c, const char *s, void *field)
{
	uint64_t whole = NONE;
	double real = NAN;
	char *end;

	switch (c->kind) {
	case FIELD_TEXT:
		memcpy(field, &s, sizeof s);
		return 0;
	case FIELD_WHOLE:
		if (*s && num_parse(s, &whole) < 0)
			return -1;
		break;
	case FIELD_HEX:
		if (*s && num_parse_hex(s, &whole) < 0)
			return -1;
		break;
	case FIELD_REAL:
		if (*s) {
			real = strtod(s, &end);
			if (*end || !isfinite(real))
				return -1;
		}
		memcpy(field, &real, sizeof real);
		return 0;
	}
	memcpy(field, &whole, sizeof whole);
	return 0;
}

int table_read(const struct csv *csv, size_t i, const struct column *c, void *row)
{
	for (size_t k = 0; c[k].name; k++)
		if (get(&c[k], k < csv->columns ? csv->row[i][k] : "",
			(char *)row + c[k].offset) < 0)
			return fail("%s:%zu: %s '%s' is not a number", csv->path,
				    i + 2, c[k].name, csv->row[i][k]);
	return 0;
}

/* Are the columns of @csv the first of @c? */
static int begins(const struct csv *csv, const struct column *c)
{
	for (size_t n = 0; n < csv->columns; n++)
		if (!c[n].name)
			return fail("%s:1: unknown column '%s'", csv->path, csv->column[n]);
		else if (strcmp(csv->column[n], c[n].name))
			return fail("%s:1: column %zu is '%s', not '%s'", csv->path, n + 1,
				    csv->column[n], c[n].name);
	return 0;
}

static int lacks(const struct csv *csv, const struct column *c)
{
	return fail("%s:1: column %zu is '', not '%s'", csv->path, csv->columns + 1, c->name);
}

int table_check(const struct csv *csv, const struct column *c)
{
	if (begins(csv, c) < 0)
		return -1;
	return c[csv->columns].name ? lacks(csv, c + csv->columns) : 0;
}

/* Likewise, but real numbers may be missing at the end. */
static int check_older(const struct csv *csv, const struct column *c)
{
	if (begins(csv, c) < 0)
		return -1;
	for (c += csv->columns; c->name; c++)
		if (c->kind != FIELD_REAL)
			return lacks(csv, c);
	return 0;
}

static char *temporary(const char *path)
{
	char *tmp = malloc(strlen(path) + sizeof ".tmp");

	if (tmp)
		strcat(strcpy(tmp, path), ".tmp");
	else
		fail("out of memory");
	return tmp;
}

void *table_load(const char *path, const struct column *c, size_t size, size_t *n,
			struct arena *a)
{
	struct csv csv;
	char *rows;

	if (csv_read(&csv, path, a) < 0 || check_older(&csv, c) < 0)
		return NULL;
	rows = arena_alloc(a, (csv.rows + 1) * size);
	for (*n = 0; *n < csv.rows; ++*n)
		if (table_read(&csv, *n, c, rows + *n * size) < 0)
			return NULL;
	return rows;
}

FILE *table_create(const char *path)
{
	char *tmp = temporary(path);
	FILE *f = tmp ? fopen(tmp, "we") : NULL;

	if (tmp && !f)
		fail_errno("%s", tmp);
	free(tmp);
	return f;
}

int table_commit(FILE *f, const char *path)
{
	char *tmp = temporary(path);
	int rc = tmp ? 0 : -1;

	if (!rc && (fflush(f) || ferror(f) || fsync(fileno(f))))
		rc = fail_errno("writing %s", tmp);
	if (fclose(f) && !rc)
		rc = fail_errno("closing %s", tmp);
	if (!rc && rename(tmp, path) < 0)
		rc = fail_errno("renaming %s", tmp);
	if (rc && tmp)
		unlink(tmp);
	free(tmp);
	return rc;
}

void table_drop(FILE *f, const char *path)
{
	char *tmp = temporary(path);

	fclose(f);
	if (tmp)
		unlink(tmp);
	free(tmp);
}

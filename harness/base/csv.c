#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/err.h"

char *csv_text(const char *path, struct arena *a)
{
	FILE *f = fopen(path, "r");
	char *buf = NULL, *text = NULL;
	size_t cap = 0;
	ssize_t n;

	if (!f) {
		fail_errno("%s", path);
		return NULL;
	}
	n = getdelim(&buf, &cap, '\0', f);
	if (ferror(f))
		fail_errno("%s", path);
	else if (n < 0)
		text = arena_strdup(a, "");
	else if (strlen(buf) != (size_t)n)
		fail("%s: holds a NUL byte", path);
	else
		text = arena_strdup(a, buf);
	free(buf);
	fclose(f);
	return text;
}

static size_t count(const char *s, char c)
{
	size_t n = 0;

	for (; *s; s++)
		n += *s == c;
	return n;
}

/* Cut @line, which has @n fields, at its commas. */
static char **split(char *line, size_t n, struct arena *a)
{
	char **field = arena_alloc(a, n * sizeof *field);

	for (size_t i = 0; i < n; i++)
		field[i] = strsep(&line, ",");
	return field;
}

int csv_parse(struct csv *c, const char *path, char *text, struct arena *a)
{
	char *line;
	size_t lines;

	*c = (struct csv){ .path = path };
	if (!*text || text[strlen(text) - 1] != '\n')
		return fail("%s: the last line is not whole", path);
	lines = count(text, '\n');
	c->row = arena_alloc(a, lines * sizeof *c->row);
	line = strsep(&text, "\n");
	c->columns = count(line, ',') + 1;
	c->column = split(line, c->columns, a);
	for (; c->rows + 1 < lines; c->rows++) {
		line = strsep(&text, "\n");
		if (count(line, ',') + 1 != c->columns)
			return fail("%s:%zu: %zu fields, the header has %zu", path,
				    c->rows + 2, count(line, ',') + 1, c->columns);
		c->row[c->rows] = split(line, c->columns, a);
	}
	return 0;
}

int csv_read(struct csv *c, const char *path, struct arena *a)
{
	char *text = csv_text(path, a);

	return text ? csv_parse(c, path, text, a) : -1;
}

int csv_column(const struct csv *c, const char *name)
{
	for (size_t i = 0; i < c->columns; i++)
		if (!strcmp(c->column[i], name))
			return (int)i;
	return fail("%s: no column '%s'", c->path, name);
}

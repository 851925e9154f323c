#include <stddef.h>
#include <string.h>

#include "workloads/resp_parse.h"

void resp_begin(struct resp_parse *p)
{
	memset(p, 0, offsetof(struct resp_parse, line));
	p->line.n = 0;
}

/* A value is complete: so are the arrays that it was the last of. */
static void end_value(struct resp_parse *p)
{
	while (p->depth && !--p->entries[p->depth - 1])
		p->depth--;
	p->done = !p->depth;
}

/* "-1", "0", "42" */
static int number(struct chars t, int64_t *out)
{
	bool minus = t.n && *t.at == '-';
	uint64_t v;

	if (minus) {
		t.at++;
		t.n--;
	}
	if (chars_number(t, 10, &v) < 0)
		return -1;
	*out = minus ? -(int64_t)v : (int64_t)v;
	return 0;
}

static int begin_bulk(struct resp_parse *p, int64_t n)
{
	if (n < -1)
		return -1;
	if (n < 0) {
		end_value(p);
		return 0;
	}
	p->bulk = true;
	p->left = (uint64_t)n + 2;
	return 0;
}

static int begin_array(struct resp_parse *p, int64_t n)
{
	if (n < -1 || p->depth == RESP_DEPTH)
		return -1;
	if (n <= 0)
		end_value(p);
	else
		p->entries[p->depth++] = (uint64_t)n;
	return 0;
}

static int take_line(struct resp_parse *p, struct chars line, struct chars *leaf)
{
	char type = line.n ? *line.at : 0;
	bool first = !p->type;
	int64_t n = 0;

	if (!type || !strchr("+-:$*", type))
		return -1;
	line.at++;
	line.n--;
	if (strchr(":$*", type) && number(line, &n) < 0)
		return -1;
	if (first) {
		p->type = type;
		p->number = n;
		p->nil = n == -1 && type != ':';
	}
	if (type == '*')
		return begin_array(p, n);
	p->leaves++;
	if (type == '$')
		return begin_bulk(p, n);
	*leaf = line;
	end_value(p);
	return 0;
}

/* Of the bytes behind a $, and of the CR LF behind those.  -1 when that is else. */
static ssize_t take_bulk(struct resp_parse *p, const char *bytes, size_t n, struct chars *leaf)
{
	size_t took = p->left - 2 < n ? (size_t)(p->left - 2) : n;

	if (p->left > 2) {
		*leaf = (struct chars){ bytes, took };
		p->left -= took;
		return (ssize_t)took;
	}
	if (*bytes != (p->left == 2 ? '\r' : '\n'))
		return -1;
	if (!--p->left) {
		p->bulk = false;
		end_value(p);
	}
	return 1;
}

ssize_t resp_take(struct resp_parse *p, const char *bytes, size_t n, struct chars *leaf)
{
	size_t at = 0;

	leaf->at = NULL;
	while (at < n && !p->done && !leaf->at) {
		struct chars line = { NULL, 0 };
		ssize_t took = p->bulk ? take_bulk(p, bytes + at, n - at, leaf) :
					 line_take(&p->line, bytes + at, n - at, &line);

		if (took < 0 || (line.at && take_line(p, line, leaf) < 0))
			return -1;
		at += (size_t)took;
	}
	return (ssize_t)at;
}

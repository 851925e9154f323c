#include <string.h>
#include <strings.h>

#include "workloads/line_parse.h"

static struct chars strip(const char *at, size_t n)
{
	return (struct chars){ at, n - 2 };
}

/* A line that is whole in one piece is not copied. */
ssize_t line_take(struct line *l, const char *bytes, size_t n, struct chars *whole)
{
	const char *lf = n ? memchr(bytes, '\n', n) : NULL;
	size_t took = lf ? (size_t)(lf - bytes) + 1 : n;

	whole->at = NULL;
	if (took > LINE_BYTES - l->n)
		return -1;
	if (lf && !l->n) {
		*whole = strip(bytes, took);
		return took > 1 && lf[-1] == '\r' ? (ssize_t)took : -1;
	}
	if (took)
		memcpy(l->text + l->n, bytes, took);
	l->n += took;
	if (lf) {
		if (l->n < 2 || l->text[l->n - 2] != '\r')
			return -1;
		*whole = strip(l->text, l->n);
		l->n = 0;
	}
	return (ssize_t)took;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 16;
}

int chars_number(struct chars t, unsigned base, uint64_t *out)
{
	uint64_t v = 0;

	for (size_t i = 0; i < t.n; i++) {
		unsigned d = (unsigned)digit(t.at[i]);

		if (d >= base || v > ((uint64_t)INT64_MAX - d) / base)
			return -1;
		v = v * base + d;
	}
	*out = v;
	return t.n ? 0 : -1;
}

int chars_is(struct chars t, const char *s)
{
	return strlen(s) == t.n && !strncasecmp(t.at, s, t.n);
}

struct chars chars_cut(struct chars *t, char c)
{
	const char *at = t->n ? memchr(t->at, c, t->n) : NULL;
	struct chars head = { t->at, at ? (size_t)(at - t->at) : t->n };
	size_t gone = at ? head.n + 1 : head.n;

	t->at += gone;
	t->n -= gone;
	return head;
}

#include <string.h>

#include "workloads/http_parse.h"

void http_begin(struct http_parse *p)
{
	p->state = HTTP_STATUS;
	p->status = 0;
	p->left = p->length = 0;
	p->sized = p->chunked = p->close = false;
	p->line.n = 0;
}

/* "HTTP/1.1 200 OK"; the reason may be empty or missing. */
static int take_status(struct http_parse *p, struct chars line)
{
	struct chars version = chars_cut(&line, ' '), code = chars_cut(&line, ' ');
	uint64_t v;

	if (!chars_is(version, "HTTP/1.1") || code.n != 3 || chars_number(code, 10, &v) < 0 ||
	    v < 100)
		return -1;
	p->status = (unsigned)v;
	p->state = HTTP_HEADER;
	return 0;
}

static struct chars trim(struct chars t)
{
	while (t.n && (*t.at == ' ' || *t.at == '\t')) {
		t.at++;
		t.n--;
	}
	while (t.n && (t.at[t.n - 1] == ' ' || t.at[t.n - 1] == '\t'))
		t.n--;
	return t;
}

/* Only what says where the body ends matters here.  A length that is said twice,
 * or beside chunks, is how requests are smuggled: refused. */
static int take_header(struct http_parse *p, struct chars line)
{
	struct chars value = line, name = chars_cut(&value, ':');

	if (!name.n || name.n == line.n)
		return -1;
	value = trim(value);
	if (chars_is(name, "content-length")) {
		if (p->sized || p->chunked || chars_number(value, 10, &p->left) < 0)
			return -1;
		p->sized = true;
	} else if (chars_is(name, "transfer-encoding")) {
		if (p->sized || p->chunked || !chars_is(value, "chunked"))
			return -1;
		p->chunked = true;
	} else if (chars_is(name, "connection")) {
		p->close = chars_is(value, "close");
	}
	return 0;
}

/* What follows the empty line behind the header. */
static int end_header(struct http_parse *p)
{
	bool never = p->status < 200 || p->status == 204 || p->status == 304;

	if (!never && !p->sized && !p->chunked)
		return -1;
	if (never || (p->sized && !p->left))
		p->state = HTTP_DONE;
	else
		p->state = p->chunked ? HTTP_SIZE : HTTP_BODY;
	return 0;
}

/* "1f4;name=value" */
static int take_size(struct http_parse *p, struct chars line)
{
	if (chars_number(trim(chars_cut(&line, ';')), 16, &p->left) < 0)
		return -1;
	p->state = p->left ? HTTP_BODY : HTTP_TRAILER;
	return 0;
}

static int take_line(struct http_parse *p, struct chars line)
{
	switch (p->state) {
	case HTTP_STATUS:
		return take_status(p, line);
	case HTTP_HEADER:
		return line.n ? take_header(p, line) : end_header(p);
	case HTTP_SIZE:
		return take_size(p, line);
	case HTTP_CHUNK_END:
		p->state = HTTP_SIZE;
		return line.n ? -1 : 0;
	default:
		if (!line.n)
			p->state = HTTP_DONE;
		return 0;
	}
}

static size_t take_body(struct http_parse *p, const char *bytes, size_t n, struct chars *body)
{
	*body = (struct chars){ bytes, n < p->left ? n : (size_t)p->left };
	p->left -= body->n;
	p->length += body->n;
	if (!p->left)
		p->state = p->chunked ? HTTP_CHUNK_END : HTTP_DONE;
	return body->n;
}

ssize_t http_take(struct http_parse *p, const char *bytes, size_t n, struct chars *body)
{
	size_t at = 0;

	body->at = NULL;
	while (at < n && p->state != HTTP_DONE) {
		struct chars line;
		ssize_t took;

		if (p->state == HTTP_BODY)
			return (ssize_t)(at + take_body(p, bytes + at, n - at, body));
		took = line_take(&p->line, bytes + at, n - at, &line);
		if (took < 0 || (line.at && take_line(p, line) < 0))
			return -1;
		at += (size_t)took;
	}
	return (ssize_t)at;
}

/*
 * http_parse.h - one HTTP/1.1 reply after another, out of bytes that come in any
 * pieces (RFC 9112).  Floor 1; pure: no input, no output.
 *
 * Only replies that leave the connection usable are taken: a body's end is known
 * from Content-Length or from its chunks, never from the connection's end.
 */
#ifndef WORKLOADS_HTTP_PARSE_H
#define WORKLOADS_HTTP_PARSE_H

#include <stdbool.h>

#include "workloads/line_parse.h"

struct http_parse {
	enum http_state {
		HTTP_STATUS,	/* all zero: at the start of a reply */
		HTTP_HEADER,
		HTTP_BODY,	/* left bytes of it, or of a chunk, to come */
		HTTP_SIZE,	/* the line before a chunk */
		HTTP_CHUNK_END,	/* the empty line behind one */
		HTTP_TRAILER,
		HTTP_DONE,
	} state;
	unsigned status;	/* 200, 404, ... */
	uint64_t left;
	uint64_t length;	/* bytes of the body, without the chunks' sizes */
	bool sized, chunked;	/* as the header says */
	bool close;		/* the server ends the connection now */
	struct line line;
};

/* At the start of a reply. */
void http_begin(struct http_parse *p);

/* Take bytes of one reply: how many of the @n, all of them unless the reply is
 * complete (p->state is HTTP_DONE) or a piece of its body was found, which is
 * then *@body, within @bytes; otherwise body->at is NULL.  -1 when this is not a
 * reply, or none that can be taken. */
ssize_t http_take(struct http_parse *p, const char *bytes, size_t n, struct chars *body);

#endif

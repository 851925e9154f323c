/*
 * memcache_parse.h - one reply of memcached's text protocol after another, out of
 * bytes that come in any pieces.  Floor 1; pure: no input, no output.
 */
#ifndef WORKLOADS_MEMCACHE_PARSE_H
#define WORKLOADS_MEMCACHE_PARSE_H

#include <stdbool.h>

#include "workloads/line_parse.h"

enum memcache_kind {
	MEMCACHE_NOTHING,	/* not complete */
	MEMCACHE_VALUES,	/* of a get: p->values of them, perhaps none */
	MEMCACHE_STORED,
	MEMCACHE_WORD,		/* NOT_STORED, DELETED, VERSION ..., a number */
	MEMCACHE_ERROR,		/* ERROR, CLIENT_ERROR ..., SERVER_ERROR ... */
};

struct memcache_parse {
	enum memcache_kind kind;	/* of the reply, when it is complete */
	uint64_t values;	/* begun */
	uint64_t bytes;		/* of the value in hand, or of the last one */
	bool block;		/* in the bytes of a value ... */
	uint64_t left;		/* ... of which so many are to come, CR LF too */
	struct line line;
};

/* At the start of a reply. */
void memcache_begin(struct memcache_parse *p);

/* Take bytes of one reply: how many of the @n, all of them unless it is complete
 * (p->kind) or a piece of value number p->values was found, which is then *@value,
 * within @bytes; otherwise value->at is NULL.  -1 when this is no reply. */
ssize_t memcache_take(struct memcache_parse *p, const char *bytes, size_t n,
		      struct chars *value);

#endif

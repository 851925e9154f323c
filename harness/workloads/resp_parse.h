/*
 * resp_parse.h - one reply of Redis's protocol, RESP2, after another, out of
 * bytes that come in any pieces.  Floor 1; pure: no input, no output.
 */
#ifndef WORKLOADS_RESP_PARSE_H
#define WORKLOADS_RESP_PARSE_H

#include <stdbool.h>

#include "workloads/line_parse.h"

enum { RESP_DEPTH = 8 };	/* arrays within arrays */

struct resp_parse {
	bool done;		/* the reply is complete */
	char type;		/* of all of it: + - : $ * or 0, not known yet */
	bool nil;		/* it is a $ or a * that is not there */
	int64_t number;		/* of a :; bytes of a $, entries of a * */
	uint64_t leaves;	/* values begun that are no arrays */
	bool bulk;		/* in the bytes of a $ ... */
	uint64_t left;		/* ... of which so many are to come, CR LF too */
	unsigned depth;		/* arrays that we are in */
	uint64_t entries[RESP_DEPTH];	/* to come in each, counting the one in hand */
	struct line line;
};

/* At the start of a reply. */
void resp_begin(struct resp_parse *p);

/* Take bytes of one reply: how many of the @n, all of them unless it is complete
 * (p->done) or a piece of a leaf was found: of the bytes of a $, or all the text
 * of a +, - or :, number p->leaves of the reply.  That is then *@leaf and holds
 * until @bytes or @p are written to; otherwise leaf->at is NULL.  -1 when this is
 * no reply. */
ssize_t resp_take(struct resp_parse *p, const char *bytes, size_t n, struct chars *leaf);

#endif

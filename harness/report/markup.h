/*
 * markup.h - a drawing's XML, one piece at a time.
 *
 * Only what drawings are made of: elements, attributes, text.  Comments and
 * processing instructions are passed over; declarations, CDATA and entities but
 * the five of XML are refused, and so is whatever is not well formed: what has
 * been read to its end can be written again as it was.
 */
#ifndef REPORT_MARKUP_H
#define REPORT_MARKUP_H

#include <stdbool.h>
#include <stddef.h>

/* A part of the text that is read, not ended by a NUL. */
struct piece {
	const char *at;
	size_t n;
};
bool piece_is(struct piece p, const char *s);

enum { MARKUP_DEPTH = 32, MARKUP_ATTRIBUTES = 32 };

enum markup_kind {
	MARKUP_OPEN,		/* <name ...>; if empty, there is no </name> */
	MARKUP_CLOSE,		/* </name> */
	MARKUP_TEXT,
	MARKUP_END,		/* all was read, and all was closed */
	MARKUP_WRONG,		/* the reason says why */
};

struct attribute {
	struct piece name, value;	/* the value as written, without quotes */
	char quote;
};

struct markup {
	const char *at;			/* what is read next */
	struct piece name;		/* of the element */
	bool empty;
	struct attribute attribute[MARKUP_ATTRIBUTES];
	size_t attributes;
	struct piece text;
	struct piece open[MARKUP_DEPTH];	/* elements around this place */
	size_t depth, roots;
	const char *reason;
};

/* Begin to read @text, which must outlive @m. */
void markup_init(struct markup *m, const char *text);

/* The next piece.  After MARKUP_END or MARKUP_WRONG there is none. */
enum markup_kind markup_next(struct markup *m);

#endif

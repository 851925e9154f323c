/*
 * line_parse.h - lines ended by CR LF, out of bytes that come in any pieces.
 * Floor 1; pure: no input, no output.  What the parsers of HTTP, of Redis's
 * protocol and of memcached's are made of.
 */
#ifndef WORKLOADS_LINE_PARSE_H
#define WORKLOADS_LINE_PARSE_H

#include <stdint.h>
#include <sys/types.h>

enum { LINE_BYTES = 1024 };	/* the longest line, CR LF included */

/* Some characters, not ended by NUL; at NULL: none yet. */
struct chars {
	const char *at;
	size_t n;
};

/* What has come of a line so far; all zero at its start. */
struct line {
	size_t n;
	char text[LINE_BYTES];
};

/* Take bytes of one line: how many of the @n, at least one if @n is.  When that
 * completes it, *@whole is the line without its CR LF, in @bytes or in @l, and
 * holds until either is written to; else whole->at is NULL.  -1 when the line is
 * too long or ends otherwise. */
ssize_t line_take(struct line *l, const char *bytes, size_t n, struct chars *whole);

/* Read @t, decimal digits and nothing else, or hexadecimal ones with @base 16.
 * 0, or -1 when it is empty, has anything else in it, or is over INT64_MAX. */
int chars_number(struct chars t, unsigned base, uint64_t *out);

/* Whether @t is the word @s, whatever the case of its letters. */
int chars_is(struct chars t, const char *s);

/* What of @t is before the first @c, which goes, with it, out of *@t. */
struct chars chars_cut(struct chars *t, char c);

#endif

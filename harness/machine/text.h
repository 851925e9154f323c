/*
 * text.h - the small text files in which the kernel tells about itself.
 * Nothing here reports: that a file is missing is an answer, too.
 */
#ifndef MACHINE_TEXT_H
#define MACHINE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Read the file whose path the format gives into @buf, at most @n - 1 bytes,
 * without white space at its end.  True, or false with @buf "". */
bool text_read(char *buf, size_t n, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The number that follows @key and a blank at the start of a line, as in
 * "throttled_usec 12" or "MemTotal:   12 kB".  False when there is none. */
bool text_number(const char *text, const char *key, uint64_t *out);

/* The rest of the first line that starts with @key, blanks and a colon, as in
 * "model name\t: x".  False, with @buf "", when there is none. */
bool text_field(const char *text, const char *key, char *buf, size_t n);

/* Reduce "always [madvise] never" to "madvise", in place. */
void text_choice(char *s);

/* Append to @buf of @n bytes; what does not fit ends it with "...". */
void text_add(char *buf, size_t n, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif

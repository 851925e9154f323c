/*
 * html.h - how text gets into a page: escaped, always.
 *
 * The page is HTML5 written as well-formed XML, so that browsers and XML parsers
 * read the same.  There is no way to print a text as it is: what comes from a
 * table, an experiment or the machine may hold anything.
 */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Print @fmt, in which %s is the one conversion, its text escaped; it may stand in
 * an element or in a quoted attribute.  Bytes that are no character of XML come
 * out as U+FFFD. */
void html(FILE *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The character of UTF-8 at @s, into *@c: how many bytes it has; 0 for what is
 * malformed or must not stand in a page (control characters, noncharacters). */
size_t html_char(const char *s, uint32_t *c);

#endif

/*
 * picture.h - a drawing copied into the page.
 *
 * What is copied is what charts are made of, by a list of elements and attributes:
 * no script, no link but to the drawing itself, nothing that is fetched.  Its ids
 * get a prefix, so that drawings do not use one another's marks.
 */
#ifndef REPORT_PICTURE_H
#define REPORT_PICTURE_H

#include <stdio.h>

#include "base/mem.h"

struct picture {
	const char *text;	/* the whole file */
	const char **id;	/* those that the drawing itself refers to */
	size_t ids;
};

/* Read and check @path.  NULL; or why it cannot be shown, @p then being of no use. */
const char *picture_read(struct picture *p, const char *path, struct arena *a);

/* Write it as an element svg called @label, @prefix before its ids. */
void picture_print(FILE *out, const struct picture *p, const char *prefix,
		   const char *label);

#endif

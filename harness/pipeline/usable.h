/*
 * usable.h - machine.csv: how much of this machine a run could use, kept with
 * the run because claims may ask for more.
 */
#ifndef PIPELINE_USABLE_H
#define PIPELINE_USABLE_H

#include "base/table.h"

struct usable {
	uint64_t cores, pus;
	uint64_t max_workers;		/* what `max` meant */
};
extern const struct column usable_columns[];

/* The one row of @path.  0, or -1, reported. */
int usable_write(const struct usable *u, const char *path);
int usable_read(struct usable *u, const char *path);

#endif

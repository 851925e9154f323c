/*
 * tables.h - plan.csv and samples.csv, whichever version wrote them.  Runs are
 * compared across versions, and columns come and go between those: here they
 * are found by name.  One that the file lacks has no values; one that is not
 * known here is passed over; both are warned of.
 */
#ifndef EXCHANGE_TABLES_H
#define EXCHANGE_TABLES_H

#include "pipeline/plan.h"
#include "pipeline/record.h"

/* As plan_read and samples_read, with which they agree on a file of this
 * version.  A half row at the end of one of another version is an error. */
int tables_plan(struct plan *p, const char *path, struct arena *a);
int tables_samples(const char *path, struct sample **rows, size_t *n, struct arena *a);

#endif

/* keep.h - from how a trial ended to its rows in samples.csv. */
#ifndef PIPELINE_KEEP_H
#define PIPELINE_KEEP_H

#include "pipeline/store.h"
#include "pipeline/supervise.h"

/* Append a row for each pass, counted on from @rep; one without numbers for a
 * trial that has none.  0, or -1, reported. */
int keep(struct store *s, const char *run_id, const struct trial *t, uint64_t rep,
	 const struct ending *e, const struct outcome *o);

#endif

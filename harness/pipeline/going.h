/*
 * going.h - a run in progress: what is done of its plan, and where the rows go.
 */
#ifndef PIPELINE_GOING_H
#define PIPELINE_GOING_H

#include "pipeline/names.h"
#include "pipeline/run.h"
#include "pipeline/store.h"

struct going {
	const char *dir, *run_id;
	struct plan plan;
	struct sample *rows;	/* valid rows there are already */
	size_t nrows;
	struct store store;
	struct names settled;	/* experiments that need no more blocks */
	bool enough;		/* the one at hand does */
	struct arena arena;
	int lock, bins;
	uint64_t count[STATUS_COUNT];	/* trials by how they ended */
	double *wall_ns;		/* [plan.n] as settled() wants it */
	uint64_t *tries;		/* [plan.n] there were before; ATTEMPTS: no
					 * more are wanted */
};

/* Run what is not done yet, behind what samples.csv has but for its last
 * @torn_bytes.  dir, run_id, plan, rows and lock are set. */
enum code going_on(struct going *g, size_t torn_bytes);

#endif

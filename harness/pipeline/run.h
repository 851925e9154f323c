/*
 * run.h - a results folder, from the first calibration to the last row.
 *
 * results/<run-id>/ holds plan.csv (what was to be run), experiments/ (the
 * files as they were), machine.csv, manifest.json and samples.csv.  The claims
 * are thus frozen before the first measurement.
 */
#ifndef PIPELINE_RUN_H
#define PIPELINE_RUN_H

#include "pipeline/plan.h"

/* Exit codes of the program. */
enum code {
	CODE_OK = 0,
	CODE_INTERNAL = 1,	/* internal or I/O error */
	CODE_USAGE = 2,		/* usage, or a wrong experiment file */
	CODE_FAILED = 3,	/* some trials failed; the others are there */
	CODE_CLAIM = 4,		/* --strict, and a claim fails */
	CODE_STORE = 5,		/* results could not be stored */
	CODE_LOCKED = 75,	/* another run is measuring */
	CODE_INTERRUPTED = 130,
};

struct request {
	const char *out;		/* folder to make; NULL: results/<run-id> */
	const char **path;		/* experiment files */
	size_t paths;
	const struct profile *profile;
	struct filter filter;
	uint64_t seed;			/* 0: from the clock, and recorded */
	const char *plots;		/* folder of the scripts */
};

enum { DIR_MAX = 512 };

/* Plan, calibrate and run.  @dir gets the folder.  An exit code. */
enum code run_new(const struct request *r, char dir[DIR_MAX]);

/* Run what has no valid row in folder @dir.  An exit code. */
enum code run_resume(const char *dir);

/* Read the specs of a request and plan them.  @t is this machine, or a
 * synthetic one for a plan that is only looked at. */
int run_plan(const struct request *r, struct topology *t, struct spec **specs,
	     struct plan *p, struct arena *a);

#endif

/*
 * folder.h - results/<run-id>/: made, filled with what the run needs to be
 * understood later, and found again.
 */
#ifndef PIPELINE_FOLDER_H
#define PIPELINE_FOLDER_H

#include "pipeline/run.h"

enum { RUN_ID_MAX = 64 };

/* Make the folder of a new run: @out, which must not exist or be empty, or
 * results/<run-id>.  0, or -1, reported. */
int folder_make(const char *out, char dir[DIR_MAX], char run_id[RUN_ID_MAX]);

/* Write machine.csv and copy the experiment files.  0, or -1, reported. */
int folder_fill(const char *dir, const struct spec *specs, size_t n,
		const struct topology *t);

/* Undo folder_make, when nothing was measured. */
void folder_drop(const char *dir);

/* Let results/latest point to @dir, if that is in results/. */
void folder_latest(const char *dir);

#endif

/*
 * manifest.h - under what conditions a run was made: manifest.json.
 */
#ifndef PIPELINE_MANIFEST_H
#define PIPELINE_MANIFEST_H

#include "pipeline/run.h"

/* Hash of the running executable: rows of two builds never mix. */
uint64_t manifest_build(void);

/* Version, commit, compiler and libraries, for people. */
const char *manifest_version(void);
void manifest_print(FILE *out);

/* Write DIR/manifest.json.  0, or -1, reported. */
int manifest_write(const char *dir, const char *run_id, const struct request *r,
		   const struct topology *t);

/* Add when it ended and how many trials ended how.  0, or -1, reported. */
int manifest_end(const char *dir, const uint64_t *count);

/* 0 when this build and this machine made DIR; -1 having reported both values;
 * *run_id is the arena's. */
int manifest_same(const char *dir, const char **run_id, struct arena *a);

#endif

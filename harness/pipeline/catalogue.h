/* catalogue.h - what there is, as one JSON document. */
#ifndef PIPELINE_CATALOGUE_H
#define PIPELINE_CATALOGUE_H

#include <stdio.h>

/* Workloads, strategies, placements and metrics, with their parameters.  0, or
 * -1, reported. */
int catalogue_json(FILE *out);

#endif

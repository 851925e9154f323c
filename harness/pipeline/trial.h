/* trial.h - the process that runs one trial and reports. */
#ifndef PIPELINE_TRIAL_H
#define PIPELINE_TRIAL_H

#include "pipeline/plan.h"

/* A trial as the text of a one-row plan.csv, and back. */
char *trial_print(const struct trial *t, struct arena *a);
int trial_parse(struct trial *t, const char *text, struct arena *a);

/* Run it in this process and report to @fd.  The exit code of the process: 0
 * when a result was reported, whatever it says. */
int trial_main(const struct trial *t, int fd);

#endif

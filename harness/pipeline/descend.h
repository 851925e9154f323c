/*
 * descend.h - the processes that came of a trial.  The supervisor is a
 * subreaper: an orphan of the trial becomes its child, whatever session or
 * group it moved to.
 */
#ifndef PIPELINE_DESCEND_H
#define PIPELINE_DESCEND_H

#include <stdbool.h>
#include <sys/types.h>

/* Kill what is left of group @pgid and every other child we have, and reap it
 * all.  Returns how many were found alive. */
unsigned descend_kill(pid_t pgid);

/* True when every thread of every process of group @pgid waits in the kernel
 * for a lock, at a pipe or for another process, none with an end to its wait, and
 * at least one for a lock or at a pipe.  False when that cannot be told. */
bool descend_asleep(pid_t pgid);

#endif

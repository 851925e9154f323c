/*
 * lock.h - one measurement at a time: in a folder, and on the machine, because
 * two in different folders spoil each other too.
 *
 * flock() locks are inherited by the trials on purpose: while one survives a
 * killed supervisor, the machine is still busy, and the lock says so.
 */
#ifndef PIPELINE_LOCK_H
#define PIPELINE_LOCK_H

/* Lock folder @dir and the machine, whoever its users are: the machine's lock is
 * /tmp/samework.lock, or the file that SAMEWORK_LOCK names.  The descriptor of the machine's lock; -1,
 * reported; or -2 when another run holds one of them, reported with its pid. */
int lock_take(const char *dir);

#endif

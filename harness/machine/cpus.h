/*
 * cpus.h - how many processors there are, by the kernel's files: the facts that
 * must be there even when hwloc is not asked.
 */
#ifndef MACHINE_CPUS_H
#define MACHINE_CPUS_H

#include <stddef.h>

unsigned cpus_online(void);

/* How many the calling thread may run on, and, unless @list is NULL, which, as
 * in "0-3;8", cut short when longer than @n. */
unsigned cpus_usable(char *list, size_t n);

/* The least and the greatest of them. */
void cpus_ends(int *first, int *last);

/* How many online CPUs are the first in their file @name of topology/, such as
 * "core_siblings_list": the number of packages.  0 when there is none. */
unsigned cpus_leading(const char *name);

/* Bytes of the data cache of @level that CPU 0 sees, 0 when unknown. */
unsigned long cpus_cache(unsigned level);

#endif

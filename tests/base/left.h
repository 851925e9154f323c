/* left.h - what a piece of code may have left in this process. */
#ifndef TESTS_LEFT_H
#define TESTS_LEFT_H

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

/* How many descriptors are open here. */
static inline unsigned open_fds(void)
{
	unsigned n = 0;

	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* How many pieces of memory are mapped here that have a file without a name, as
 * whatever is shared between processes has. */
static inline unsigned shared_maps(void)
{
	FILE *f = fopen("/proc/self/maps", "re");
	char line[512];
	unsigned n = 0;

	while (f && fgets(line, sizeof line, f))
		n += strstr(line, "(deleted)") != NULL;
	if (f)
		fclose(f);
	return n;
}

#endif

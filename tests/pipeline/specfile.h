/* specfile.h - a folder of its own with one experiment file in it. */
#ifndef TESTS_PIPELINE_SPECFILE_H
#define TESTS_PIPELINE_SPECFILE_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct specfile {
	char folder[48], path[64];
};

/* Write @n bytes of @text as NAME "try".  0 or -1. */
static inline int specfile_write(struct specfile *s, const char *text, size_t n)
{
	FILE *f;

	if (!*s->folder) {
		snprintf(s->folder, sizeof s->folder, "/tmp/samework-test-XXXXXX");
		if (!mkdtemp(s->folder))
			return -1;
		snprintf(s->path, sizeof s->path, "%s/try.yaml", s->folder);
	}
	f = fopen(s->path, "we");
	if (!f)
		return -1;
	fwrite(text, 1, n, f);
	return fclose(f);
}

static inline void specfile_remove(struct specfile *s)
{
	if (*s->folder) {
		unlink(s->path);
		rmdir(s->folder);
	}
	*s = (struct specfile){ 0 };
}

#endif

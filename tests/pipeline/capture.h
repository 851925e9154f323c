/* capture.h - what is said on stderr between two calls. */
#ifndef TESTS_PIPELINE_CAPTURE_H
#define TESTS_PIPELINE_CAPTURE_H

#include <stdio.h>
#include <unistd.h>

struct capture {
	FILE *file;
	int saved;
};

static inline struct capture capture_start(void)
{
	struct capture c = { tmpfile(), dup(STDERR_FILENO) };

	fflush(stderr);
	if (c.file)
		dup2(fileno(c.file), STDERR_FILENO);
	return c;
}

/* Stop, and put what was said, cut to @n - 1 bytes, into @text. */
static inline void capture_stop(struct capture *c, char *text, size_t n)
{
	size_t got = 0;

	fflush(stderr);
	dup2(c->saved, STDERR_FILENO);
	close(c->saved);
	if (c->file) {
		rewind(c->file);
		got = fread(text, 1, n - 1, c->file);
		fclose(c->file);
	}
	text[got] = '\0';
}

#endif

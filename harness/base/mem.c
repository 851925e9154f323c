#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/err.h"
#include "base/mem.h"

struct arena_block {
	struct arena_block *next;
	alignas(max_align_t) unsigned char bytes[];
};

void *arena_alloc(struct arena *a, size_t bytes)
{
	struct arena_block *b = calloc(1, sizeof *b + bytes);

	if (!b) {
		fail("out of memory");
		exit(1);
	}
	b->next = a->head;
	a->head = b;
	return b->bytes;
}

char *arena_strdup(struct arena *a, const char *s)
{
	size_t n = strlen(s) + 1;

	return memcpy(arena_alloc(a, n), s, n);
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	char *text, *copy;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0) {
		fail("out of memory");
		exit(1);
	}
	copy = arena_strdup(a, text);
	free(text);
	return copy;
}

void arena_release(struct arena *a)
{
	while (a->head) {
		struct arena_block *b = a->head;

		a->head = b->next;
		free(b);
	}
}

void *shared_map(size_t bytes)
{
	void *p = mmap(NULL, bytes ? bytes : 1, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

void shared_unmap(void *p, size_t bytes)
{
	if (p)
		munmap(p, bytes ? bytes : 1);
}

/*
 * mem.h - the two kinds of memory this suite uses.
 *
 * arena:  everything read from a file or planned from it; freed all at once.
 * shared: everything a run touches; mapped so that threads and forked
 *         processes see the same bytes, which is what keeps them matched.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

struct arena {
	struct arena_block *head;	/* zero-initialise an arena */
};

/* Zeroed, max-aligned memory owned by @a; exits when out of memory, because
 * specs and plans are small and are made before anything is measured. */
void *arena_alloc(struct arena *a, size_t bytes);
char *arena_strdup(struct arena *a, const char *s);
char *arena_printf(struct arena *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void arena_release(struct arena *a);

/* Zeroed, page-aligned, shared by every process forked later.  0 bytes give
 * one page.  NULL on error, with errno set.  shared_unmap(NULL, n) is fine. */
void *shared_map(size_t bytes);
void shared_unmap(void *p, size_t bytes);

#endif

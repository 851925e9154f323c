/*
 * pieces.h - give a parser the same bytes in pieces of any size: what it finds
 * must not depend on where they were cut.  For the tests of the parsers, and for
 * the fuzzer.
 *
 * Each piece is a copy of its own, exactly as long, so that a sanitizer sees a
 * byte read too far.
 */
#ifndef TESTS_PIECES_H
#define TESTS_PIECES_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "workloads/line_parse.h"

enum { FOUND_BYTES = 1 << 16 };

/* What was found in some bytes, as text: everything of every reply. */
struct found {
	bool broken;		/* the parser broke its word */
	size_t n;
	char text[FOUND_BYTES];
};

/* A parser as the tests see it. */
struct parser {
	const char *name;
	void (*begin)(void);

	/* As http_take(); *@done when a reply is complete. */
	ssize_t (*take)(const char *bytes, size_t n, struct chars *piece, bool *done);

	/* What is known of a complete reply, and of one that is not. */
	int (*describe)(char *out, size_t n);
};

static inline void found_add(struct found *f, const char *bytes, size_t n)
{
	if (n > sizeof f->text - f->n)
		n = sizeof f->text - f->n;
	memcpy(f->text + f->n, bytes, n);
	f->n += n;
}

static inline void found_end(struct found *f, const struct parser *p)
{
	char text[256];

	found_add(f, text, (size_t)p->describe(text, sizeof text));
}

/* Give it one piece.  false: it was refused, or see broken. */
static inline bool give(const struct parser *p, const char *bytes, size_t n, struct found *f)
{
	size_t at = 0;

	while (at < n) {
		struct chars piece;
		bool done = false;
		ssize_t took = p->take(bytes + at, n - at, &piece, &done);

		if (took < 0) {
			found_add(f, "<refused>", 9);
			return false;
		}
		if ((size_t)took > n - at || (!took && !done)) {
			f->broken = true;
			return false;
		}
		if (piece.at)
			found_add(f, piece.at, piece.n);
		at += (size_t)took;
		if (done) {
			found_end(f, p);
			p->begin();
		}
	}
	return true;
}

/* All of @n bytes, cut where @cut says, a function of the place; what is found. */
static inline void parse(const struct parser *p, const char *bytes, size_t n,
			 bool (*cut)(size_t at, uint64_t arg), uint64_t arg, struct found *f)
{
	bool going = true;

	f->n = 0;
	f->broken = false;
	p->begin();
	for (size_t from = 0, to; going && from < n; from = to) {
		char *copy;

		for (to = from + 1; to < n && !cut(to, arg);)
			to++;
		copy = malloc(to - from);
		if (!copy)
			abort();
		memcpy(copy, bytes + from, to - from);
		going = give(p, copy, to - from, f);
		free(copy);
	}
	found_end(f, p);
}

static inline bool cut_never(size_t at, uint64_t arg)
{
	(void)at, (void)arg;
	return false;
}

static inline bool cut_at(size_t at, uint64_t arg)
{
	return at == arg;
}

static inline bool cut_always(size_t at, uint64_t arg)
{
	(void)at, (void)arg;
	return true;
}

/* At places as random as @arg. */
static inline bool cut_randomly(size_t at, uint64_t arg)
{
	return rng_at(arg, at) % 7 == 0;
}

static inline bool found_same(const struct found *a, const struct found *b)
{
	return !a->broken && !b->broken && a->n == b->n && !memcmp(a->text, b->text, a->n);
}

/* Whether what is found in @bytes is the same in one piece, in single bytes, and
 * cut as @seed says. */
static inline bool pieces_agree(const struct parser *p, const char *bytes, size_t n,
				uint64_t seed)
{
	static struct found whole, some;

	parse(p, bytes, n, cut_never, 0, &whole);
	parse(p, bytes, n, cut_always, 0, &some);
	if (!found_same(&whole, &some))
		return false;
	parse(p, bytes, n, cut_randomly, seed, &some);
	return found_same(&whole, &some);
}

/* Change some of @n bytes, as @seed says: what a fuzzer does, the same each time.
 * How many there are then; there is room for @max. */
static inline size_t mutate(char *bytes, size_t n, size_t max, uint64_t seed)
{
	static const char *const words[] = {
		"\r\n", "0", "9999999999999999999", "-1", "\n", "$", "*", ":", "\r\n\r\n",
		"Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n", "END\r\n",
		"VALUE a 0 3\r\n", "ffffffffffffffff", "+", "2147483648",
	};

	for (uint64_t k = 0; k <= rng_at(seed, 0) % 4; k++) {
		uint64_t r = rng_at(seed, 1 + k);
		size_t at = n ? (r >> 8) % n : 0;
		const char *w = words[(r >> 40) % (sizeof words / sizeof *words)];
		size_t length = strlen(w);

		if (r % 4 == 0 && n) {
			bytes[at] = (char)(r >> 32);
		} else if (r % 4 == 1 && n) {
			memmove(bytes + at, bytes + at + 1, --n - at);
		} else if (n + length <= max) {
			memmove(bytes + at + length, bytes + at, n - at);
			memcpy(bytes + at, w, length);
			n += length;
		}
	}
	return n;
}

#endif

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "pipeline/progress.h"

void progress_start(struct progress *p, size_t total)
{
	const char *term = getenv("TERM");

	*p = (struct progress){ .total = total, .begun_ns = clock_ns() };
	p->live = isatty(STDERR_FILENO) && term && strcmp(term, "dumb");
}

/* Seconds left, from the trials so far. */
static uint64_t left_s(const struct progress *p)
{
	uint64_t took = clock_ns() - p->begun_ns;

	return p->done ? took / p->done * (p->total - p->done) / NS_PER_SEC : 0;
}

void progress_show(struct progress *p, uint64_t block, const char *cell)
{
	uint64_t s = left_s(p);

	if (p->live) {
		fprintf(stderr, "\r\033[K[%zu/%zu, %" PRIu64 ":%02" PRIu64 " left] %.60s",
			p->done + 1, p->total, s / 60, s % 60, cell);
	} else if (block != p->said) {
		fprintf(stderr, "samework: block %" PRIu64 ": trial %zu of %zu, about %" PRIu64
			" s left\n", block, p->done + 1, p->total, s);
	}
	p->said = block;
	p->done++;
}

void progress_end(struct progress *p)
{
	if (p->live)
		fputs("\r\033[K", stderr);
}

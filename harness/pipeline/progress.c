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

/* Seconds left, if what is to come takes as long as the trials so far. */
static uint64_t left_s(const struct progress *p)
{
	return (clock_ns() - p->begun_ns) / p->done * (p->total - p->done) / NS_PER_SEC;
}

void progress_show(struct progress *p, uint64_t block, const char *cell)
{
	uint64_t s = p->done ? left_s(p) : 0;
	char left[64] = "";	/* before the first trial nobody knows */

	if (p->done && p->live)
		snprintf(left, sizeof left, ", %" PRIu64 ":%02" PRIu64 " left", s / 60, s % 60);
	else if (p->done)
		snprintf(left, sizeof left, ", about %" PRIu64 " s left", s);
	if (p->live)
		fprintf(stderr, "\r\033[K[%zu/%zu%s] %.60s", p->done + 1, p->total, left, cell);
	else if (block != p->said)
		fprintf(stderr, "samework: block %" PRIu64 ": trial %zu of %zu%s\n", block,
			p->done + 1, p->total, left);
	p->said = block;
	p->done++;
}

void progress_end(struct progress *p)
{
	if (p->live)
		fputs("\r\033[K", stderr);
}

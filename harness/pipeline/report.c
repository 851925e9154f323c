#include <errno.h>
#include <stddef.h>
#include <unistd.h>
#include <xxhash.h>

#include "pipeline/report.h"

enum { MAGIC = 0x53574b31 };	/* "SWK1" */

static const char *const names[PHASE_COUNT] = {
	[PHASE_SPAWN] = "spawn",
	[PHASE_SETUP] = "setup",
	[PHASE_WARMUP] = "warm-up",
	[PHASE_MEASURE] = "measure",
	[PHASE_TEARDOWN] = "teardown",
	[PHASE_DONE] = "done",
};

const char *phase_name(enum phase p)
{
	return names[p];
}

static uint64_t check(const struct report *r)
{
	return XXH64(r, offsetof(struct report, check), 0);
}

int report_send(int fd, struct report *r)
{
	ssize_t n;

	r->magic = MAGIC;
	r->check = check(r);
	do {
		n = write(fd, r, sizeof *r);
	} while (n < 0 && errno == EINTR);
	return n == sizeof *r ? 0 : -1;
}

int report_check(const struct report *r, uint64_t id)
{
	return r->magic == MAGIC && r->trial == id && r->phase < PHASE_COUNT &&
	       r->status < STATUS_COUNT && r->reps <= REPS_MAX &&
	       r->check == check(r) ? 0 : -1;
}

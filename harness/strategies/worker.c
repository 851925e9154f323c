/* One stream of execution: where it starts and stops, and what it used. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <xxhash.h>

#include "base/clock.h"
#include "strategies/strategy.h"

/* The number behind @key in @path, or -1. */
static int number_in(const char *path, const char *key, uint64_t *out)
{
	FILE *f = fopen(path, "re");
	char line[256];
	int rc = -1;

	while (f && rc < 0 && fgets(line, sizeof line, f))
		if (!strncmp(line, key, strlen(key)) &&
		    sscanf(strrchr(line, ' '), "%lu", out) == 1)
			rc = 0;
	if (f)
		fclose(f);
	return rc;
}

/* What only the kernel can tell of the calling thread; not every kernel does. */
static bool read_kernel(uint64_t *migrations, uint64_t *run_delay_ns)
{
	FILE *f = fopen("/proc/thread-self/schedstat", "re");
	uint64_t ran;
	bool ok = f && fscanf(f, "%lu %lu", &ran, run_delay_ns) == 2;

	if (f)
		fclose(f);
	return ok && !number_in("/proc/thread-self/sched", "se.nr_migrations", migrations);
}

/* Add (@sign 1) or take away (@sign -1) the thread's counters.  The CPU clock is
 * exact; getrusage is as old as the last tick, and only splits it. */
static void count(struct slot *s, int sign)
{
	uint64_t by = (uint64_t)(int64_t)sign;
	struct rusage ru;

	s->user_ns += by * clock_read_ns(CLOCK_THREAD_CPUTIME_ID);
	getrusage(RUSAGE_THREAD, &ru);
	s->sys_ns += by * clock_timeval_ns(ru.ru_stime);
	s->voluntary += by * (uint64_t)ru.ru_nvcsw;
	s->involuntary += by * (uint64_t)ru.ru_nivcsw;
}

/* user_ns held all CPU time so far. */
static void split_cpu(struct slot *s)
{
	if (s->sys_ns > s->user_ns)
		s->sys_ns = s->user_ns;
	s->user_ns -= s->sys_ns;
}

static void count_kernel(struct slot *s, int sign)
{
	uint64_t by = (uint64_t)(int64_t)sign, migrations, delay;

	s->kernel = read_kernel(&migrations, &delay);
	if (!s->kernel)
		return;
	s->migrations += by * migrations;
	s->run_delay_ns += by * delay;
}

static uint64_t seal(const struct slot *s)
{
	return XXH64(s, offsetof(struct slot, seal), 0);
}

void worker_seal(struct slot *s)
{
	s->seal = seal(s);
}

bool worker_sealed(const struct slot *s)
{
	return s->seal == seal(s);
}

int worker_bind(struct pass *p, unsigned w)
{
	if (p->cpu[w] >= 0 && topology_bind(p->topology, p->cpu[w]) < 0) {
		trouble_set(p->trouble, STATUS_BIND_FAIL, "worker %u to CPU %d: %s",
			    w, p->cpu[w], strerror(errno));
		gate_close(p);
		return -1;
	}
	return 0;
}

int worker_begin(struct pass *p, unsigned w)
{
	struct slot *s = &p->slot[w];

	if (worker_bind(p, w) < 0)
		return -1;
	count_kernel(s, -1);
	if (gate_wait(p) < 0)
		return -1;
	count(s, -1);
	s->begin_ns = clock_ns();
	return 0;
}

void worker_end(struct pass *p, unsigned w)
{
	struct slot *s = &p->slot[w];

	s->end_ns = clock_ns();
	count(s, 1);
	split_cpu(s);
	count_kernel(s, 1);
	s->moved = p->cpu[w] >= 0 && (sched_getcpu() != p->cpu[w] ||
				      !topology_is_bound(p->topology, p->cpu[w]));
	worker_seal(s);
}

struct span worker_span(const struct run *r, unsigned w)
{
	return (struct span){ r->tasks * w / r->workers,
			      r->tasks * (w + 1) / r->workers };
}

static int work(struct pass *p, struct flight *f)
{
	struct op op;

	while ((op = flight_step(f)).kind != OP_DONE) {
		if (op.kind == OP_FAIL)
			return flight_fail(f, p);
		if (op.kind != OP_UNIT && op.kind != OP_YIELD)
			f->task.res = blocking_exec(&op, &f->slot->syscalls);
	}
	flight_finish(f);
	return 0;
}

int worker_loop(struct pass *p, unsigned w, const struct guard *g)
{
	struct span span = worker_span(p->run, w);
	static struct breaker never;
	struct flight f;
	int rc;

	if (flight_init(&f, p, w, &p->slot[w], g, &never) < 0) {
		gate_close(p);
		return -1;
	}
	rc = worker_begin(p, w);
	if (!rc) {
		for (uint64_t i = span.lo; !rc && i < span.hi; i++) {
			flight_start(&f, i);
			rc = work(p, &f);
		}
		worker_end(p, w);
	}
	flight_release(&f);
	return rc;
}

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "strategies/parcel.h"

#define MAGIC 0x6c656372617077ull	/* "wparcel" */
enum { APART = 128 };			/* as what two workers write must be */

/* @bytes more, behind *@end. */
static size_t reserve(size_t *end, size_t bytes)
{
	size_t at = (*end + APART - 1) / APART * APART;

	*end = at + bytes;
	return at;
}

static struct parcel lay_out(const struct run *r)
{
	const struct workload *w = r->workload;
	struct parcel c = { .magic = MAGIC };
	size_t end = sizeof c, n = r->workers;

	c.param = reserve(&end, params_count(w->params) * sizeof *r->param);
	c.cpu = reserve(&end, (n + 1) * sizeof(int));
	c.channel = reserve(&end, n * sizeof *r->channel);
	c.kept = reserve(&end, w->kept_bytes);
	c.slot = reserve(&end, (n + 1) * sizeof(struct slot));
	c.state = reserve(&end, w->shared_bytes);
	c.states = reserve(&end, n * w->shared_bytes);
	c.bytes = end;
	return c;
}

static void fill(struct parcel *c, const struct pass *p)
{
	const struct run *r = p->run;
	const struct workload *w = r->workload;
	size_t n = r->workers;

	snprintf(c->workload, sizeof c->workload, "%s", w->name);
	c->tasks = r->tasks;
	c->units = r->units;
	c->seed = r->seed;
	c->workers = r->workers;
	c->spin = p->spin;
	memcpy(parcel_at(c, c->param), r->param, params_count(w->params) * sizeof *r->param);
	memcpy(parcel_at(c, c->cpu), p->cpu, (n + 1) * sizeof *p->cpu);
	memcpy(parcel_at(c, c->channel), r->channel, n * sizeof *r->channel);
	if (w->kept)
		memcpy(parcel_at(c, c->kept), w->kept, w->kept_bytes);
	memcpy(parcel_at(c, c->state), r->shared, w->shared_bytes);
}

static void *map(int fd, size_t bytes)
{
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	return at == MAP_FAILED ? NULL : at;
}

struct parcel *parcel_pack(const struct pass *p, int *fd)
{
	struct parcel as = lay_out(p->run), *c = NULL;

	*fd = memfd_create("worker", MFD_CLOEXEC);
	if (*fd >= 0 && !ftruncate(*fd, (off_t)as.bytes))
		c = map(*fd, as.bytes);
	if (c) {
		*c = as;
		fill(c, p);
		return c;
	}
	trouble_set(p->trouble, STATUS_ALLOC_FAIL, "%zu bytes for the workers: %s",
		    (size_t)as.bytes, strerror(errno));
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	return NULL;
}

struct parcel *parcel_open(int fd)
{
	struct parcel *c;
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || (size_t)st.st_size < sizeof *c)
		return NULL;
	c = map(fd, (size_t)st.st_size);
	if (!c || (c->magic == MAGIC && c->bytes == (size_t)st.st_size))
		return c;
	munmap(c, (size_t)st.st_size);
	return NULL;
}

void parcel_free(struct parcel *c)
{
	if (c)
		munmap(c, c->bytes);
}

int parcel_unpack(struct parcel *c, struct run *r, struct pass *p)
{
	*r = (struct run){
		.workload = workload_find(c->workload),
		.param = parcel_at(c, c->param),
		.tasks = c->tasks,
		.units = c->units,
		.seed = c->seed,
		.workers = c->workers,
		.server_cpu = -1,
		.server_control = -1,
		.channel = parcel_at(c, c->channel),
		.shared = parcel_at(c, c->state),
		.trouble = &c->trouble,
	};
	*p = (struct pass){
		.run = r,
		.cpu = parcel_at(c, c->cpu),
		.spin = c->spin,
		.streams = c->workers,
		.slot = parcel_at(c, c->slot),
		.gate = &c->gate,
		.shared = r->shared,
		.trouble = &c->trouble,
	};
	if (!r->workload)
		return fail("worker: no workload '%s'", c->workload);
	if (r->workload->kept)
		memcpy(r->workload->kept, parcel_at(c, c->kept), r->workload->kept_bytes);
	return 0;
}

/* A pool of threads for what a loop cannot wait for: what libuv and asyncio do
 * with files.  A job is the loop's own wait; it comes back with its result. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <unistd.h>

#include "strategies/loop.h"

struct helper {
	pthread_t id;
	struct offload *pool;
	int cpu;		/* or -1 */
	uint64_t user_ns, sys_ns, syscalls;	/* user_ns: both, as in worker.c */
	uint64_t voluntary, involuntary;
};

struct offload {
	pthread_mutex_t mutex;	/* guards all but helper[], bell, rung */
	pthread_cond_t more;
	struct wait **todo;	/* [seats], n from head on */
	struct wait **done;	/* [seats] */
	unsigned seats, head, n, ndone, idle;
	bool closing;
	const struct topology *topology;
	int fd;			/* an eventfd: something is done */
	struct wait bell;
	uint64_t rung;		/* what reading fd gives */
	unsigned helpers;	/* that were made */
	struct helper helper[POOL_MAX];
};

/* @w's operation from where it has got to. */
static int64_t execute(const struct wait *w, uint64_t *syscalls)
{
	struct op op = w->op;
	int64_t res;

	if (w->moved) {
		op.buf = (char *)op.buf + w->moved;
		op.len -= w->moved;
		op.at += w->moved;
	}
	res = blocking_exec(&op, syscalls);
	return res < 0 ? res : res + (int64_t)w->moved;
}

/* The next job, or NULL when the pool closes. */
static struct wait *next_job(struct offload *o)
{
	struct wait *w = NULL;

	o->idle++;
	while (!o->n && !o->closing)
		pthread_cond_wait(&o->more, &o->mutex);
	o->idle--;
	if (o->n) {
		w = o->todo[o->head];
		o->head = (o->head + 1) % o->seats;
		o->n--;
	}
	return w;
}

static void ring(struct offload *o, uint64_t *syscalls)
{
	uint64_t one = 1;

	++*syscalls;
	while (write(o->fd, &one, sizeof one) < 0 && errno == EINTR)
		++*syscalls;
}

static void work(struct offload *o, struct helper *h)
{
	struct wait *w;

	pthread_mutex_lock(&o->mutex);
	while ((w = next_job(o))) {
		bool first;

		pthread_mutex_unlock(&o->mutex);
		w->res = execute(w, &h->syscalls);
		pthread_mutex_lock(&o->mutex);
		first = !o->ndone;
		o->done[o->ndone++] = w;
		if (!first)
			continue;	/* it has been told already */
		pthread_mutex_unlock(&o->mutex);
		ring(o, &h->syscalls);
		pthread_mutex_lock(&o->mutex);
	}
	pthread_mutex_unlock(&o->mutex);
}

static void *helper_main(void *arg)
{
	struct helper *h = arg;
	struct rusage ru;

	if (h->cpu >= 0)
		topology_bind(h->pool->topology, h->cpu);
	work(h->pool, h);
	getrusage(RUSAGE_THREAD, &ru);
	h->user_ns = clock_read_ns(CLOCK_THREAD_CPUTIME_ID);
	h->sys_ns = clock_timeval_ns(ru.ru_stime);
	h->voluntary = (uint64_t)ru.ru_nvcsw;
	h->involuntary = (uint64_t)ru.ru_nivcsw;
	return NULL;
}

static int offload_start(struct offload *o, struct pass *p, unsigned n)
{
	for (; o->helpers < n; o->helpers++) {
		struct helper *h = &o->helper[o->helpers];
		int err;

		*h = (struct helper){ .pool = o, .cpu = p->cpu[o->helpers % p->run->workers] };
		err = pthread_create(&h->id, NULL, helper_main, h);
		if (err)
			return trouble_set(p->trouble, STATUS_THREAD_FAIL, "pool thread %u: %s",
					   o->helpers + 1, strerror(err));
	}
	return 0;
}

struct offload *offload_new(struct pass *p, struct slot *s, unsigned n, unsigned seats,
			    const struct engine *e)
{
	struct offload *o = calloc(1, sizeof *o);

	if (!o) {
		trouble_set(p->trouble, STATUS_ALLOC_FAIL, "a pool of %u threads", n);
		return NULL;
	}
	pthread_mutex_init(&o->mutex, NULL);
	pthread_cond_init(&o->more, NULL);
	o->topology = p->topology;
	o->seats = seats;
	o->todo = calloc(seats, sizeof *o->todo);
	o->done = calloc(seats, sizeof *o->done);
	o->fd = eventfd(0, EFD_CLOEXEC | (e->nonblock ? EFD_NONBLOCK : 0));
	if (!o->todo || !o->done || o->fd < 0)
		trouble_set(p->trouble, STATUS_ALLOC_FAIL, "a pool of %u threads", n);
	else if (!offload_start(o, p, n))
		return o;
	offload_stop(o, s);
	offload_free(o);
	return NULL;
}

void offload_stop(struct offload *o, struct slot *s)
{
	pthread_mutex_lock(&o->mutex);
	o->closing = true;
	pthread_cond_broadcast(&o->more);
	pthread_mutex_unlock(&o->mutex);
	for (; o->helpers; o->helpers--) {
		struct helper *h = &o->helper[o->helpers - 1];

		pthread_join(h->id, NULL);
		s->user_ns += h->user_ns;
		s->sys_ns += h->sys_ns;
		s->syscalls += h->syscalls;
		s->voluntary += h->voluntary;
		s->involuntary += h->involuntary;
	}
}

void offload_free(struct offload *o)
{
	if (!o)
		return;
	if (o->fd >= 0)
		close(o->fd);
	pthread_cond_destroy(&o->more);
	pthread_mutex_destroy(&o->mutex);
	free(o->todo);
	free(o->done);
	free(o);
}

bool offload_nowait(struct wait *w, uint64_t *syscalls)
{
	const struct op *op = &w->op;

	while (op->kind == OP_PREAD || op->kind == OP_PWRITE) {
		struct iovec v = { (char *)op->buf + w->moved, op->len - w->moved };
		off_t at = (off_t)(op->at + w->moved);
		ssize_t n;

		++*syscalls;
		n = op->kind == OP_PREAD ? preadv2(op->fd, &v, 1, at, RWF_NOWAIT) :
					   pwritev2(op->fd, &v, 1, at, RWF_NOWAIT);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EOPNOTSUPP))
			return false;
		w->moved += n > 0 ? (size_t)n : 0;
		w->res = n < 0 ? -errno : (int64_t)w->moved;
		if (n <= 0 || !(op->flags & OP_ALL) || w->moved == op->len)
			return true;
	}
	return false;
}

void offload_push(struct offload *o, struct wait *w)
{
	pthread_mutex_lock(&o->mutex);
	o->todo[(o->head + o->n++) % o->seats] = w;
	if (o->idle)
		pthread_cond_signal(&o->more);
	pthread_mutex_unlock(&o->mutex);
}

struct wait *offload_bell(struct offload *o)
{
	o->bell = (struct wait){
		.op = op_read(o->fd, &o->rung, sizeof o->rung, OP_WAITFIRST),
		.seat = UINT32_MAX,
	};
	return &o->bell;
}

int offload_take(struct offload *o, struct wait **ready)
{
	int n;

	pthread_mutex_lock(&o->mutex);
	n = (int)o->ndone;
	memcpy(ready, o->done, o->ndone * sizeof *ready);
	o->ndone = 0;
	pthread_mutex_unlock(&o->mutex);
	return n;
}

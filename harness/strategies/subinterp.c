/*
 * subinterp: threads in groups, each group in an interpreter of its own with a
 * lock of its own (PEP 684, CPython 3.12).  Sub-interpreters of CPython share no
 * object: so each has a private copy of the state, as a process of `pool` has,
 * and whoever leaves an interpreter last folds its copy into the first state, as
 * part of the work.  A guard across interpreters would be a lock that CPython
 * does not offer; what workers must see of each other at once cannot run here.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "strategies/interp.h"

enum { DOMAINS = GIL_KNOBS };
static const struct param params[] = {
	GIL_KNOB_ROWS,
	[DOMAINS] = { "domains", 0, 0, 1024, "", "interpreters; 0: one per worker" },
	{ .name = NULL }
};

static const char *const counters[] = { GIL_COUNTERS, NULL };

struct domain {
	struct gil gil;
	struct interp interp;
	struct domains *all;
	unsigned streams;	/* not yet at their end; guarded by gil */
	void *state;		/* its copy */
	struct hist hold;	/* its own: locks are held at the same time */
};

struct domains {
	struct pass *pass;
	pthread_mutex_t fold;	/* guards the state copies are folded into */
	unsigned n;
	struct domain **domain;	/* [n] */
};

static void domain_end(struct interp *i)
{
	struct domain *d = (struct domain *)((char *)i - offsetof(struct domain, interp));
	const struct run *r = d->all->pass->run;

	if (--d->streams || !r->workload->shared_bytes)
		return;
	pthread_mutex_lock(&d->all->fold);
	r->workload->merge(r->shared, d->state, r->param);
	pthread_mutex_unlock(&d->all->fold);
}

static void domain_free(struct domain *d)
{
	if (!d)
		return;
	gil_release(&d->gil);
	shared_unmap(d->state, d->all->pass->run->workload->shared_bytes);
	free(d);
}

static struct domain *domain_new(struct domains *all)
{
	const struct run *r = all->pass->run;
	size_t bytes = r->workload->shared_bytes;
	struct domain *d = aligned_alloc(_Alignof(struct domain), sizeof *d);
	void *state = shared_map(bytes);	/* aligned as the first is */

	if (!d || !state) {
		free(d);
		shared_unmap(state, bytes);
		return NULL;
	}
	memset(d, 0, sizeof *d);
	d->all = all;
	d->state = memcpy(state, r->shared, bytes);
	gil_init(&d->gil, all->pass->option, &d->hold);
	d->interp = interp_gil(&d->gil, state);
	d->interp.end = domain_end;
	return d;
}

/* Worker @w's: groups are neighbours, and as equal as can be. */
static struct domain *domain_of(const struct domains *all, unsigned w)
{
	return all->domain[(uint64_t)w * all->n / all->pass->run->workers];
}

static int domains_init(struct domains *all)
{
	struct pass *p = all->pass;
	unsigned workers = p->run->workers, n = (unsigned)p->option[DOMAINS];

	pthread_mutex_init(&all->fold, NULL);
	all->n = n && n < workers ? n : workers;
	all->domain = calloc(all->n, sizeof *all->domain);
	for (unsigned i = 0; all->domain && i < all->n; i++)
		if (!(all->domain[i] = domain_new(all)))
			return trouble_set(p->trouble, STATUS_ALLOC_FAIL, "interpreter %u: %s",
					   i, strerror(ENOMEM));
	if (!all->domain)
		return trouble_set(p->trouble, STATUS_ALLOC_FAIL, "%u interpreters", all->n);
	for (unsigned w = 0; w < workers; w++)
		domain_of(all, w)->streams++;
	return 0;
}

static void domains_release(struct domains *all)
{
	for (unsigned i = 0; all->domain && i < all->n; i++) {
		if (all->domain[i] && all->pass->extra)
			hist_merge(all->pass->extra, &all->domain[i]->hold);
		domain_free(all->domain[i]);
	}
	free(all->domain);
	pthread_mutex_destroy(&all->fold);
}

static int subinterp_worker(struct pass *p, unsigned w, void *all)
{
	return interp_loop(p, w, &domain_of(all, w)->interp);
}

static int subinterp_run(struct pass *p)
{
	struct domains all = { .pass = p };
	int rc = domains_init(&all);

	if (!rc)
		rc = threads_run(p, subinterp_worker, &all);
	domains_release(&all);
	interp_hold(p);
	return rc;
}

const struct strategy strategy_subinterp = {
	.name = "subinterp",
	.summary = "threads in interpreters with private state and a lock each, PEP 684",
	.params = params,
	.engine = "blocking",
	.private_state = true,
	.counters = counters,
	.extra = "hold",
	.run = subinterp_run,
};

#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "machine/validity.h"
#include "pipeline/measure.h"

/* CPU time of the server so far; 0 without one, or when it is gone. */
static uint64_t server_ns(const struct run *r)
{
	clockid_t clock;

	if (!r->server || clock_getcpuclockid(r->server, &clock))
		return 0;
	return clock_read_ns(clock);
}

static uint64_t own_ns(const struct run *r)
{
	struct rusage children;

	getrusage(RUSAGE_CHILDREN, &children);
	return clock_read_ns(CLOCK_PROCESS_CPUTIME_ID) + clock_timeval_ns(children.ru_utime) +
	       clock_timeval_ns(children.ru_stime) + server_ns(r);
}

static uint64_t max_rss_bytes(void)
{
	struct rusage self, children;

	getrusage(RUSAGE_SELF, &self);
	getrusage(RUSAGE_CHILDREN, &children);
	return 1024 * (uint64_t)(self.ru_maxrss > children.ru_maxrss ?
				 self.ru_maxrss : children.ru_maxrss);
}

void watch_start(struct watch *w, const struct run *r)
{
	w->server_ns = server_ns(r);
	w->at_ns = clock_ns();
}

static uint64_t quantile(const struct hist *h, double q)
{
	return hist_supports(h, q) ? hist_quantile(h, q) : NONE;
}

void watch_latency(const struct pass *p, struct hist *all)
{
	memset(all, 0, sizeof *all);
	for (unsigned w = 0; w <= p->streams; w++)
		hist_merge(all, &p->slot[w].latency);
}

static void add_latency(struct measure *m, const struct pass *p)
{
	static struct hist all;

	watch_latency(p, &all);
	m->p50_ns = quantile(&all, 0.5);
	m->p90_ns = quantile(&all, 0.9);
	m->p99_ns = quantile(&all, 0.99);
	m->p999_ns = quantile(&all, 0.999);
	m->max_ns = all.n ? all.max : NONE;
	m->mean_ns = all.n ? all.sum / all.n : NONE;
}

static void add_slot(struct measure *m, const struct slot *s)
{
	m->tasks += s->tasks;
	m->units += s->units;
	m->checksum += s->checksum;
	m->ops += s->ops;
	m->switches += s->switches;
	m->syscalls += s->syscalls;
	m->user_ns += s->user_ns;
	m->sys_ns += s->sys_ns;
	m->helpers_ns += s->helpers_ns;
	m->voluntary += s->voluntary;
	m->involuntary += s->involuntary;
	for (unsigned i = 0; i < COUNTERS; i++)
		m->counter[i] += s->counter[i];
	if (!s->kernel)
		m->migrations = m->run_delay_ns = NONE;
	if (m->migrations != NONE) {
		m->migrations += s->migrations;
		m->run_delay_ns += s->run_delay_ns;
	}
}

int watch_stop(const struct watch *w, const struct pass *p, struct measure *m)
{
	uint64_t now = clock_ns(), first = UINT64_MAX, last_begin = 0, last = 0;
	const struct run *r = p->run;

	memset(m, 0, sizeof *m);
	for (unsigned i = 0; i <= p->streams; i++) {
		const struct slot *s = &p->slot[i];

		if (!s->begin_ns)
			continue;
		if (!s->end_ns || !worker_sealed(s))
			return trouble_set(p->trouble, STATUS_INTERNAL_ERROR, "stream %u %s", i,
					   s->end_ns ? "was overwritten" : "did not end");
		first = s->begin_ns < first ? s->begin_ns : first;
		last_begin = s->begin_ns > last_begin ? s->begin_ns : last_begin;
		last = s->end_ns > last ? s->end_ns : last;
		add_slot(m, s);
	}
	if (!last)
		return trouble_set(p->trouble, STATUS_INTERNAL_ERROR, "no stream began");
	if (p->strategy->opaque)
		m->ops = m->syscalls = m->switches = NONE;
	m->wall_ns = last - p->gate->start_ns;
	m->spawn_ns = p->gate->full_ns - w->at_ns;
	m->join_ns = now - last;
	m->skew_ns = last_begin - first;
	m->server_cpu_ns = r->server ? server_ns(r) - w->server_ns : NONE;
	m->state = r->workload->digest ? r->workload->digest(r->shared, r->param) : 0;
	if (r->workload->count)
		r->workload->count(r->shared, r->param, m->counter + COUNTERS);
	m->max_rss_bytes = max_rss_bytes();
	add_latency(m, p);
	return 0;
}

/* The canary sings on the first worker's CPU, then the thread is let go. */
static uint64_t canary_on(const struct pass *p)
{
	cpu_set_t before;
	uint64_t ns;

	if (p->cpu[0] < 0)
		return canary_ns();
	sched_getaffinity(0, sizeof before, &before);
	topology_bind(p->topology, p->cpu[0]);
	ns = canary_ns();
	sched_setaffinity(0, sizeof before, &before);
	return ns;
}

void vigil_start(struct vigil *v, const struct pass *p)
{
	v->canary_before_ns = canary_on(p);
	disturb_read(&v->before, "");
	v->own_ns = own_ns(p->run);
}

static bool server_shares(const struct pass *p)
{
	for (unsigned i = 0; p->run->server && i < p->streams; i++)
		if (p->slot[i].begin_ns && p->cpu[i] == p->run->server_cpu)
			return true;
	return false;
}

/* Whoever hands out a pool's work is bound to no CPU, and takes one from those who
 * are. */
static bool all_pinned(const struct pass *p)
{
	for (unsigned i = 0; i <= p->streams; i++)
		if (p->slot[i].begin_ns && p->cpu[i] < 0)
			return false;
	return true;
}

static void add_streams(struct validity *v, const struct pass *p)
{
	for (unsigned i = 0; i <= p->streams; i++) {
		v->streams += p->slot[i].begin_ns > 0;
		v->moved |= p->slot[i].moved;
	}
}

/* What is left of our CPU time, @own ns, without the server's and the streams' own in
 * @r: that of their helpers. */
static uint64_t helpers_ns(uint64_t own, const struct report *r)
{
	uint64_t known = 0;

	for (unsigned i = 0; i < r->reps; i++) {
		const struct measure *m = &r->m[i];

		known += m->user_ns + m->sys_ns - m->helpers_ns;
		known += m->server_cpu_ns == NONE ? 0 : m->server_cpu_ns;
	}
	return own > known ? own - known : 0;
}

/* What all passes of the trial have in common. */
static void write_down(struct measure *m, const struct validity *seen)
{
	m->canary_before_ns = seen->canary_before_ns;
	m->canary_after_ns = seen->canary_after_ns;
	m->steal_ns = seen->steal_ns;
	m->throttled_ns = seen->throttled_ns;
	m->foreign_ns = seen->foreign_ns;
}

void vigil_judge(const struct vigil *v, const struct pass *p, bool oversubscribed,
		 struct report *r)
{
	const struct disturb *d = &v->since;
	struct validity seen = {
		.cpus = p->cpu[0] < 0 ? p->run->workers :
			placement_distinct(p->cpu, p->run->workers, NULL),
		.pinned = all_pinned(p),
		.oversubscribed = oversubscribed,
		.server_shares = server_shares(p),
		.canary_before_ns = v->canary_before_ns,
		.canary_after_ns = v->canary_after_ns,
		.helpers_ns = helpers_ns(v->own_ns, r),
		.elapsed_ns = d->at_ns,
		.steal_ns = d->steal_ns,
		.throttled_ns = d->throttled_ns,
		.foreign_ns = d->busy_ns > v->own_ns ? d->busy_ns - v->own_ns : 0,
		.swapped = d->swapped,
		.asleep_ns = d->asleep_ns,
	};

	add_streams(&seen, p);
	for (unsigned i = 0; i < r->reps; i++) {
		uint64_t delay = r->m[i].run_delay_ns;

		seen.wall_ns += r->m[i].wall_ns;
		if (delay == NONE)
			seen.run_delay_ns = NONE;
		else if (seen.run_delay_ns != NONE)
			seen.run_delay_ns += delay;
		write_down(&r->m[i], &seen);
	}
	r->status = validity_check(&seen, r->reason, sizeof r->reason);
}

void vigil_stop(struct vigil *v, const struct pass *p, bool oversubscribed,
		struct report *r)
{
	struct disturb now;

	v->own_ns = own_ns(p->run) - v->own_ns;
	disturb_read(&now, "");
	v->since = disturb_since(&v->before, &now);
	v->canary_after_ns = canary_on(p);
	vigil_judge(v, p, oversubscribed, r);
}

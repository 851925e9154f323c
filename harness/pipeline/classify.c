/* What a trial's ending means.  The order of the rules is the precedence. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "pipeline/supervise.h"

static void say(struct outcome *o, enum status s, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void say(struct outcome *o, enum status s, const char *fmt, ...)
{
	va_list ap;

	o->status = s;
	va_start(ap, fmt);
	vsnprintf(o->reason, sizeof o->reason, fmt, ap);
	va_end(ap);
	status_clean(o->reason);
}

static void by_signal(const struct ending *e, struct outcome *o)
{
	int sig = WTERMSIG(e->status);
	const char *sep = *e->said ? ": " : "";

	if (sig == SIGKILL && e->oom_kills)
		say(o, STATUS_OOM_KILL, "killed for want of memory in %s", phase_name(e->phase));
	else if (sig == SIGABRT)
		say(o, STATUS_ABORT, "abort in %s%s%s", phase_name(e->phase), sep, e->said);
	else
		say(o, STATUS_CRASH, "signal %d (%s) in %s%s%s", sig, strsignal(sig),
		    phase_name(e->phase), sep, e->said);
}

/* Each sum against what `single` gave when the size was frozen. */
static int wrong(const struct trial *t, const struct measure *m, struct outcome *o)
{
	const struct { const char *what; uint64_t want, got; } sum[] = {
		{ "checksum", t->checksum, m->checksum },
		{ "state", t->state, m->state },
		{ "ops", t->ops, m->ops },
	};

	if (m->tasks != t->tasks) {
		say(o, STATUS_WRONG_CHECKSUM, "%" PRIu64 " of %" PRIu64 " tasks ran",
		    m->tasks, t->tasks);
		return 1;
	}
	for (size_t i = 0; i < sizeof sum / sizeof *sum; i++) {
		if (sum[i].want == NONE || sum[i].got == NONE || sum[i].want == sum[i].got)
			continue;
		say(o, STATUS_WRONG_CHECKSUM, "%s %016" PRIx64 "; expected %016" PRIx64,
		    sum[i].what, sum[i].got, sum[i].want);
		return 1;
	}
	return 0;
}

static void by_report(const struct ending *e, const struct trial *t, struct outcome *o)
{
	const struct report *r = &e->report;

	if (!status_measured(r->status)) {
		say(o, r->status, "%s", r->reason);
		return;
	}
	if (r->reps != t->reps) {
		say(o, STATUS_NO_RESULT, "%" PRIu64 " of %" PRIu64 " passes", r->reps, t->reps);
		return;
	}
	for (uint64_t i = 0; i < r->reps; i++)
		if (wrong(t, &r->m[i], o))
			return;
	say(o, r->status, "%s", r->reason);
}

static void judge(const struct ending *e, const struct trial *t, struct outcome *o)
{
	if (e->late && e->asleep)
		say(o, STATUS_DEADLOCK, "every thread waits for a lock or a pipe in %s after %" PRIu64 " ms",
		    phase_name(e->phase), e->deadline_ns / NS_PER_MS);
	else if (e->late)
		say(o, STATUS_TIMEOUT, "%s took longer than %" PRIu64 " ms",
		    phase_name(e->phase), e->deadline_ns / NS_PER_MS);
	else if (WIFSIGNALED(e->status))
		by_signal(e, o);
	else if (WEXITSTATUS(e->status))
		say(o, STATUS_EXIT_CODE, "exit code %d in %s%s%s", WEXITSTATUS(e->status),
		    phase_name(e->phase), *e->said ? ": " : "", e->said);
	else if (!e->reported)
		say(o, STATUS_NO_RESULT, "exit 0 in %s without a result", phase_name(e->phase));
	else if (e->leaked)
		say(o, STATUS_LEAKED, "left %u process%s behind", e->leaked,
		    e->leaked == 1 ? "" : "es");
	else
		by_report(e, t, o);
}

void classify(const struct ending *e, const struct trial *t, struct outcome *o)
{
	char reason[sizeof o->reason];

	judge(e, t, o);
	if (!t->ends || strcmp(t->ends, status_name(o->status)))
		return;
	memcpy(reason, o->reason, sizeof reason);
	say(o, STATUS_EXPECTED_FAIL, "%s: %.160s", t->ends, reason);
}

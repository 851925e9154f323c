#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "machine/machine.h"
#include "pipeline/descend.h"
#include "pipeline/supervise.h"
#include "pipeline/trial.h"

/* Deadlines of the phases that a spec does not set.  Generous: they are for
 * what hangs, not for what is slow. */
static const uint64_t phase_ns[PHASE_COUNT] = {
	[PHASE_SPAWN] = 10ull * NS_PER_SEC,
	[PHASE_SETUP] = 30ull * NS_PER_SEC,
	[PHASE_TEARDOWN] = 10ull * NS_PER_SEC,
	[PHASE_DONE] = 5ull * NS_PER_SEC,
};
#define GRACE_NS (2ull * NS_PER_SEC)	/* between TERM and KILL */

static int signals = -1;	/* signalfd */
static int stopped;

/* The trial in progress. */
struct watched {
	pid_t pid;
	int pidfd, report, output;
	uint64_t timeout_ns;
	uint64_t since_ns;	/* when the current phase began */
	struct ending *ending;
	uint64_t id;
	char line[200];		/* what it is printing */
	size_t length;
};

int supervise_init(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);	/* the write then says EFBIG */
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return fail_errno("sigprocmask");
	signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals < 0)
		return fail_errno("signalfd");
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		return fail_errno("becoming the reaper of orphans");
	return 0;
}

int supervise_stopped(void)
{
	struct signalfd_siginfo info;

	if (!stopped && signals >= 0 && read(signals, &info, sizeof info) == sizeof info)
		stopped = (int)info.ssi_signo;
	return stopped;
}

static void become_trial(char *row, int report, int output, int bins, pid_t parent)
{
	const struct rlimit none = { 0, 0 };
	char number[12];
	char *argv[] = { "samework", "trial", number, row, NULL };
	sigset_t set;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	setrlimit(RLIMIT_CORE, &none);
	sigemptyset(&set);
	sigprocmask(SIG_SETMASK, &set, NULL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	dup2(output, STDOUT_FILENO);
	dup2(output, STDERR_FILENO);
	fcntl(report, F_SETFD, 0);
	if (bins >= 0)
		fcntl(bins, F_SETFD, 0);
	snprintf(number, sizeof number, "%d", report);
	execve("/proc/self/exe", argv, environment_make(bins));
	_exit(127);
}

static void watched_close(struct watched *w)
{
	close(w->pidfd);
	close(w->report);
	close(w->output);
}

/* Start the process.  0, or -1, reported. */
static int spawn(struct watched *w, const struct trial *t, int bins)
{
	struct arena a = { 0 };
	char *row = trial_print(t, &a);
	int report[2] = { -1, -1 }, output[2] = { -1, -1 };
	pid_t parent = getpid();

	if (!row)
		goto err;
	if (pipe2(report, O_CLOEXEC) < 0 || pipe2(output, O_CLOEXEC) < 0)
		goto err;
	w->pid = fork();
	if (!w->pid)
		become_trial(row, report[1], output[1], bins, parent);
	if (w->pid < 0)
		goto err;
	setpgid(w->pid, w->pid);	/* as the child does: whoever is first */
	close(report[1]);
	close(output[1]);
	w->report = report[0];
	w->output = output[0];
	fcntl(w->report, F_SETFL, O_NONBLOCK);
	fcntl(w->output, F_SETFL, O_NONBLOCK);
	w->pidfd = pidfd_open(w->pid, 0);
	w->since_ns = clock_ns();
	arena_release(&a);
	return 0;
err:
	fail_errno("starting a trial");
	for (int i = 0; i < 2; i++) {
		close(report[i]);
		close(output[i]);
	}
	arena_release(&a);
	return -1;
}

/* Keep the last line that it printed. */
static void hear(struct watched *w)
{
	char buf[4096];
	ssize_t n;

	while ((n = read(w->output, buf, sizeof buf)) > 0) {
		for (ssize_t i = 0; i < n; i++) {
			if (buf[i] != '\n') {
				if (w->length < sizeof w->line - 1)
					w->line[w->length++] = buf[i];
				continue;
			}
			w->line[w->length] = '\0';
			if (w->length)
				memcpy(w->ending->said, w->line, w->length + 1);
			w->length = 0;
		}
	}
}

/* Take in its reports.  Half a report, or another's, is no report. */
static void listen_to(struct watched *w)
{
	struct report r;
	ssize_t n;

	while ((n = read(w->report, &r, sizeof r)) > 0) {
		if (n != sizeof r || report_check(&r, w->id) < 0)
			continue;
		w->ending->report = r;
		w->ending->reported = r.phase == PHASE_DONE;
		w->ending->phase = r.phase;
		w->since_ns = clock_ns();
	}
}

static uint64_t deadline_of(const struct watched *w)
{
	uint64_t ns = phase_ns[w->ending->phase];

	return ns ? ns : w->timeout_ns;
}

/* Wait until it exits, its deadline passes or we are told to stop. */
static void watch(struct watched *w)
{
	struct pollfd fd[] = {
		{ w->pidfd, POLLIN, 0 }, { w->report, POLLIN, 0 },
		{ w->output, POLLIN, 0 }, { signals, POLLIN, 0 },
	};

	while (!supervise_stopped()) {
		uint64_t late = w->since_ns + deadline_of(w), now = clock_ns();
		struct timespec left = clock_timespec(late > now ? late - now : 0);

		if (ppoll(fd, 4, &left, NULL) < 0 && errno != EINTR)
			return;
		hear(w);
		listen_to(w);
		if (fd[0].revents)
			return;
		for (int i = 1; i < 3; i++)	/* closed: no longer of interest */
			if (fd[i].revents & POLLHUP)
				fd[i].fd = -1;
		if (clock_ns() >= w->since_ns + deadline_of(w)) {
			w->ending->late = true;
			w->ending->deadline_ns = deadline_of(w);
			w->ending->asleep = descend_asleep(w->pid);
			return;
		}
	}
}

/* End the trial's group: politely, then not. */
static void end_group(struct watched *w)
{
	struct pollfd fd = { w->pidfd, POLLIN, 0 };
	struct timespec grace = clock_timespec(GRACE_NS);

	kill(-w->pid, SIGTERM);
	kill(-w->pid, SIGCONT);		/* a stopped process takes it only now */
	ppoll(&fd, 1, &grace, NULL);
	kill(-w->pid, SIGKILL);
}

int supervise(const struct trial *t, int lock_fd, int bins_fd, struct ending *e,
	      struct outcome *o)
{
	struct watched w = { .ending = e, .id = t->id, .timeout_ns = t->timeout_ns };
	uint64_t oom = limits_oom_kills("");
	bool ended;

	memset(e, 0, sizeof *e);
	if (lock_fd >= 0)
		fcntl(lock_fd, F_SETFD, 0);
	if (spawn(&w, t, bins_fd) < 0)
		return -1;
	watch(&w);
	ended = !e->late && !supervise_stopped();
	if (!ended)
		end_group(&w);
	waitpid(w.pid, &e->status, 0);
	hear(&w);
	listen_to(&w);
	e->leaked = descend_kill(w.pid);
	e->oom_kills = limits_oom_kills("") - oom;
	watched_close(&w);
	status_clean(e->said);
	classify(e, t, o);
	if (supervise_stopped() && !ended) {
		o->status = STATUS_INTERRUPTED;
		snprintf(o->reason, sizeof o->reason, "%s", strsignal(supervise_stopped()));
	}
	return 0;
}

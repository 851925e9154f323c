/* A process per worker.  A child leaves only through _exit: it must not run the
 * parent's exit handlers nor flush its buffers. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "strategies/strategy.h"

static void become_worker(struct pass *p, unsigned w, worker_body *body, void *ctx,
			  pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	_exit(body(p, w, ctx) < 0);
}

static void kill_all(struct pass *p, const pid_t *pid)
{
	for (unsigned w = 0; w < p->run->workers; w++)
		if (pid[w])
			kill(pid[w], SIGKILL);
}

int processes_start(struct pass *p, worker_body *body, void *ctx, pid_t *pid)
{
	unsigned n = p->run->workers;
	pid_t parent = getpid();

	for (unsigned w = 0; w < n; w++) {
		pid[w] = fork();
		if (!pid[w])
			become_worker(p, w, body, ctx, parent);
		if (pid[w] > 0)
			continue;
		pid[w] = 0;
		trouble_set(p->trouble, STATUS_SPAWN_FAIL, "fork %u of %u: %s",
			    w + 1, n, strerror(errno));
		gate_close(p);
		processes_join(p, pid);
		return -1;
	}
	return 0;
}

static int blame(struct pass *p, unsigned w, int status)
{
	int sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	if (sig)
		return trouble_set(p->trouble, sig == SIGABRT ? STATUS_ABORT : STATUS_CRASH,
				   "worker %u: signal %d (%s)", w, sig, strsignal(sig));
	return trouble_set(p->trouble, STATUS_EXIT_CODE, "worker %u: exit code %d",
			   w, WEXITSTATUS(status));
}

/* Wait for any child.  The index of the worker that it was, or -1: another one
 * (or none: somebody else reaped ours, which is as bad). */
static int reap(const struct pass *p, const pid_t *pid, int *status)
{
	pid_t got;

	do {
		got = waitpid(-1, status, 0);
	} while (got < 0 && errno == EINTR);
	for (unsigned w = 0; w < p->run->workers; w++)
		if (got > 0 && pid[w] == got)
			return (int)w;
	return -1;
}

int processes_join(struct pass *p, pid_t *pid)
{
	unsigned left = 0;
	int rc = 0, status;

	for (unsigned w = 0; w < p->run->workers; w++)
		left += pid[w] > 0;
	while (left) {
		int w = reap(p, pid, &status);

		if (w < 0)	/* the only other child is the server */
			rc = trouble_set(p->trouble, STATUS_SERVER_LOST, "the server died");
		else {
			pid[w] = 0;
			left--;
			rc |= blame(p, (unsigned)w, status);
		}
		if (rc) {	/* those left may wait for the dead for ever */
			gate_close(p);
			kill_all(p, pid);
		}
	}
	return rc ? -1 : 0;
}

int processes_run(struct pass *p, worker_body *body, void *ctx)
{
	pid_t *pid = calloc(p->run->workers, sizeof *pid);
	int rc;

	if (!pid)
		return trouble_set(p->trouble, STATUS_ALLOC_FAIL, "%u processes", p->run->workers);
	gate_open(p, p->run->workers);
	rc = processes_start(p, body, ctx, pid);
	if (!rc)
		rc = processes_join(p, pid);
	free(pid);
	return rc;
}

/* Lines to and from a child, over one socket that is its stdin and its stdout:
 * writing to a socket whose reader is gone is an error and need be no signal. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "strategies/python.h"

enum { GRACE_MS = 5000 };	/* to leave, once we hung up */

static _Noreturn void become(const char *python, const char *script, int fd,
			     const struct run *r, uint64_t slack_ns, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_TIMERSLACK, slack_ns);	/* its threads inherit it */
	if (getppid() != parent)
		_exit(1);
	dup2(fd, STDIN_FILENO);
	dup2(fd, STDOUT_FILENO);
	for (unsigned w = 0; w < r->workers; w++)
		if (r->channel[w].in >= 0)
			fcntl(r->channel[w].in, F_SETFD, 0);
	/* no user's settings, no site packages, nothing written beside the script */
	execl(python, python, "-E", "-s", "-S", "-B", script, (char *)NULL);
	_exit(127);
}

int talk_open(struct talk *t, const char *python, const char *script, const struct run *r,
	      uint64_t slack_ns)
{
	pid_t self = getpid();
	int pair[2];

	*t = (struct talk){ .fd = -1 };
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return -1;
	t->fd = pair[0];
	t->in = fdopen(pair[0], "r");
	t->pid = t->in ? fork() : -1;
	if (!t->pid)
		become(python, script, pair[1], r, slack_ns, self);
	close(pair[1]);
	if (t->pid > 0)
		return 0;
	if (t->in)
		fclose(t->in);
	else
		close(pair[0]);
	return -1;
}

char *talk_hear(struct talk *t, int ms)
{
	struct pollfd fd = { .fd = t->fd, .events = POLLIN };
	ssize_t n;

	/* what is in the buffer already needs no waiting for: only the first
	 * line is waited for with a limit */
	if (ms >= 0 && poll(&fd, 1, ms) <= 0)
		return NULL;
	n = getline(&t->line, &t->room, t->in);
	if (n <= 0 || t->line[n - 1] != '\n')
		return NULL;
	t->line[n - 1] = '\0';
	return t->line;
}

int talk_say(struct talk *t, const char *text)
{
	size_t left = strlen(text);

	while (left) {
		ssize_t n = send(t->fd, text, left, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		text += n;
		left -= (size_t)n;
	}
	return 0;
}

int talk_close(struct talk *t)
{
	int status = 0, gone = pidfd_open(t->pid, 0);
	struct pollfd fd = { .fd = gone, .events = POLLIN };

	fclose(t->in);
	free(t->line);
	if (gone < 0 || poll(&fd, 1, GRACE_MS) <= 0)
		kill(t->pid, SIGKILL);
	if (gone >= 0)
		close(gone);
	while (waitpid(t->pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

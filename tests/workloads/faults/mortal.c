/* mortal: its server, a program of its own, is killed while it is asked, by more than
 * one worker only, so that `single` can say what is right; or is deaf to TERM, as is
 * the helper that it has then; or is not installed.  In the test build only. */
#include <signal.h>
#include <unistd.h>

#include "../fake_server.h"

enum { WAY };
enum { KILLED, DEAF, ABSENT };
static const struct param params[] = {
	[WAY] = { "way", KILLED, 0, ABSENT, "killed|deaf|absent", "what becomes of the server" },
	{ .name = NULL }
};

struct local {
	uint64_t unit;
	char in[64];
};

static pid_t victim;	/* 0: nobody; workers are threads or children of this process */

static int setup(struct run *r)
{
	static const char *const helped[] = {
		"python3", "-S", "-E", "-c", fake_text, "tcp", "@port", "helper", NULL
	};
	struct backend program = fake;
	sigset_t deaf, before;
	int rc;

	sigemptyset(&deaf);
	if (r->param[WAY] == DEAF) {
		sigaddset(&deaf, SIGTERM);
		program.tcp = helped;
	}
	sigprocmask(SIG_BLOCK, &deaf, &before);
	rc = run_backend(r, &program, BACKEND_TCP, NULL, 0);
	sigprocmask(SIG_SETMASK, &before, NULL);
	victim = r->param[WAY] == KILLED && r->workers > 1 ? r->server : 0;
	return rc;
}

static struct op step(struct task *t)
{
	static char ask[] = "hello";
	struct local *l = t->local;

	TASK_BEGIN(t);
	for (; l->unit < t->units; l->unit++) {
		if (victim && t->index == 1)
			kill(victim, SIGKILL);
		TASK_AWAIT_ALL(t, 5, op_send(t->channel->out, ask, 5));
		TASK_AWAIT_ALL(t, 5, op_recv(t->channel->in, l->in, 5, OP_ALL | OP_WAITFIRST));
		t->result += (uint64_t)l->in[0];
		TASK_AWAIT(t, op_units(1));
	}
	TASK_END(t);
}

static const char *supported(const uint64_t *param)
{
	static const struct backend absent = {
		.program = "no-such-server", .package = "none-such"
	};

	return backend_missing(param[WAY] == ABSENT ? &absent : &fake);
}

const struct workload workload_mortal = {
	.name = "mortal",
	.summary = "asks a server that is killed",
	.unit = "request",
	.bound = BOUND_IO,
	.params = params,
	.local_bytes = sizeof(struct local),
	.needs = 1 << OP_SEND | 1 << OP_RECV,
	.setup = setup,
	.step = step,
	.supported = supported,
};

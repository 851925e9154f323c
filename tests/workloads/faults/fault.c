/* fault: a workload that goes wrong in the way its parameter says, under threads
 * only, so that `single` can say what is right.  In the test build only: each
 * way must cost one row with the right status, no more. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "workloads/workload.h"

enum way {
	NONE_AT_ALL, SEGV, ABORT, HANG, SPIN, STOP, EXIT0, EXIT7, GARBAGE, BADSUM,
	CORRUPT, KILLED, GRANDCHILD, NOMEMORY, OOM, BADOPS, BADSTATE, DEADLOCK, FAIL,
	MOVED,
	SLACK,			/* nothing, if a sleep is not stretched */
	WAYS
};
enum { WAY };
static const struct param params[] = {
	[WAY] = { "way", 0, 0, WAYS - 1, "", "how to fail" },
	{ .name = NULL }
};

struct local {
	uint64_t unit;
};

/* True in a thread that is not its process's first: under gil, fine, ... */
static int in_thread(void)
{
	return syscall(SYS_gettid) != getpid();
}

static void write_garbage(void)
{
	char text[4096], junk[3000];
	int fd = open("/proc/self/cmdline", O_RDONLY);
	ssize_t n = read(fd, text, sizeof text);

	memset(junk, 0x5a, sizeof junk);
	/* samework trial FD ROW: the third word is where reports go */
	if (n > 0 && write(atoi(text + strlen(text) + 1 + sizeof "trial"), junk, sizeof junk) < 0)
		abort();
	_exit(0);
}

static void spawn_grandchild(void)
{
	if (fork())
		return;
	setsid();
	for (int fd = 0; fd < 64; fd++)
		close(fd);
	sleep(600);
	_exit(0);
}

static uint64_t slack(void)
{
	return (uint64_t)prctl(PR_GET_TIMERSLACK);
}

static void eat(size_t limit)
{
	size_t eaten = 0, step = 1 << 20;

	for (char *p; eaten < limit && (p = malloc(step)); eaten += step)
		memset(p, 1, step);
}

static void deadlock(void)
{
	pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;

	pthread_mutex_lock(&m);
	pthread_mutex_lock(&m);
}

static void corrupt(void)
{
	char *p = malloc(24);

	for (volatile char *header = p - 8; header < p; header++)
		*header = -1;
	free(p);
}

static void unbind(void)
{
	cpu_set_t all;

	memset(&all, 0xff, sizeof all);
	sched_setaffinity(0, sizeof all, &all);
}

static void go_wrong(enum way way)
{
	switch (way) {
	case SEGV:
		raise(SIGSEGV);
		break;
	case ABORT:
		fputs("assertion of the fault workload\n", stderr);
		abort();
	case SPIN:
		signal(SIGTERM, SIG_IGN);
		for (;;)
			;
	case HANG:
		for (;;)
			pause();
	case STOP:
		raise(SIGSTOP);
		break;
	case EXIT0:
		exit(0);
	case EXIT7:
		exit(7);
	case GARBAGE:
		write_garbage();
		break;
	case CORRUPT:
		corrupt();
		break;
	case KILLED:
		raise(SIGKILL);
		break;
	case GRANDCHILD:
		spawn_grandchild();
		break;
	case OOM:
		eat(SIZE_MAX);
		break;
	case DEADLOCK:
		deadlock();
		break;
	case MOVED:
		unbind();
		break;
	default:
		break;
	}
}

static int setup(struct run *r)
{
	struct rlimit limit = { 1 << 28, 1 << 28 };

	if (r->param[WAY] != NOMEMORY)
		return 0;
	setrlimit(RLIMIT_AS, &limit);
	eat(SIZE_MAX);
	return run_fail(r, STATUS_ALLOC_FAIL, "malloc: %s", strerror(ENOMEM));
}

static struct op step(struct task *t)
{
	struct local *l = t->local;
	enum way way = (enum way)t->param[WAY];

	TASK_BEGIN(t);
	for (; l->unit < t->units; l->unit++) {
		if (!t->index && !l->unit && in_thread())
			go_wrong(way);
		if (way == FAIL && in_thread()) {
			t->res = -EPIPE;
			return op_fail();
		}
		t->result += way == BADSUM && in_thread() ? 2 :
			     way == SLACK && in_thread() ? slack() : 1;
		*(uint64_t *)t->shared += way == BADSTATE && in_thread();
		TASK_AWAIT(t, op_units(1));
		if (way == BADOPS && in_thread())
			TASK_AWAIT(t, op_units(1));
	}
	TASK_END(t);
}

static uint64_t digest(const void *shared, const uint64_t *param)
{
	(void)param;
	return *(const uint64_t *)shared;
}

const struct workload workload_fault = {
	.name = "fault",
	.summary = "goes wrong on purpose",
	.unit = "step",
	.bound = BOUND_CPU,
	.params = params,
	.shared_bytes = sizeof(uint64_t),
	.local_bytes = sizeof(struct local),
	.setup = setup,
	.step = step,
	.digest = digest,
};

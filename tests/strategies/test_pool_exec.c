/*
 * A worker that is a program of its own: what it is handed, that it gets nothing
 * else, and how it may die.  This program executes itself as the worker does;
 * TEST_WORKER_1 in the environment says how worker 1 then goes wrong.  execv() is this
 * file's own, to refuse when it is told to.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/left.h"
#include "base/mem.h"
#include "strategies/parcel.h"
#include "strategies/pool.h"

enum { WORKERS = 3, TASKS = 20, CHUNK = 1, HANG_S = 60, NOT_HANDED_OVER = 99 };
#define WAY "TEST_WORKER_1"

static bool refuse;

int execv(const char *path, char *const argv[])
{
	int (*real)(const char *, char *const[]);

	*(void **)&real = dlsym(RTLD_NEXT, "execv");
	if (!refuse)
		return real(path, argv);
	errno = ENOENT;
	return -1;
}

struct scene {
	struct run run;
	struct pass pass;
	struct gate gate;
	struct slot slot[WORKERS + 1];
	struct channel channel[WORKERS];
	struct trouble trouble;
	int cpu[WORKERS + 1];
	uint64_t param[4];
	_Alignas(128) uint64_t shared[16];
};

static struct scene *scene;
static struct topology *topology;
static uint64_t chunk = CHUNK, tasks = TASKS;

static int setup(void **state)
{
	(void)state;
	alarm(HANG_S);
	refuse = false;
	chunk = CHUNK;
	tasks = TASKS;
	unsetenv(WAY);
	scene = shared_map(sizeof *scene);
	return scene ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	alarm(0);
	shared_unmap(scene, sizeof *scene);
	return waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD ? 0 : -1;
}

/* Run @workload with its first parameter @value; what strategy->run said. */
static int ran(const char *workload, uint64_t value)
{
	unsigned fds = open_fds(), maps = shared_maps();
	struct scene *s = scene;
	int rc;

	s->param[0] = value;
	s->run = (struct run){
		.workload = workload_find(workload), .param = s->param, .tasks = tasks,
		.units = 2, .seed = 42, .workers = WORKERS, .channel = s->channel,
		.shared = s->shared, .trouble = &s->trouble,
	};
	assert_true(s->run.workload->shared_bytes <= sizeof s->shared);
	s->pass = (struct pass){
		.run = &s->run, .strategy = strategy_find("pool-exec"), .option = &chunk,
		.topology = topology, .cpu = s->cpu, .streams = WORKERS, .slot = s->slot,
		.gate = &s->gate, .shared = s->shared, .trouble = &s->trouble,
	};
	for (unsigned w = 0; w < WORKERS; w++)
		s->channel[w] = (struct channel){ -1, -1 };
	rc = s->pass.strategy->run(&s->pass);
	/* well or not, nothing of it is left */
	assert_int_equal(open_fds(), fds);
	assert_int_equal(shared_maps(), maps);
	return rc;
}

static void anywhere(void)
{
	for (unsigned w = 0; w <= WORKERS; w++)
		scene->cpu[w] = -1;
}

/* Its copy begins as the state was, and is added to the others. */
static void state_goes_out_and_comes_back(void **state)
{
	uint64_t done = 0;

	(void)state;
	anywhere();
	scene->shared[0] = 5;
	assert_int_equal(ran("counter", 500), 0);
	assert_int_equal(scene->shared[0], 5 + WORKERS * 5 + TASKS * 2 * 500);
	for (unsigned w = 0; w <= WORKERS; w++) {
		assert_true(scene->slot[w].begin_ns >= scene->gate.start_ns);
		assert_true(scene->slot[w].end_ns > 0);
		assert_true(worker_sealed(&scene->slot[w]));
		done += scene->slot[w].tasks;
	}
	assert_int_equal(done, TASKS);
	assert_true(scene->gate.full_ns > 0);
	assert_true(scene->gate.start_ns > scene->gate.full_ns);
}

/* What a worker reads and writes is chunks. */
static void only_the_pass_counts(void **state)
{
	static const struct { uint64_t size, tasks, chunks; } way[] = {
		{ CHUNK, TASKS, TASKS }, { 7, TASKS, 3 }, { TASKS, TASKS, 1 },
		{ 0, 20, 10 },	/* 2 to each: a quarter of a share, and what is left over */
		{ 0, 24, 12 },	/* 2 again: nothing is left over */
	};

	(void)state;
	anywhere();
	for (size_t i = 0; i < sizeof way / sizeof *way; i++) {
		uint64_t calls = 0;

		memset(scene->slot, 0, sizeof scene->slot);
		chunk = way[i].size;
		tasks = way[i].tasks;
		assert_int_equal(ran("null", 0), 0);
		for (unsigned w = 0; w < WORKERS; w++)
			calls += scene->slot[w].syscalls;
		assert_int_equal(calls, 2 * way[i].chunks + WORKERS);	/* the end, for each */
	}
}

/* More than both pipes hold: who hands out takes back meanwhile. */
static void more_chunks_than_the_pipes_hold(void **state)
{
	(void)state;
	anywhere();
	tasks = 6000;
	assert_int_equal(ran("null", 0), 0);
}

static void a_pinned_one_is_there_alone(void **state)
{
	cpu_set_t usable, after;
	int cpu = 0;

	(void)state;
	sched_getaffinity(0, sizeof usable, &usable);
	while (!CPU_ISSET((size_t)cpu, &usable))
		cpu++;
	anywhere();
	for (unsigned w = 0; w < WORKERS; w++)
		scene->cpu[w] = cpu;
	assert_int_equal(ran("null", 0), 0);
	for (unsigned w = 0; w <= WORKERS; w++)
		assert_false(scene->slot[w].moved);
	sched_getaffinity(0, sizeof after, &after);
	assert_true(CPU_EQUAL(&usable, &after));
	scene->cpu[1] = CPU_SETSIZE - 1;
	assert_int_equal(ran("null", 0), -1);
	assert_int_equal(scene->trouble.status, STATUS_BIND_FAIL);
	/* the executed one only looks: it has no topology */
	assert_int_equal(topology_bind(NULL, CPU_SETSIZE - 1), -1);
}

/* A descriptor that it was not given would be found by the worker: see main(). */
static void nothing_else_is_inherited(void **state)
{
	int fd = open("/dev/null", O_RDONLY);

	(void)state;
	anywhere();
	assert_int_equal(dup2(fd, NOT_HANDED_OVER), NOT_HANDED_OVER);
	assert_int_equal(ran("null", 0), 0);
	close(NOT_HANDED_OVER);
	close(fd);
}

static void one_that_dies_ends_all(void **state)
{
	static const struct {
		const char *way;
		enum status status;
		const char *reason;
	} table[] = {
		{ "crash", STATUS_CRASH, "worker 1: signal 11 (Segmentation fault)" },
		{ "abort", STATUS_ABORT, "worker 1: signal 6 (Aborted)" },
		{ "exit", STATUS_EXIT_CODE, "worker 1: exit code 3" },
		{ "later", STATUS_CRASH, "worker 1: signal 14 (Alarm clock)" },
	};

	(void)state;
	anywhere();
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		memset(&scene->trouble, 0, sizeof scene->trouble);
		setenv(WAY, table[i].way, 1);
		/* asleep for long when it happens, who came through the gate */
		assert_int_equal(ran("sleep", 10000000000), -1);
		assert_int_equal(scene->trouble.status, table[i].status);
		assert_string_equal(scene->trouble.reason, table[i].reason);
		assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	}
}

static void no_program_no_worker(void **state)
{
	(void)state;
	anywhere();
	refuse = true;
	assert_int_equal(ran("null", 0), -1);
	assert_int_equal(scene->trouble.status, STATUS_SPAWN_FAIL);
	assert_string_equal(scene->trouble.reason, "exec: No such file or directory");
}

/* As somebody may try who found the command. */
static void what_is_no_parcel_is_refused(void **state)
{
	int fd = memfd_create("junk", MFD_CLOEXEC);
	char number[12];

	(void)state;
	snprintf(number, sizeof number, "%d", fd);
	assert_int_equal(pool_exec_worker("x", "0"), -1);
	assert_int_equal(pool_exec_worker("4095", "0"), -1);
	assert_int_equal(pool_exec_worker("0", "0"), -1);
	assert_int_equal(pool_exec_worker(number, "0"), -1);
	assert_int_equal(ftruncate(fd, sizeof(struct parcel)), 0);
	assert_int_equal(pool_exec_worker(number, "0"), -1);
	close(fd);
}

static void there_is_no_worker_beyond_the_last(void **state)
{
	struct parcel *c;
	char number[12];
	int fd;

	(void)state;
	anywhere();
	assert_int_equal(ran("null", 0), 0);
	c = parcel_pack(&scene->pass, &fd);
	assert_non_null(c);
	snprintf(number, sizeof number, "%d", fd);
	assert_int_equal(pool_exec_worker(number, "3"), -1);
	parcel_free(c);
	close(fd);
}

/* Worker 1, executed; returns where it is not to go wrong. */
static void go_wrong(const char *way)
{
	const struct itimerval soon = { .it_value.tv_usec = 300000 };

	signal(SIGSEGV, SIG_DFL);	/* not the ones of a sanitizer */
	signal(SIGABRT, SIG_DFL);
	if (!strcmp(way, "crash"))
		raise(SIGSEGV);
	if (!strcmp(way, "abort"))
		raise(SIGABRT);
	if (!strcmp(way, "exit"))
		_exit(3);
	setitimer(ITIMER_REAL, &soon, NULL);
}

static int worker(const char *fd, const char *w)
{
	if (fcntl(NOT_HANDED_OVER, F_GETFD) >= 0)
		return 9;
	if (getenv(WAY) && !strcmp(w, "1"))
		go_wrong(getenv(WAY));
	return pool_exec_worker(fd, w) < 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(state_goes_out_and_comes_back),
		TEST(only_the_pass_counts),
		TEST(more_chunks_than_the_pipes_hold),
		TEST(a_pinned_one_is_there_alone),
		TEST(nothing_else_is_inherited),
		TEST(one_that_dies_ends_all),
		TEST(no_program_no_worker),
		TEST(what_is_no_parcel_is_refused),
		TEST(there_is_no_worker_beyond_the_last),
	};
	int failed;

	if (argc == 4 && !strcmp(argv[1], "worker"))
		return worker(argv[2], argv[3]);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	topology = topology_load(NULL);
	failed = topology ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
	topology_free(topology);
	return failed;
}

/*
 * Real servers: that they start, answer, are where they should be, die when they
 * must, and leave nothing behind.  One that is not installed is left out.
 */
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "workloads/backend.h"
#include "workloads/drive.h"
#include "workloads/fake_server.h"

extern const struct workload workload_http, workload_redis, workload_memcached;

/* A client of fake_server.h. */
enum { BYTES, TRANSPORT };
static const struct param params[] = {
	[BYTES] = { "bytes", 64, 1, 8192, "bytes", "request, and answer" },
	[TRANSPORT] = { "transport", 0, 0, 1, "tcp|unix", "how to reach it" },
	{ .name = NULL }
};

struct local {
	uint64_t unit;
	char out[8192], in[8192];
};

static int fake_setup(struct run *r)
{
	return run_backend(r, &fake, (enum backend_how)r->param[TRANSPORT], NULL, 0);
}

static struct op fake_step(struct task *t)
{
	struct local *l = t->local;
	size_t n = t->param[BYTES];

	TASK_BEGIN(t);
	for (; l->unit < t->units; l->unit++) {
		TASK_AWAIT_ALL(t, n, op_send(t->channel->out, l->out, n));
		TASK_AWAIT_ALL(t, n, op_recv(t->channel->in, l->in, n, OP_ALL | OP_WAITFIRST));
		TASK_AWAIT(t, op_units(1));
	}
	TASK_END(t);
}

static const char *fake_supported(const uint64_t *param)
{
	(void)param;
	return backend_missing(&fake);
}

static const struct workload workload_fake = {
	.name = "fake", .unit = "request", .params = params,
	.local_bytes = sizeof(struct local), .setup = fake_setup, .step = fake_step,
	.supported = fake_supported,
};

static const struct workload *const all[] = {
	&workload_http, &workload_redis, &workload_memcached, &workload_fake, NULL
};

static char folder[64];		/* TMPDIR of these tests */

/* Nothing is in TMPDIR. */
static void expect_empty(void)
{
	DIR *d = opendir(folder);
	struct dirent *e;

	assert_non_null(d);
	while ((e = readdir(d)))
		if (*e->d_name != '.')
			fail_msg("%s/%s is left", folder, e->d_name);
	closedir(d);
}

/* Run @check for every one that is installed, by every way to reach it; none: skip.
 * The fake one is always there, but for python3. */
static void each(void (*check)(struct drive *d))
{
	unsigned n = 0;

	for (size_t i = 0; all[i]; i++)
		for (uint64_t how = 0; how < (all[i] == &workload_http ? 1 : 2); how++) {
			struct drive d;

			drive_init(&d, all[i], 3);
			if (how)
				drive_set(&d, "transport", how);
			if (all[i]->supported(d.param))
				continue;
			check(&d);
			n++;
		}
	if (!n)
		skip();
}

/* As the harness does it; its wait status. */
static int stop(struct drive *d)
{
	if (d->run.server)
		kill(d->run.server, SIGKILL);
	return drive_close(d);
}

static void open_or_die(struct drive *d)
{
	if (drive_open(d) < 0)
		fail_msg("%s: %s", d->run.workload->name, d->trouble.reason);
}

static void check_answers(struct drive *d)
{
	open_or_die(d);
	drive_all(d, false);
	assert_int_equal(d->units, d->run.tasks * d->run.units);
	for (unsigned w = 0; w < d->run.workers; w++)
		assert_int_equal(drive_run(d, w, w), 0);
	stop(d);
}

static void it_answers(void **state)
{
	(void)state;
	each(check_answers);
}

static void check_bigger(struct drive *d)
{
	bool http = d->run.workload == &workload_http;

	drive_set(d, http ? "size" : "bytes", http ? 100000 : 8192);
	if (d->run.workload != &workload_fake) {
		drive_set(d, http ? "path" : "op", 1);
		drive_set(d, http ? "window" : "pipeline", 5);
	}
	if (!http && d->run.workload != &workload_fake)
		drive_set(d, "keys", 50);
	d->run.units = 13;
	check_answers(d);
}

static void it_answers_at_length(void **state)
{
	(void)state;
	each(check_bigger);
}

/* A process and a group of its own, on the CPU that is said, with a name. */
static void check_place(struct drive *d)
{
	cpu_set_t set;
	unsigned cpu = 0;

	assert_int_equal(sched_getaffinity(0, sizeof set, &set), 0);
	while (!CPU_ISSET(cpu, &set))
		cpu++;
	d->run.server_cpu = (int)cpu;
	open_or_die(d);
	assert_int_equal(getpgid(d->run.server), d->run.server);
	assert_int_equal(sched_getaffinity(d->run.server, sizeof set, &set), 0);
	assert_int_equal(CPU_COUNT(&set), 1);
	assert_true(CPU_ISSET(cpu, &set));
	assert_non_null(strpbrk(d->run.server_name, "0123456789"));
	assert_int_equal(d->run.server_control, -1);
	stop(d);
}

static void it_is_where_it_is_told(void **state)
{
	(void)state;
	each(check_place);
}

static void no_such_cpu_is_an_error(void **state)
{
	struct trouble *trouble = shared_map(sizeof *trouble);
	struct drive d;

	(void)state;
	drive_init(&d, &workload_fake, 1);
	if (workload_fake.supported(d.param)) {
		shared_unmap(trouble, sizeof *trouble);
		skip();
	}
	d.run.trouble = trouble;
	d.run.server_cpu = 100000;
	assert_int_equal(drive_open(&d), -1);
	assert_int_equal(trouble->status, STATUS_BIND_FAIL);
	assert_int_equal(d.run.server, 0);
	drive_close(&d);
	shared_unmap(trouble, sizeof *trouble);
}

/* As soon as it is open there is nothing to leave behind. */
static void check_traces(struct drive *d)
{
	unsigned before = open_fds();

	open_or_die(d);
	expect_empty();
	/* however often it was asked whether it is there */
	assert_int_equal(open_fds(), before + d->run.workers);
	stop(d);
	assert_int_equal(open_fds(), before);
	expect_empty();
}

static void it_leaves_no_trace(void **state)
{
	(void)state;
	each(check_traces);
}

/* What a client sends goes at once, as a client of its own would have it. */
static void check_nodelay(struct drive *d)
{
	int on;
	socklen_t n = sizeof on;

	open_or_die(d);
	for (unsigned w = 0; w < d->run.workers; w++)
		if (!getsockopt(d->channel[w].out, IPPROTO_TCP, TCP_NODELAY, &on, &n))
			assert_true(on);
	stop(d);
}

static void nothing_is_held_back(void **state)
{
	(void)state;
	each(check_nodelay);
}

/* It holds nothing of the trial's that it was not given. */
static void check_inherits(struct drive *d)
{
	char path[64];
	struct stat a, b;
	int mine[2];

	assert_int_equal(pipe(mine), 0);
	assert_int_equal(fstat(mine[0], &a), 0);
	open_or_die(d);
	for (int fd = 0; fd < 256; fd++) {
		snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)d->run.server, fd);
		if (!stat(path, &b))
			assert_false(a.st_dev == b.st_dev && a.st_ino == b.st_ino);
	}
	stop(d);
	close(mine[0]);
	close(mine[1]);
}

static void it_inherits_no_descriptor(void **state)
{
	(void)state;
	each(check_inherits);
}

static void check_terms(struct drive *d)
{
	int status;

	open_or_die(d);
	kill(d->run.server, SIGTERM);
	status = drive_close(d);
	assert_true(WIFEXITED(status) || WTERMSIG(status) == SIGTERM);
}

static void it_ends_when_asked(void **state)
{
	(void)state;
	each(check_terms);
}

/* Its death is an error to those who wait for a reply, and to those who come later. */
static void check_death(struct drive *d)
{
	struct task t;
	struct op op;
	int rc;

	open_or_die(d);
	t = drive_task(d, 0, 0);
	kill(d->run.server, SIGSTOP);
	assert_int_equal(waitpid(d->run.server, NULL, WUNTRACED), d->run.server);
	assert_int_equal(drive_step(d, &t), 1);		/* asked */
	op = t.workload->step(&t);			/* to receive */
	kill(d->run.server, SIGKILL);
	t.res = drive_exec(&op);
	assert_int_equal(drive_step(d, &t), -1);
	assert_int_equal(t.res, -ECONNRESET);
	rc = drive_run(d, 1, 1);
	assert_true(rc == -ECONNRESET || rc == -EPIPE || rc == -EIO);
	assert_true(WIFSIGNALED(drive_close(d)));
	expect_empty();
}

static void its_death_is_noticed(void **state)
{
	(void)state;
	each(check_death);
}

/* Wait until our children have died by themselves.  Those that do not are killed,
 * and false. */
static bool children_die(void)
{
	const struct timespec nap = { .tv_nsec = 1000000 };
	FILE *f;
	int pid;

	for (int ms = 0; ms < 10000; ms++) {
		if ((pid = waitpid(-1, NULL, WNOHANG)) < 0)
			return true;
		if (!pid)
			nanosleep(&nap, NULL);
	}
	f = fopen("/proc/thread-self/children", "re");
	while (f && fscanf(f, "%d", &pid) == 1)
		kill(pid, SIGKILL);
	if (f)
		fclose(f);
	while (waitpid(-1, NULL, 0) > 0)
		;
	return false;
}

/* Of the whole trial, by KILL: nobody can tell the server but the kernel. */
static void check_orphan(struct drive *d)
{
	pid_t pid, server = 0;
	int report[2];

	assert_int_equal(pipe2(report, O_CLOEXEC), 0);
	pid = fork();
	if (!pid) {
		if (drive_open(d) < 0 ||
		    write(report[1], &d->run.server, sizeof d->run.server) < 0)
			_exit(1);
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(read(report[0], &server, sizeof server), sizeof server);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_true(children_die());
	close(report[0]);
	close(report[1]);
	expect_empty();
}

static void it_dies_with_the_trial(void **state)
{
	(void)state;
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	each(check_orphan);
}

/* Asked to stop while the server starts, at any moment: the trial ends by that
 * signal, the server with it, and the socket's folder is gone. */
static void check_interrupt(struct drive *d)
{
	for (int ms = 0; ms < 8; ms++) {
		const struct timespec nap = { .tv_nsec = ms * 1000000 };
		int status;
		pid_t pid = fork();

		if (!pid) {
			drive_open(d);
			for (;;)
				pause();
		}
		nanosleep(&nap, NULL);
		kill(pid, SIGTERM);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
		assert_true(children_die());	/* the server: we reap orphans */
		expect_empty();
	}
}

static void it_may_be_interrupted(void **state)
{
	(void)state;
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	each(check_interrupt);
}

/* The first two answers are somebody else's: only the third is our server's. */
static const struct backend mistaken = {
	.program = "python3", .package = "python3", .tcp = fake_tcp, .local = fake_local,
	.ping = "who\n", .pid = "pid ", .version = "version ",
};

static void another_server_is_not_ours(void **state)
{
	(void)state;
	if (backend_missing(&mistaken))
		skip();
	for (int how = BACKEND_TCP; how <= BACKEND_LOCAL; how++) {
		struct drive d;

		drive_init(&d, &workload_fake, 1);
		assert_int_equal(run_backend(&d.run, &mistaken, (enum backend_how)how, NULL, 0), 0);
		assert_string_equal(d.run.server_name, "python3-3");
		assert_true(WIFSIGNALED(stop(&d)));
		expect_empty();
	}
}

/* --- programs that are no servers --- */

static const char *const refuses[] = {
	"sh", "-c", "echo first; echo 'port @port: no, thank you' >&2; exit 1", NULL
};
static const struct backend bad = {
	.program = "sh", .package = "dash", .tcp = refuses, .local = refuses,
	.ping = "ping\n", .pid = "pid ", .version = "version ",
};
static const struct backend absent = {
	.program = "no-such-server", .package = "none-such", .tcp = refuses, .local = refuses,
	.ping = "ping\n", .pid = "pid ", .version = "version ",
};

static void its_last_words_are_kept(void **state)
{
	(void)state;
	for (int how = BACKEND_TCP; how <= BACKEND_LOCAL; how++) {
		struct drive d;

		drive_init(&d, &workload_redis, 1);
		assert_int_equal(run_backend(&d.run, &bad, (enum backend_how)how, NULL, 0), -1);
		assert_int_equal(d.trouble.status, STATUS_SERVER_LOST);
		assert_non_null(strstr(d.trouble.reason, "sh did not start: port "));
		assert_non_null(strstr(d.trouble.reason, "no; thank you"));
		assert_int_equal(d.run.server, 0);
		assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
		expect_empty();
		drive_close(&d);
	}
}

static void what_to_install_is_said(void **state)
{
	struct drive d;

	(void)state;
	assert_null(backend_missing(&bad));
	assert_string_equal(backend_missing(&absent),
			    "no-such-server is not installed (Debian package none-such)");
	drive_init(&d, &workload_redis, 1);
	assert_int_equal(run_backend(&d.run, &absent, BACKEND_TCP, NULL, 0), -1);
	assert_int_equal(d.trouble.status, STATUS_SKIPPED);
	drive_close(&d);
}

static void no_room_for_a_socket_is_an_error(void **state)
{
	struct drive d;

	(void)state;
	setenv("TMPDIR", "/nonexistent", 1);
	drive_init(&d, &workload_redis, 1);
	assert_int_equal(run_backend(&d.run, &bad, BACKEND_LOCAL, NULL, 0), -1);
	assert_int_equal(d.trouble.status, STATUS_IO_ERROR);
	assert_non_null(strstr(d.trouble.reason, "/nonexistent"));
	drive_close(&d);
	setenv("TMPDIR", folder, 1);
}

/* In a process of its own, because a limit is not given back. */
static void descriptors_are_counted_first(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	if (!pid) {
		struct rlimit l = { 100, 100 };
		struct drive d;

		setrlimit(RLIMIT_NOFILE, &l);
		drive_init(&d, &workload_redis, 64);
		_exit(!(run_backend(&d.run, &bad, BACKEND_TCP, NULL, 0) < 0 &&
			d.trouble.status == STATUS_FD_FAIL && !d.run.server));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void words_are_replaced(void **state)
{
	const struct word words[] = { { "@port", "80" }, { "@places", "7" }, { NULL, NULL } };
	static const char *const rows[][2] = {
		{ "", "" }, { "@port", "80" }, { "a@port;@places@port", "a80;780" },
		{ "@", "@" }, { "@por", "@por" }, { "me@home", "me@home" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *text = words_expand(rows[i][0], words);

		assert_string_equal(text, rows[i][1]);
		free(text);
	}
}

static void marks_are_found(void **state)
{
	char out[4] = "?";

	(void)state;
	assert_false(mark_find("pid 12", "pid ", out, sizeof out));	/* more may come */
	assert_false(mark_find("pit 12\n", "pid ", out, sizeof out));
	assert_true(mark_find("a\r\npid 12\r\n", "pid ", out, sizeof out));
	assert_string_equal(out, "12");
	assert_true(mark_find("pid 123456\n", "pid ", out, sizeof out));
	assert_string_equal(out, "123");
}

/* What a test that failed has left. */
static int remove_it(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_answers),
		cmocka_unit_test(it_answers_at_length),
		cmocka_unit_test(it_is_where_it_is_told),
		cmocka_unit_test(no_such_cpu_is_an_error),
		cmocka_unit_test(it_leaves_no_trace),
		cmocka_unit_test(nothing_is_held_back),
		cmocka_unit_test(it_inherits_no_descriptor),
		cmocka_unit_test(it_ends_when_asked),
		cmocka_unit_test(its_death_is_noticed),
		cmocka_unit_test(it_dies_with_the_trial),
		cmocka_unit_test(it_may_be_interrupted),
		cmocka_unit_test(another_server_is_not_ours),
		cmocka_unit_test(its_last_words_are_kept),
		cmocka_unit_test(what_to_install_is_said),
		cmocka_unit_test(no_room_for_a_socket_is_an_error),
		cmocka_unit_test(descriptors_are_counted_first),
		cmocka_unit_test(words_are_replaced),
		cmocka_unit_test(marks_are_found),
	};
	int rc;

	drive_watchdog();
	strcpy(folder, "/tmp/test_backend-XXXXXX");
	if (!mkdtemp(folder) || setenv("TMPDIR", folder, 1))
		return 1;
	rc = cmocka_run_group_tests_name("backend", tests, NULL, NULL);
	nftw(folder, remove_it, 8, FTW_DEPTH | FTW_PHYS);
	return rc;
}

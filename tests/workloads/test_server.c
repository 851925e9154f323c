/* The embedded server: what it answers, when it goes, and what is left. */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "engines/refused.h"
#include "workloads/drive.h"

extern const struct workload workload_pipe, workload_echo, workload_delay;
static const struct workload *const all[] = {
	&workload_pipe, &workload_echo, &workload_delay, NULL
};

static void open_or_die(struct drive *d, const struct workload *w, unsigned workers)
{
	drive_init(d, w, workers);
	if (w == &workload_delay)
		drive_set(d, "delay", 1000);
	assert_int_equal(drive_open(d), 0);
}

static void send_all(int fd, const char *buf, size_t n)
{
	struct op op = op_write(fd, (void *)(uintptr_t)buf, n);

	assert_int_equal(drive_exec(&op), n);
}

static void expect(int fd, const char *want, size_t n)
{
	char buf[4096];
	struct op op = op_read(fd, buf, n, OP_ALL);

	assert_int_equal(drive_exec(&op), n);
	assert_memory_equal(buf, want, n);
}

static void it_serves_64_connections(void **state)
{
	(void)state;
	for (size_t i = 0; all[i]; i++) {
		struct drive d;

		open_or_die(&d, all[i], 64);
		for (unsigned w = 0; w < 64; w++)
			assert_int_equal(drive_run(&d, w, w), 0);
		assert_int_equal(drive_close(&d), 0);
	}
}

static void many_may_wait_at_once(void **state)
{
	(void)state;
	for (size_t i = 0; all[i]; i++) {
		char text[64][64] = { { 0 } };
		struct drive d;

		open_or_die(&d, all[i], 64);
		for (unsigned w = 0; w < 64; w++) {
			text[w][w] = 'x';
			send_all(d.channel[w].out, text[w], 64);
		}
		for (unsigned w = 64; w--;)
			expect(d.channel[w].in, text[w], 64);
		assert_int_equal(drive_close(&d), 0);
	}
}

/* Half a request waits for its other half; the next one for its turn. */
static void requests_may_come_in_pieces(void **state)
{
	char text[192];

	(void)state;
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (char)i;
	for (size_t i = 0; all[i]; i++) {
		struct drive d;

		open_or_die(&d, all[i], 2);
		send_all(d.channel[0].out, text, 10);
		send_all(d.channel[1].out, text, 64);
		expect(d.channel[1].in, text, 64);
		send_all(d.channel[0].out, text + 10, 182);
		expect(d.channel[0].in, text, 192);
		assert_int_equal(drive_close(&d), 0);
	}
}

static void large_requests_pass(void **state)
{
	(void)state;
	for (size_t i = 0; all[i]; i++) {
		struct drive d;

		drive_init(&d, all[i], 2);
		drive_set(&d, "bytes", all[i] == &workload_echo ? 16384 : 4096);
		assert_int_equal(drive_open(&d), 0);
		for (uint64_t k = 0; k < d.run.tasks; k++)
			assert_int_equal(drive_run(&d, k, k % 2), 0);
		assert_int_equal(drive_close(&d), 0);
	}
}

static void answers_are_held_back(void **state)
{
	struct drive d;
	char c[64] = { 0 };

	(void)state;
	drive_init(&d, &workload_delay, 2);
	drive_set(&d, "delay", 10000000000);
	assert_int_equal(drive_open(&d), 0);
	send_all(d.channel[0].out, c, 64);
	send_all(d.channel[0].out, c, 64);	/* early */
	assert_int_equal(recv(d.channel[0].in, c, 64, MSG_DONTWAIT), -1);
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(drive_close(&d), 0);	/* at once, all the same */
}

/* Nor is one there before its time, however soon we look. */
static void no_answer_comes_early(void **state)
{
	enum { DELAY_NS = 3000000 };
	struct drive d;
	char c[64] = { 0 };

	(void)state;
	drive_init(&d, &workload_delay, 1);
	drive_set(&d, "delay", DELAY_NS);
	assert_int_equal(drive_open(&d), 0);
	for (int i = 0; i < 3; i++) {
		uint64_t asked = clock_ns();

		send_all(d.channel[0].out, c, sizeof c);
		assert_int_equal(recv(d.channel[0].in, c, sizeof c, MSG_WAITALL), sizeof c);
		assert_true(clock_ns() >= asked + DELAY_NS);
	}
	assert_int_equal(drive_close(&d), 0);
}

static void one_may_leave(void **state)
{
	(void)state;
	for (size_t i = 0; all[i]; i++) {
		struct drive d;
		char half[32] = { 0 };

		open_or_die(&d, all[i], 2);
		send_all(d.channel[0].out, half, sizeof half);
		close(d.channel[0].in);
		if (d.channel[0].out != d.channel[0].in)
			close(d.channel[0].out);
		d.channel[0] = (struct channel){ -1, -1 };
		for (uint64_t k = 0; k < d.run.tasks; k++)
			assert_int_equal(drive_run(&d, k, 1), 0);
		assert_int_equal(drive_close(&d), 0);
	}
}

/* Its death is an error to those who wait, and to those who come later. */
static void its_death_is_noticed(void **state)
{
	(void)state;
	for (size_t i = 0; all[i]; i++) {
		struct drive d;
		struct task t;
		struct op op;
		int status;

		open_or_die(&d, all[i], 2);
		t = drive_task(&d, 0, 0);
		kill(d.run.server, SIGSTOP);
		assert_int_equal(drive_step(&d, &t), 1);	/* asked */
		op = all[i]->step(&t);				/* to read */
		kill(d.run.server, SIGKILL);
		t.res = drive_exec(&op);
		assert_int_equal(drive_step(&d, &t), -1);
		assert_true(t.res == -EIO || t.res == -ECONNRESET);
		assert_true(drive_run(&d, 1, 1) < 0);
		status = drive_close(&d);
		assert_true(WIFSIGNALED(status));
	}
}

static void wrong_answers_are_noticed(void **state)
{
	(void)state;
	for (size_t i = 0; all[i]; i++) {
		static const char zero[64];
		struct drive d;
		int pair[2];

		drive_init(&d, all[i], 1);
		for (unsigned n = 0; n < 2; n++) {
			assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
			d.channel[0] = (struct channel){ pair[0], pair[0] };
			send_all(pair[1], zero, n ? 63 : 64);
			shutdown(pair[1], SHUT_WR);
			assert_int_equal(drive_run(&d, 0, 0), n ? -EIO : -EBADMSG);
			close(pair[0]);
			close(pair[1]);
			d.channel[0] = (struct channel){ -1, -1 };
		}
		drive_close(&d);
	}
}

static void pipes_are_as_the_engine_wants_them(void **state)
{
	(void)state;
	for (int nonblock = 0; nonblock < 2; nonblock++) {
		struct drive d;

		drive_init(&d, &workload_pipe, 2);
		d.run.nonblock = nonblock;
		assert_int_equal(drive_open(&d), 0);
		for (unsigned w = 0; w < 2; w++) {
			int in = fcntl(d.channel[w].in, F_GETFL);
			int out = fcntl(d.channel[w].out, F_GETFL);

			assert_int_equal(!!(in & O_NONBLOCK), nonblock);
			assert_int_equal(!!(out & O_NONBLOCK), nonblock);
		}
		assert_int_equal(drive_close(&d), 0);
	}
}

static void it_runs_where_it_is_told(void **state)
{
	cpu_set_t set;
	struct drive d;
	unsigned cpu = 0;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof set, &set), 0);
	while (!CPU_ISSET(cpu, &set))
		cpu++;
	drive_init(&d, &workload_echo, 1);
	d.run.server_cpu = (int)cpu;
	assert_int_equal(drive_open(&d), 0);
	assert_int_equal(sched_getaffinity(d.run.server, sizeof set, &set), 0);
	assert_int_equal(CPU_COUNT(&set), 1);
	assert_true(CPU_ISSET(cpu, &set));
	assert_int_equal(drive_close(&d), 0);
}

static void milliseconds_will_do(void **state)
{
	struct drive d;

	(void)state;
	refused = ENOSYS;
	open_or_die(&d, &workload_delay, 2);
	refused = 0;
	drive_all(&d, false);
	assert_int_equal(drive_close(&d), 0);
}

/* The default adds 50 us to whatever the server waits for. */
static void its_sleeps_are_not_stretched(void **state)
{
	char path[64], slack[24] = "";
	struct drive d;
	ssize_t n;
	int fd;

	(void)state;
	open_or_die(&d, &workload_echo, 1);
	snprintf(path, sizeof path, "/proc/%d/timerslack_ns", d.run.server);
	fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	n = read(fd, slack, sizeof slack - 1);
	if (n < 0 && errno == EPERM)
		print_message("# SKIP the slack of others is not told here\n");
	else
		assert_string_equal(slack, "1\n");
	close(fd);
	assert_int_equal(drive_close(&d), 0);
}

static void no_such_cpu_is_an_error(void **state)
{
	struct trouble *trouble = shared_map(sizeof *trouble);

	(void)state;
	assert_non_null(trouble);
	for (size_t i = 0; all[i]; i++) {
		struct drive d;

		memset(trouble, 0, sizeof *trouble);
		drive_init(&d, all[i], 3);
		d.run.trouble = trouble;
		d.run.server_cpu = 1000000;
		assert_int_equal(drive_open(&d), -1);
		assert_int_equal(trouble->status, STATUS_BIND_FAIL);
		assert_non_null(strstr(trouble->reason, "1000000"));
		assert_int_equal(d.run.server, 0);
		assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);	/* nobody left */
		drive_close(&d);
	}
	shared_unmap(trouble, sizeof *trouble);
}

/* In a process of its own, because a limit is not given back. */
static void with_limit(rlim_t soft, rlim_t hard, bool enough)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		struct rlimit l = { soft, hard };
		struct drive d;
		int rc;

		setrlimit(RLIMIT_NOFILE, &l);
		drive_init(&d, &workload_pipe, 64);
		rc = drive_open(&d);
		if (enough)
			_exit(rc || drive_run(&d, 0, 63) || drive_close(&d));
		_exit(!(rc < 0 && d.trouble.status == STATUS_FD_FAIL &&
			strstr(d.trouble.reason, "320") && !d.run.server));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void descriptors_are_counted_first(void **state)
{
	struct rlimit l;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &l), 0);
	if (l.rlim_max < 400)
		skip();
	with_limit(32, l.rlim_max, true);
	with_limit(32, 100, false);
}

/* A trial that serves, starts a worker, and is killed.  The worker holds the
 * control socket open, so only the death signal can end the server. */
static void trial(int report, int hold)
{
	struct drive d;
	char c;

	drive_init(&d, &workload_echo, 1);
	if (drive_open(&d) < 0 || write(report, &d.run.server, sizeof d.run.server) < 0)
		_exit(1);
	if (!fork())
		_exit(read(hold, &c, 1) != 0);
	kill(getpid(), SIGKILL);
}

static void it_dies_with_the_trial(void **state)
{
	int report[2], hold[2], status;
	pid_t pid, server = 0;

	(void)state;
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	assert_int_equal(pipe2(report, O_CLOEXEC), 0);
	assert_int_equal(pipe2(hold, O_CLOEXEC), 0);
	pid = fork();
	if (!pid) {
		close(hold[1]);
		trial(report[1], hold[0]);
	}
	assert_int_equal(read(report[0], &server, sizeof server), sizeof server);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(waitpid(server, &status, 0), server);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	close(hold[1]);
	assert_true(waitpid(-1, &status, 0) > 0);	/* the worker */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	close(hold[0]);
	close(report[0]);
	close(report[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_serves_64_connections),
		cmocka_unit_test(many_may_wait_at_once),
		cmocka_unit_test(requests_may_come_in_pieces),
		cmocka_unit_test(large_requests_pass),
		cmocka_unit_test(answers_are_held_back),
		cmocka_unit_test(no_answer_comes_early),
		cmocka_unit_test(one_may_leave),
		cmocka_unit_test(its_death_is_noticed),
		cmocka_unit_test(wrong_answers_are_noticed),
		cmocka_unit_test(pipes_are_as_the_engine_wants_them),
		cmocka_unit_test(it_runs_where_it_is_told),
		cmocka_unit_test(milliseconds_will_do),
		cmocka_unit_test(its_sleeps_are_not_stretched),
		cmocka_unit_test(no_such_cpu_is_an_error),
		cmocka_unit_test(descriptors_are_counted_first),
		cmocka_unit_test(it_dies_with_the_trial),
	};

	drive_watchdog();
	return cmocka_run_group_tests_name("server", tests, NULL, NULL);
}

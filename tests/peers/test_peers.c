/*
 * What is made of the words of wrk, redis-benchmark and fio, of tools that are not
 * there or fail, and of pairs of times: without any of those tools.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/mem.h"
#include "peers/fio.c"
#include "peers/peer.c"
#include "peers/redis_benchmark.c"
#include "peers/tool.c"
#include "peers/wrk.c"

extern const struct workload workload_fread;

/* A pass of 2 tasks of 500 units. */
struct fixture {
	struct run run;
	struct pass pass;
	struct trouble trouble;
	uint64_t param[16], option[3];
};

static void fixture_init(struct fixture *f)
{
	memset(f, 0, sizeof *f);
	f->run = (struct run){ .workload = &workload_fread, .param = f->param, .tasks = 2,
			       .units = 500, .workers = 1 };
	for (size_t i = 0; i < params_count(workload_fread.params); i++)
		f->param[i] = workload_fread.params[i].value;
	f->pass.run = &f->run;
	f->pass.option = f->option;
	f->pass.trouble = &f->trouble;
}

static void wrk_is_understood(void **state)
{
	static const char good[] = "Running 1s test @ http://127.0.0.1:8080/inline\n"
		"  1 threads and 16 connections\n  129886 requests in 1.10s, 20.31MB read\n"
		"Requests/sec: 118078.25\nTransfer/sec:     18.47MB\n";
	struct fixture f;

	(void)state;
	fixture_init(&f);
	assert_true(wrk_rate(&f.pass, good) == 118078.25);
	assert_true(wrk_rate(&f.pass, "wrk: command not understood\n") == 0);
	assert_int_equal(atomic_load(&f.trouble.taken), 0);
	assert_true(wrk_rate(&f.pass, "  Non-2xx or 3xx responses: 7\nRequests/sec: 1.0\n") == 0);
	assert_int_equal(f.trouble.status, STATUS_IO_ERROR);
	fixture_init(&f);
	assert_true(wrk_rate(&f.pass, "  Socket errors: connect 1\nRequests/sec: 1.0\n") == 0);
	assert_int_equal(f.trouble.status, STATUS_IO_ERROR);
}

static void redis_benchmark_is_understood(void **state)
{
	static const char csv[] = "\"test\",\"rps\",\"avg_latency_ms\"\n"
				  "\"GET\",\"91185.41\",\"0.296\"\n";

	(void)state;
	assert_true(redis_rate(csv, "GET") == 91185.41);
	assert_true(redis_rate(csv, "SET") == 0);
	assert_true(redis_rate("Could not connect\n", "GET") == 0);
}

static void fio_is_understood(void **state)
{
	static const char json[] = "{\"fio version\": \"fio-3.33\", \"jobs\": [{"
		"\"read\": {\"iops\": 250000.0, \"total_ios\": 1000},"
		"\"write\": {\"iops\": 100.0, \"total_ios\": 999}}]}";
	struct fixture f;

	(void)state;
	fixture_init(&f);
	assert_true(fio_time(&f.pass, json, "read") == 4e6);	/* 1000 at 250000 a second */
	assert_string_equal(f.pass.engine, "fio-3.33-psync");
	f.option[IOENGINE] = IO_URING;
	assert_true(fio_time(&f.pass, json, "write") == 0);	/* one is missing */
	assert_string_equal(f.pass.engine, "fio-3.33-io_uring");
	assert_true(fio_time(&f.pass, "fio: no such engine", "read") == 0);
}

/* A pass that began, and what comes of it when a tool says that it took @ns. */
static int ended(struct fixture *f, double ns, double cpu_ns)
{
	static struct slot slot[2];
	static struct gate gate;
	static const int cpu[] = { -1, -1 };

	fixture_init(f);
	slot[0] = (struct slot){ .begin_ns = 0 };
	gate = (struct gate){ .expected = 0 };
	f->pass.slot = slot;
	f->pass.gate = &gate;
	f->pass.cpu = cpu;
	assert_int_equal(tool_begin(&f->pass), 0);
	return tool_end(&f->pass, ns, cpu_ns);
}

/* A rate of 0 is a time without end, and no time at all is none. */
static void only_a_time_is_a_figure(void **state)
{
	static const double none[] = { 0, -1, INFINITY, NAN };
	struct fixture f;

	(void)state;
	assert_int_equal(ended(&f, 2e6, 1e6), 0);
	assert_int_equal(f.pass.slot[0].end_ns - f.pass.gate->start_ns, 2000000);
	assert_int_equal(f.pass.slot[0].units, 1000);
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		assert_int_equal(ended(&f, none[i], 0), -1);
		assert_int_equal(f.trouble.status, STATUS_INTERNAL_ERROR);
		assert_int_equal(f.pass.slot[0].units, 0);
	}
	assert_int_equal(ended(&f, 2e6, NAN), -1);
}

static void a_version_is_asked_for(void **state)
{
	static const struct tool grep = { "grep", "grep", .apart = false };
	static const struct tool fails = { "false", "coreutils", .apart = false };
	static const struct tool absent = { "no-such-tool", "none-such", .apart = false };
	struct fixture f;
	int major;

	(void)state;
	fixture_init(&f);
	tool_version(&f.pass, &grep, "--version", "grep (GNU grep) %15[0-9.]");
	assert_int_equal(sscanf(f.pass.engine, "grep-%d.", &major), 1);
	fixture_init(&f);
	tool_version(&f.pass, &fails, "-v", "%15[0-9.]");
	tool_version(&f.pass, &absent, "-v", "%15[0-9.]");
	assert_string_equal(f.pass.engine, "");
	assert_int_equal(atomic_load(&f.trouble.taken), 0);
}

static void output_is_kept(void **state)
{
	static const struct tool sh = { "sh", "dash", .apart = false };
	char *good[] = { "sh", "-c", "echo to be kept; echo and this; exit 0", NULL };
	char *open_fd[] = { "sh", "-c", "cat <&9", NULL };
	struct fixture f;
	char *text;
	int fd;

	(void)state;
	fixture_init(&f);
	text = tool_output(&f.pass, &sh, good, -1);
	assert_string_equal(text, "to be kept\nand this\n");
	free(text);
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_int_equal(dup3(fd, 9, O_CLOEXEC), 9);
	text = tool_output(&f.pass, &sh, open_fd, 9);
	assert_string_equal(text, "");
	free(text);
	close(fd);
	close(9);
}

static uint64_t childrens_ns(void)
{
	struct rusage ru;

	assert_int_equal(getrusage(RUSAGE_CHILDREN, &ru), 0);
	return clock_timeval_ns(ru.ru_utime) + clock_timeval_ns(ru.ru_stime);
}

/* In the kernel as well: of this most is spent there. */
static void cpu_time_is_all_that_it_had(void **state)
{
	static const struct tool sh = { "sh", "dash", .apart = false };
	char *zeros[] = { "sh", "-c", "head -c 100000000 /dev/zero >/dev/null", NULL };
	uint64_t before = childrens_ns(), had;
	struct fixture f;

	(void)state;
	fixture_init(&f);
	free(tool_output(&f.pass, &sh, zeros, -1));
	had = childrens_ns() - before;
	assert_true(had > 0 && fabs(tool_cpu_ns() - (double)had) <= 10e3);	/* of us */
}

/* What pins its own threads begins on the server's CPU, others on ours. */
static void only_who_is_apart_begins_elsewhere(void **state)
{
	static const struct tool near = { "grep", "grep", .apart = false };
	static const struct tool apart = { "grep", "grep", .apart = true };
	char *argv[] = { "grep", "Cpus_allowed_list", "/proc/self/status", NULL };
	struct topology *t = topology_load(NULL);
	char ours[64], theirs[64], *text;
	int cpu, server;
	struct fixture f;

	(void)state;
	fixture_init(&f);
	assert_non_null(t);
	assert_int_equal(placement_map(t, "compact", 1, &cpu, &server), 0);
	assert_int_equal(topology_bind(t, cpu), 0);
	f.pass.topology = t;
	f.run.server_cpu = server;
	snprintf(ours, sizeof ours, "Cpus_allowed_list:\t%d\n", cpu);
	snprintf(theirs, sizeof theirs, "Cpus_allowed_list:\t%d\n", server);
	text = tool_output(&f.pass, &near, argv, -1);
	assert_string_equal(text, ours);
	free(text);
	text = tool_output(&f.pass, &apart, argv, -1);
	assert_string_equal(text, theirs);
	free(text);
	f.run.server_cpu = -1;
	text = tool_output(&f.pass, &apart, argv, -1);
	assert_string_equal(text, ours);
	free(text);
	topology_free(t);
}

static void what_fails_is_said(void **state)
{
	static const struct tool absent = { "no-such-tool", "none-such", .apart = false };
	static const struct tool sh = { "sh", "dash", .apart = false };
	char *none[] = { "no-such-tool", NULL }, *bad[] = { "sh", "-c", "exit 1", NULL };
	struct fixture f;

	(void)state;
	fixture_init(&f);
	assert_null(tool_output(&f.pass, &absent, none, -1));
	assert_int_equal(f.trouble.status, STATUS_SKIPPED);
	assert_string_equal(f.trouble.reason,
			    "no-such-tool is not installed (Debian package none-such)");
	fixture_init(&f);
	assert_null(tool_output(&f.pass, &sh, bad, -1));
	assert_int_equal(f.trouble.status, STATUS_EXIT_CODE);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);	/* nobody is left */
}

/* Six blocks that count: we take 80 .. 85 ns, they 100: 100 / 85 .. 100 / 80. */
static struct peer judged(double goal, size_t n)
{
	static const double ours[] = { 80, 81, NAN, 82, 83, 84, 85 };
	struct speeds block[7];
	struct peer p = { .name = "x", .goal = goal };

	for (size_t i = 0; i < 7; i++)
		block[i] = (struct speeds){ ours[i], 100, 100 / ours[i] };
	peer_judge(&p, block, n);
	peer_judge_cpu(&p, block, n);
	return p;
}

/* What counts is who was faster in the same round, not in the same block. */
static void rounds_are_compared(void **state)
{
	static const double ours[] = { 10, NAN, 50, 30, 90 }, theirs[] = { 20, 1, 40, 45, NAN };
	struct speeds f = peer_speeds(ours, theirs, 5);

	(void)state;
	assert_true(f.ours == 30 && f.theirs == 40 && f.ratio == 1.5);
	f = peer_speeds(ours, theirs, 1);
	assert_true(isnan(f.ours) && isnan(f.theirs) && isnan(f.ratio));	/* too few */
	f = peer_speeds(ours, theirs, 3);	/* just enough */
	assert_true(f.ours == 30 && f.theirs == 30 && fabs(f.ratio - 1.4) < 1e-9);
	f = peer_speeds(ours + 3, theirs + 3, 2);
	assert_true(isnan(f.ratio));
}

static void pairs_are_judged(void **state)
{
	struct peer p = judged(1.1, 7);

	(void)state;
	assert_int_equal(p.n, 6);
	assert_true(p.lo == 100. / 85);
	assert_true(p.hi == 100. / 80);
	assert_true(p.ratio > p.lo && p.ratio < p.hi);
	assert_true(p.cpu_lo == p.lo && p.cpu_hi == p.hi && p.cpu_ratio == p.ratio);
	assert_true(p.ours_cpu_ns == 82.5 && p.theirs_cpu_ns == 100);
	assert_true(p.theirs_per_s == 1e7 && p.level == 1 - 2. / 64);
	assert_true(p.ours_per_s == 1e9 / 82.5);
	assert_string_equal(p.verdict, "HOLDS");
	assert_string_equal(judged(1.2, 7).verdict, "UNCLEAR");	/* inside */
	assert_string_equal(judged(1.3, 7).verdict, "FAILS");
	assert_string_equal(judged(NAN, 7).verdict, "");
	assert_string_equal(judged(1.1, 6).verdict, "UNCLEAR");	/* five: no interval */
	assert_string_equal(judged(1.1, 0).verdict, "UNCLEAR");
}

/* Each number where its head says. */
static void a_line_is_for_people(void **state)
{
	struct peer p = judged(1.1, 7);
	char text[256] = "";
	FILE *f = fmemopen(text, sizeof text, "w");

	(void)state;
	p.theirs = "wrk-4";
	p.cpu_ratio = 2, p.cpu_lo = 1.5, p.cpu_hi = 2.5;
	peer_print(&p, f);
	p.reason = "wrk is not installed";
	p.verdict = "SKIPPED";
	peer_print(&p, f);
	fclose(f);
	assert_string_equal(text, "x                wrk-4                    12121212  10000000  "
			    "1.212 [1.176, 1.250]   2.00 [ 1.50,  2.50]    6  1.10  HOLDS\n"
			    "x                wrk-4                   SKIPPED: wrk is not installed\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrk_is_understood),
		cmocka_unit_test(redis_benchmark_is_understood),
		cmocka_unit_test(fio_is_understood),
		cmocka_unit_test(only_a_time_is_a_figure),
		cmocka_unit_test(a_version_is_asked_for),
		cmocka_unit_test(output_is_kept),
		cmocka_unit_test(cpu_time_is_all_that_it_had),
		cmocka_unit_test(only_who_is_apart_begins_elsewhere),
		cmocka_unit_test(what_fails_is_said),
		cmocka_unit_test(rounds_are_compared),
		cmocka_unit_test(pairs_are_judged),
		cmocka_unit_test(a_line_is_for_people),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("peers", tests, NULL, NULL);
}

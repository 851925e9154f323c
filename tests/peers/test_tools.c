/*
 * What wrk, redis-benchmark and fio are asked to do, and whose figure becomes what:
 * with programs of their names that write down how they were called and answer what
 * is in a file.
 */
#include "peers/fio.c"
#include "peers/redis_benchmark.c"
#include "peers/tool.c"
#include "peers/wrk.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/stat.h>

#include <cmocka.h>

extern const struct workload workload_append, workload_fread, workload_http, workload_redis;

static const char fake[] = "#!/bin/sh\n"
	"dir=${0%/*}\n"
	"case $1 in -v|--version) echo \"${0##*/} debian/4.1.0-3\"; exit 1 ;; esac\n"
	"echo \"$*\" >\"$dir/args\"\n"
	"cat \"$dir/answer\"\n";
static const char *const names[] = { "wrk", "redis-benchmark", "fio", "args", "answer" };
static char dir[] = "/tmp/samework-test-XXXXXX", path[64], *was;

/* A pass of 2 tasks of 500 units, for 16 workers, whose server is at @port. */
static struct {
	struct run run;
	struct pass pass;
	struct trouble trouble;
	struct channel channel;
	struct slot slot[2];
	struct gate gate;
	uint64_t param[16], option[3];
	unsigned port;
} f;
static int door;

static const char *in_dir(const char *name)
{
	snprintf(path, sizeof path, "%s/%s", dir, name);
	return path;
}

static void put(const char *name, const char *text)
{
	FILE *file = fopen(in_dir(name), "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static int setup(void **state)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof in;
	char *all = NULL;

	(void)state;
	strcpy(dir + sizeof dir - 7, "XXXXXX");
	assert_non_null(mkdtemp(dir));
	for (int i = 0; i < 3; i++) {
		put(names[i], fake);
		assert_int_equal(chmod(in_dir(names[i]), 0755), 0);
	}
	was = strdup(getenv("PATH"));
	assert_true(asprintf(&all, "%s:%s", dir, was) > 0);
	setenv("PATH", all, 1);
	free(all);
	memset(&f, 0, sizeof f);
	door = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	f.channel.in = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(door, (struct sockaddr *)&in, n) | listen(door, 1), 0);
	assert_int_equal(getsockname(door, (struct sockaddr *)&in, &n), 0);
	assert_int_equal(connect(f.channel.in, (struct sockaddr *)&in, n), 0);
	f.port = ntohs(in.sin_port);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	setenv("PATH", was, 1);
	free(was);
	close(door);
	close(f.channel.in);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		unlink(in_dir(names[i]));
	rmdir(dir);
	return 0;
}

/* Have @strategy do a pass of @workload, to be told @answer: it must say that this
 * took 1 s.  How it was called; the caller's to free. */
static char *called(const struct strategy *strategy, const struct workload *workload,
		    const char *answer)
{
	static const int cpu[] = { -1, -1 };
	char *args = NULL;
	size_t n = 0;
	FILE *file;

	put("answer", answer);
	f.run = (struct run){ .workload = workload, .param = f.param, .channel = &f.channel,
			      .tasks = 2, .units = 500, .workers = 16, .server_cpu = -1 };
	memset(f.slot, 0, sizeof f.slot);
	f.gate = (struct gate){ .expected = 0 };
	f.pass = (struct pass){ .run = &f.run, .option = f.option, .trouble = &f.trouble,
				.slot = f.slot, .gate = &f.gate, .cpu = cpu };
	assert_int_equal(strategy->run(&f.pass), 0);
	assert_int_equal(f.slot[0].units, 1000);
	assert_int_equal(f.slot[0].end_ns - f.gate.start_ns, 1000000000);
	file = fopen(in_dir("args"), "r");
	assert_non_null(file);
	assert_true(getline(&args, &n, file) > 0);
	fclose(file);
	return args;
}

static void set(const struct workload *w, const char *name, uint64_t value)
{
	for (size_t i = 0; w->params[i].name; i++)
		if (!strcmp(w->params[i].name, name))
			f.param[i] = value;
}

/* Its second is for as many requests as it likes; of its CPU time we compare that for
 * as many as ours: here it made 5 of 1,000, and so it is 200 times what it had. */
static void wrk_asks(void **state)
{
	char want[128], *args = called(&strategy_wrk, &workload_http,
				       "  5 requests in 1.00s, 1MB read\nRequests/sec: 1000.00\n");

	(void)state;
	snprintf(want, sizeof want, "-t 1 -c 16 -d 1s http://127.0.0.1:%u/inline?0123456789abcdef\n",
		 f.port);
	assert_string_equal(args, want);
	assert_string_equal(f.pass.engine, "wrk-4.1.0");
	assert_true((double)f.slot[0].user_ns > 150 * tool_cpu_ns() &&
		    (double)f.slot[0].user_ns < 250 * tool_cpu_ns());
	free(args);
}

static void redis_benchmark_asks(void **state)
{
	char want[128], *args;

	(void)state;
	set(&workload_redis, "keys", 77);
	set(&workload_redis, "pipeline", 4);
	set(&workload_redis, "bytes", 33);
	args = called(&strategy_redis_benchmark, &workload_redis,
		      "\"SET\",\"9\"\n\"GET\",\"1000.00\",\"0.3\"\n");
	snprintf(want, sizeof want, "-p %u -c 16 -n 1000 -r 77 -P 4 -d 33 -t get --csv\n", f.port);
	assert_string_equal(args, want);
	free(args);
}

#define READ  "\"read\": {\"iops\": 1000.0, \"total_ios\": 1000}"
#define WRITE "\"write\": {\"iops\": 1000.0, \"total_ios\": 1000}"
#define JOB(way) "{\"fio version\": \"fio-3.33\", \"jobs\": [{" way ", \"usr_cpu\": 30.0, " \
		 "\"sys_cpu\": 20.0}]}\n"

static void has(const char *args, const char *const *part)
{
	for (; *part; part++)
		if (!strstr(args, *part))
			fail_msg("'%s' is not in '%s'", *part, args);
}

/* Half of the time it had a CPU. */
static void fio_reads(void **state)
{
	static const char *const want[] = {
		" --invalidate=0 ", " --bs=4096 ", " --size=40960 ", " --io_size=4096000 ",
		" --iodepth=32 ", " --iodepth_batch_submit=16 ", " --iodepth_batch_complete_max=16 ",
		" --ioengine=io_uring ", " --rw=randread\n", NULL
	};
	char *args;

	(void)state;
	set(&workload_fread, "bytes", 4096);
	set(&workload_fread, "size", 10 * 4096 + 7);
	f.option[IOENGINE] = IO_URING;
	f.option[DEPTH] = 32;
	f.option[BATCH] = 16;
	args = called(&strategy_fio, &workload_fread, JOB(READ));
	has(args, want);
	assert_in_range(f.slot[0].user_ns, 450000000, 900000000);
	free(args);
}

static void fio_writes(void **state)
{
	static const char *const want[] = {
		" --overwrite=1 ", " --bs=512 ", " --size=1048576 ", " --io_size=512000 ",
		" --ioengine=psync --rw=write --fdatasync=1\n", NULL
	};
	char *args;

	(void)state;
	set(&workload_append, "bytes", 512);
	args = called(&strategy_fio, &workload_append, JOB(WRITE));
	has(args, want);
	free(args);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(wrk_asks), TEST(redis_benchmark_asks), TEST(fio_reads), TEST(fio_writes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("tools", tests, NULL, NULL);
}

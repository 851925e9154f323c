/* From what the streams of a pass stamped to the numbers of a row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <xxhash.h>

#include "base/clock.h"
#include "pipeline/measure.h"

enum { WORKERS = 3 };

/* A pass that is over: streams 0 .. WORKERS, as pool has them. */
static struct slot slot[WORKERS + 1];
static struct gate gate;
static struct trouble trouble;
static struct workload workload;
static struct strategy strategy;
static struct run run;
static struct pass pass;
static struct watch watch;
static uint64_t start, shared;

static uint64_t digest(const void *state, const uint64_t *param)
{
	(void)param;
	return *(const uint64_t *)state + 1;
}

static void seal(struct slot *s)
{
	s->seal = XXH64(s, offsetof(struct slot, seal), 0);
}

static int setup(void **state)
{
	(void)state;
	memset(slot, 0, sizeof slot);
	memset(&trouble, 0, sizeof trouble);
	start = clock_ns();
	watch = (struct watch){ .at_ns = start - 900 };
	gate = (struct gate){ .full_ns = start - 400, .start_ns = start };
	workload = (struct workload){ .name = "w" };
	run = (struct run){ .workload = &workload, .workers = WORKERS, .shared = &shared };
	strategy = (struct strategy){ .name = "s" };
	pass = (struct pass){ .run = &run, .strategy = &strategy, .streams = WORKERS, .slot = slot,
			       .gate = &gate, .trouble = &trouble };
	return 0;
}

/* Stream @w, from and until so many ns after the shared start. */
static struct slot *stream(unsigned w, uint64_t from, uint64_t until)
{
	slot[w].begin_ns = start + from;
	slot[w].end_ns = start + until;
	slot[w].kernel = true;
	seal(&slot[w]);
	return &slot[w];
}

static struct measure measured(void)
{
	struct measure m;

	memset(&m, 0xaa, sizeof m);
	assert_int_equal(watch_stop(&watch, &pass, &m), 0);
	return m;
}

static void refused(const char *reason)
{
	struct measure m;

	assert_int_equal(watch_stop(&watch, &pass, &m), -1);
	assert_int_equal(trouble.status, STATUS_INTERNAL_ERROR);
	assert_string_equal(trouble.reason, reason);
}

/* Not from the first begin, nor to the first end. */
static void wall_is_shared_start_to_last_end(void **state)
{
	struct measure m;
	uint64_t before;

	(void)state;
	stream(0, 30, 1000);
	stream(1, 10, 4000);
	stream(2, 70, 2000);
	before = clock_ns();
	m = measured();
	assert_int_equal(m.wall_ns, 4000);
	assert_int_equal(m.spawn_ns, 500);
	assert_int_equal(m.skew_ns, 60);
	assert_in_range(m.join_ns, before - (start + 4000), clock_ns() - (start + 4000));
}

/* The stream behind the workers, which only hands out work, is one of them. */
static void the_last_stream_counts(void **state)
{
	(void)state;
	stream(0, 10, 1000);
	stream(WORKERS, 20, 5000)->tasks = 7;
	seal(&slot[WORKERS]);
	assert_int_equal(measured().wall_ns, 5000);
	assert_int_equal(measured().tasks, 7);
}

/* One loop holds all tasks: the other streams never began. */
static void a_stream_that_never_began_is_none(void **state)
{
	struct measure m;

	(void)state;
	stream(0, 10, 3000);
	slot[1].tasks = 100;
	slot[1].kernel = false;
	m = measured();
	assert_int_equal(m.wall_ns, 3000);
	assert_int_equal(m.skew_ns, 0);
	assert_int_equal(m.tasks, 0);
	assert_int_equal(m.migrations, 0);
}

/* Every number that streams count is summed; sums wrap around. */
static void sums_are_over_all_streams(void **state)
{
	static const struct {
		const char *name;
		size_t in, out;
	} sum[] = {
#define SUM(name) { #name, offsetof(struct slot, name), offsetof(struct measure, name) }
		SUM(tasks), SUM(units), SUM(checksum), SUM(ops), SUM(switches),
		SUM(syscalls), SUM(user_ns), SUM(sys_ns), SUM(voluntary),
		SUM(involuntary), SUM(migrations), SUM(run_delay_ns),
		SUM(helpers_ns),
	};
	enum { SUMS = sizeof sum / sizeof *sum };
	struct measure m;

	(void)state;
	for (unsigned w = 0; w < WORKERS; w++) {
		stream(w, 1, 2);
		for (unsigned i = 0; i < SUMS; i++)
			*(uint64_t *)((char *)&slot[w] + sum[i].in) =
				(i + 1) << 10 * w | (w == 2 ? 1ull << 63 : 0);
		slot[w].checksum |= 1ull << 63;
		seal(&slot[w]);
	}
	m = measured();
	for (unsigned i = 0; i < SUMS; i++) {
		uint64_t want = (i + 1) * (1ull | 1ull << 10 | 1ull << 20) | 1ull << 63;
		uint64_t got = *(uint64_t *)((char *)&m + sum[i].out);

		if (got != want)
			fail_msg("%s: %lx, not %lx", sum[i].name, (unsigned long)got,
				 (unsigned long)want);
	}
}

static void what_one_stream_does_not_know_nobody_does(void **state)
{
	(void)state;
	for (unsigned odd = 0; odd < WORKERS; odd++) {
		struct measure m;

		for (unsigned w = 0; w < WORKERS; w++) {
			stream(w, 1, 2)->migrations = 5;
			slot[w].kernel = w != odd;
			seal(&slot[w]);
		}
		m = measured();
		assert_int_equal(m.migrations, NONE);
		assert_int_equal(m.run_delay_ns, NONE);
	}
}

static void the_state_is_digested(void **state)
{
	(void)state;
	stream(0, 1, 2);
	shared = 41;
	assert_int_equal(measured().state, 0);
	workload.digest = digest;
	assert_int_equal(measured().state, 42);
}

static void without_a_server_its_time_is_not_known(void **state)
{
	(void)state;
	stream(0, 1, 2);
	assert_int_equal(measured().server_cpu_ns, NONE);
}

static void burn(uint64_t ns);

/* What the server had before the pass is not the pass's: here, we are the server. */
static void with_a_server_its_time_since_is_known(void **state)
{
	struct timespec cpu;
	uint64_t spent, now;

	(void)state;
	run.server = getpid();
	burn(20 * NS_PER_MS);
	watch_start(&watch, &run);
	stream(0, 1, 2);
	spent = measured().server_cpu_ns;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
	now = (uint64_t)cpu.tv_sec * NS_PER_SEC + (uint64_t)cpu.tv_nsec;
	assert_in_range(watch.server_ns, 20 * NS_PER_MS, now);
	assert_in_range(spent, 0, now - watch.server_ns);
}

/* In bytes, of whoever of us had the most. */
static void memory_is_at_least_what_was_touched(void **state)
{
	enum { MUCH = 16 << 20 };
	char *memory = malloc(MUCH);

	(void)state;
	assert_non_null(memory);
	memset(memory, 1, MUCH);
	stream(0, 1, 2);
	assert_true(measured().max_rss_bytes >= MUCH);
	free(memory);
}

/* A percentile wants ten values beyond it. */
static void percentiles_need_samples(void **state)
{
	static const struct { unsigned n; bool p50, p90, p99, p999; } table[] = {
		{ 0, false, false, false, false },
		{ 1, false, false, false, false },
		{ 19, false, false, false, false },
		{ 20, true, false, false, false },
		{ 99, true, false, false, false },
		{ 100, true, true, false, false },
		{ 999, true, true, false, false },
		{ 1000, true, true, true, false },
		{ 9999, true, true, true, false },
		{ 10000, true, true, true, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct measure m;

		memset(slot, 0, sizeof slot);
		for (unsigned k = 0; k < table[i].n; k++)	/* over two streams */
			hist_add(&slot[k % 2].latency, 100);
		stream(0, 1, 2);
		stream(1, 1, 2);
		m = measured();
		assert_int_equal(m.p50_ns, table[i].p50 ? 100 : NONE);
		assert_int_equal(m.p90_ns, table[i].p90 ? 100 : NONE);
		assert_int_equal(m.p99_ns, table[i].p99 ? 100 : NONE);
		assert_int_equal(m.p999_ns, table[i].p999 ? 100 : NONE);
		assert_int_equal(m.mean_ns, table[i].n ? 100 : NONE);
		assert_int_equal(m.max_ns, table[i].n ? 100 : NONE);
	}
}

static void percentiles_are_of_all_streams(void **state)
{
	(void)state;
	for (unsigned k = 0; k < 60; k++)
		hist_add(&slot[0].latency, 100);
	for (unsigned k = 0; k < 40; k++)
		hist_add(&slot[1].latency, 120);
	stream(0, 1, 2);
	stream(1, 1, 2);
	assert_int_equal(measured().p50_ns, 100);
	assert_int_equal(measured().p90_ns, 120);
	assert_int_equal(measured().max_ns, 120);
}

/* Not of tasks, of which each may have many. */
static void the_mean_is_of_units(void **state)
{
	(void)state;
	slot[0].tasks = 1;
	hist_add(&slot[0].latency, 100);
	hist_add(&slot[0].latency, 300);
	stream(0, 1, 2);
	assert_int_equal(measured().mean_ns, 200);
}

/* What the tasks counted in the state they share. */
static void count(const void *state, const uint64_t *param, uint64_t out[COUNTERS])
{
	(void)state, (void)param;
	for (unsigned i = 0; i < COUNTERS; i++)
		out[i] = 1000 + i;
}

/* Those of the strategy first, over all streams, then those of the workload. */
static void counters_are_summed_and_apart(void **state)
{
	struct measure m;

	(void)state;
	workload.count = count;
	for (unsigned w = 0; w < 2; w++) {
		for (unsigned i = 0; i < COUNTERS; i++)
			slot[w].counter[i] = (i + 1) << 8 * w;
		stream(w, 1, 2);
	}
	m = measured();
	for (unsigned i = 0; i < COUNTERS; i++) {
		assert_int_equal(m.counter[i], (i + 1) * 0x101);
		assert_int_equal(m.counter[COUNTERS + i], 1000 + i);
	}
}

/* Bytes from its beginning to its seal: any that changed after worker_end. */
static void a_slot_written_to_later_is_noticed(void **state)
{
	static const size_t at[] = {
		offsetof(struct slot, begin_ns), offsetof(struct slot, units),
		offsetof(struct slot, checksum), offsetof(struct slot, moved),
		offsetof(struct slot, latency), offsetof(struct slot, seal) - 1,
		offsetof(struct slot, seal),
	};

	(void)state;
	for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
		memset(&trouble, 0, sizeof trouble);
		stream(0, 1, 2);
		stream(1, 1, 2);
		((unsigned char *)&slot[1])[at[i]] ^= 1;
		refused("stream 1 was overwritten");
		((unsigned char *)&slot[1])[at[i]] ^= 1;
		measured();
	}
}

static void a_stream_that_did_not_end_is_noticed(void **state)
{
	(void)state;
	stream(0, 1, 2);
	stream(2, 1, 2)->end_ns = 0;
	seal(&slot[2]);
	refused("stream 2 did not end");
}

static void no_stream_at_all_is_noticed(void **state)
{
	(void)state;
	refused("no stream began");
}

/* worker_end seals what worker_begin opened, and nothing is to be added. */
static void a_stream_of_our_own_is_sealed(void **state)
{
	static const int anywhere[WORKERS + 1] = { -1, -1, -1, -1 };
	struct measure m;

	(void)state;
	pass.cpu = anywhere;
	gate_open(&pass, 1);
	assert_int_equal(worker_begin(&pass, 1), 0);
	slot[1].tasks = 9;
	worker_end(&pass, 1);
	assert_true(worker_sealed(&slot[1]));
	m = measured();
	assert_int_equal(m.tasks, 9);
	assert_true(slot[1].begin_ns >= gate.start_ns);
	assert_int_equal(m.wall_ns, slot[1].end_ns - gate.start_ns);
	slot[1].tasks++;
	refused("stream 1 was overwritten");
}

/* What is said of a pass whose trial saw @v. */
static struct report judged(struct vigil v)
{
	static const int cpu[WORKERS + 1] = { 0, 1, 2, -1 };
	struct report r = { .reps = 1 };

	pass.cpu = cpu;
	v.since.at_ns = 10ull * NS_PER_SEC;
	vigil_judge(&v, &pass, false, &r);
	return r;
}

static void who_moved_is_told(void **state)
{
	(void)state;
	stream(0, 1, 2);
	stream(1, 1, 2);
	assert_string_equal(judged((struct vigil){ 0 }).reason, "");
	slot[0].moved = true;
	assert_string_equal(judged((struct vigil){ 0 }).reason,
			    "a pinned worker ran on another CPU");
}

/* Each of what a rule wants, in a row if it has a column. */
static void what_was_seen_reaches_the_rules(void **state)
{
	struct report r;

	(void)state;
	stream(0, 1, 2);
	r = judged((struct vigil){ .since.steal_ns = 7ull * NS_PER_SEC });
	assert_string_equal(r.reason, "steal time 7000 ms of 30000 ms");
	assert_int_equal(r.m[0].steal_ns, 7ull * NS_PER_SEC);
	r = judged((struct vigil){ .since.throttled_ns = NS_PER_SEC });
	assert_string_equal(r.reason, "throttled by the CPU quota 1000 ms of 10000 ms");
	assert_int_equal(r.m[0].throttled_ns, NS_PER_SEC);
	r = judged((struct vigil){ .since.busy_ns = 9ull * NS_PER_SEC, .own_ns = NS_PER_SEC });
	assert_string_equal(r.reason, "foreign CPU time 8000 ms of 10000 ms");
	assert_int_equal(r.m[0].foreign_ns, 8ull * NS_PER_SEC);
	r = judged((struct vigil){ .since.swapped = 5 });
	assert_string_equal(r.reason, "5 pages swapped");
	r = judged((struct vigil){ .since.asleep_ns = NS_PER_SEC });
	assert_string_equal(r.reason, "suspended 1000 ms of 10000 ms");
	r = judged((struct vigil){ .canary_before_ns = 1000, .canary_after_ns = 2000 });
	assert_non_null(strstr(r.reason, "canary"));
	assert_int_equal(r.m[0].canary_before_ns, 1000);
	assert_int_equal(r.m[0].canary_after_ns, 2000);
}

/* What could be stolen is the time of the CPUs that the workers have. */
static void workers_may_share_a_cpu(void **state)
{
	static const int cpu[WORKERS + 1] = { 0, 2, 0, -1 };
	struct vigil v = { .since = { .at_ns = 10ull * NS_PER_SEC,
				      .steal_ns = 7ull * NS_PER_SEC } };
	struct report r = { .reps = 1 };

	(void)state;
	pass.cpu = cpu;
	stream(0, 1, 2);
	vigil_judge(&v, &pass, true, &r);
	assert_string_equal(r.reason, "steal time 7000 ms of 20000 ms");
}

/* It sings twice. */
static void the_canary_is_heard_again(void **state)
{
	static const int cpu[WORKERS + 1] = { 0, 1, 2, -1 };
	struct report r = { .reps = 1 };
	struct vigil v;

	(void)state;
	pass.cpu = cpu;
	vigil_start(&v, &pass);
	assert_true(v.canary_before_ns > 1);
	v.canary_before_ns = 1;
	vigil_stop(&v, &pass, false, &r);
	assert_int_equal(r.m[0].canary_before_ns, 1);
	assert_true(r.m[0].canary_after_ns > 1);
}

/* Have @ns of CPU time. */
static void burn(uint64_t ns)
{
	clock_t end = clock() + (clock_t)(ns / NS_PER_US);

	while (clock() < end)
		;
}

/* What the rules say when @streams of the pass waited for their CPUs: a second, or as
 * long as their helpers had them, @helpers_ns. */
static const char *after_waiting(unsigned streams, uint64_t helpers_ns)
{
	static const int cpu[WORKERS + 1] = { 0, 1, 2, -1 };
	static struct report r;
	struct vigil v;

	pass.cpu = cpu;
	vigil_start(&v, &pass);
	burn(helpers_ns);
	for (unsigned w = 0; w < streams; w++)
		stream(w, 0, 10 * NS_PER_MS);
	r = (struct report){ .reps = 1 };
	r.m[0].wall_ns = 10 * NS_PER_MS;
	r.m[0].run_delay_ns = helpers_ns ? helpers_ns : NS_PER_SEC;
	r.m[0].user_ns = r.m[0].helpers_ns = helpers_ns;
	vigil_stop(&v, &pass, false, &r);
	return r.reason;
}

/* Whether they ever say so; a busy machine has other reasons as well, for which they
 * may say something else. */
static bool ever(unsigned streams, uint64_t helpers_ns, const char *reason)
{
	const struct timespec nap = { .tv_nsec = NS_PER_MS };

	for (int i = 0; i < 1000; i++) {
		const char *said = after_waiting(streams, helpers_ns);

		if (*reason ? strstr(said, reason) != NULL : !*said)
			return true;
		nanosleep(&nap, NULL);
	}
	return false;
}

static void to_wait_for_our_own_is_no_disturbance(void **state)
{
	(void)state;
	assert_true(ever(WORKERS, 0, "run-queue"));
	assert_true(ever(WORKERS, 20 * NS_PER_MS, ""));
	/* the one who hands out work is bound to no CPU */
	assert_true(ever(WORKERS + 1, 0, ""));
}

/* What the rules say when the only stream waited for @delay_ns in two passes of 5 ms,
 * and of our 9 s of CPU time it had 3 s, one of them its helpers', and the server 1 s. */
static const char *after_sharing(uint64_t delay_ns)
{
	static const int cpu[WORKERS + 1] = { 0, 1, 2, -1 };
	static struct report r;

	pass.cpu = cpu;
	stream(0, 1, 2);
	r = (struct report){ .reps = 2 };
	r.m[0] = (struct measure){ .user_ns = NS_PER_SEC, .sys_ns = NS_PER_SEC / 2,
				   .helpers_ns = NS_PER_SEC, .wall_ns = 5 * NS_PER_MS,
				   .run_delay_ns = 1, .server_cpu_ns = NONE };
	r.m[1] = (struct measure){ .user_ns = NS_PER_SEC, .sys_ns = NS_PER_SEC / 2,
				   .wall_ns = 5 * NS_PER_MS, .run_delay_ns = delay_ns - 1,
				   .server_cpu_ns = NS_PER_SEC };
	vigil_judge(&(struct vigil){ .own_ns = 9ull * NS_PER_SEC }, &pass, false, &r);
	return r.reason;
}

/* All that is neither the streams' own nor the server's is their helpers': 6 s. */
static void helpers_have_what_is_left(void **state)
{
	(void)state;
	assert_string_equal(after_sharing(6ull * NS_PER_SEC + NS_PER_MS), "");
	assert_string_equal(after_sharing(6ull * NS_PER_SEC + 2 * NS_PER_MS),
			    "run-queue delay 2.00 ms of 10 ms");
}

/* Who is to share its CPU with the server waits for it. */
static void to_wait_for_our_server_is_no_disturbance(void **state)
{
	(void)state;
	run.server = getpid();
	run.server_cpu = 0;
	assert_string_equal(after_sharing(7ull * NS_PER_SEC), "");
	run.server_cpu = 1;
	assert_string_equal(after_sharing(7ull * NS_PER_SEC),
			    "run-queue delay 1000 ms of 10 ms");
}

/* As burn(), since it was forked, and hardly in the kernel. */
static void burn_as_user(uint64_t ns)
{
	struct rusage ru;

	do {
		for (volatile unsigned i = 0; i < 100000; i++)
			;
		getrusage(RUSAGE_SELF, &ru);
	} while (clock_timeval_ns(ru.ru_utime) < ns);
}

/* Our own CPU time is what we and our children had since the start. */
static void own_time_is_since_the_start(void **state)
{
	static const int cpu[WORKERS + 1] = { 0, 1, 2, -1 };
	struct report r = { .reps = 1 };
	struct vigil v;
	pid_t child;

	(void)state;
	pass.cpu = cpu;
	burn(50 * NS_PER_MS);
	vigil_start(&v, &pass);
	child = fork();
	if (!child) {
		burn_as_user(30 * NS_PER_MS);
		_exit(0);
	}
	assert_int_equal(waitpid(child, NULL, 0), child);
	vigil_stop(&v, &pass, false, &r);
	assert_in_range(v.own_ns, 25 * NS_PER_MS, 80 * NS_PER_MS);
	run.server = getpid();	/* and what the server had: here, we are it, too */
	vigil_start(&v, &pass);
	burn(30 * NS_PER_MS);
	vigil_stop(&v, &pass, false, &r);
	assert_in_range(v.own_ns, 55 * NS_PER_MS, 120 * NS_PER_MS);
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(wall_is_shared_start_to_last_end),
		TEST(the_last_stream_counts),
		TEST(a_stream_that_never_began_is_none),
		TEST(sums_are_over_all_streams),
		TEST(what_one_stream_does_not_know_nobody_does),
		TEST(the_state_is_digested),
		TEST(without_a_server_its_time_is_not_known),
		TEST(with_a_server_its_time_since_is_known),
		TEST(memory_is_at_least_what_was_touched),
		TEST(percentiles_need_samples),
		TEST(percentiles_are_of_all_streams),
		TEST(the_mean_is_of_units),
		TEST(counters_are_summed_and_apart),
		TEST(a_slot_written_to_later_is_noticed),
		TEST(a_stream_that_did_not_end_is_noticed),
		TEST(no_stream_at_all_is_noticed),
		TEST(a_stream_of_our_own_is_sealed),
		TEST(who_moved_is_told),
		TEST(what_was_seen_reaches_the_rules),
		TEST(workers_may_share_a_cpu),
		TEST(the_canary_is_heard_again),
		TEST(to_wait_for_our_own_is_no_disturbance),
		TEST(helpers_have_what_is_left),
		TEST(to_wait_for_our_server_is_no_disturbance),
		TEST(own_time_is_since_the_start),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

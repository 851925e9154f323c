/* A stream of execution is where the plan says, or says that it is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sched.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include "strategies/strategy.h"

enum { NO_SUCH_CPU = 1000, NAPS = 100 };

static struct slot slot[2];
static struct gate gate;
static struct trouble trouble;
static struct pass pass;
static cpu_set_t usable;

/* The @n-th CPU that this process may use, or -1. */
static int usable_cpu(int n)
{
	for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &usable) && !n--)
			return (int)cpu;
	return -1;
}

static struct topology *topology;

static int setup(void **state)
{
	(void)state;
	memset(slot, 0, sizeof slot);
	memset(&trouble, 0, sizeof trouble);
	sched_getaffinity(0, sizeof usable, &usable);
	topology = topology_load(NULL);
	pass = (struct pass){ .slot = slot, .gate = &gate, .trouble = &trouble,
			      .topology = topology };
	gate_open(&pass, 1);
	return topology ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	topology_free(topology);
	return sched_setaffinity(0, sizeof usable, &usable);
}

static void a_pinned_one_is_there_alone(void **state)
{
	int cpu[2] = { -1, usable_cpu(0) };
	cpu_set_t set;

	(void)state;
	pass.cpu = cpu;
	assert_int_equal(worker_begin(&pass, 1), 0);
	sched_getaffinity(0, sizeof set, &set);
	assert_int_equal(CPU_COUNT(&set), 1);
	assert_true(CPU_ISSET((size_t)cpu[1], &set));
	/* to wait for the others is no part of the work */
	assert_true(slot[1].begin_ns >= gate.start_ns);
	worker_end(&pass, 1);
	assert_int_equal(slot[1].migrations, 0);
	assert_false(slot[1].moved);
	assert_true(slot[1].end_ns >= slot[1].begin_ns);
}

static void moved_away_it_says_so(void **state)
{
	int cpu[2] = { usable_cpu(0), -1 };
	cpu_set_t other;

	(void)state;
	if (CPU_COUNT(&usable) < 2)
		skip();
	pass.cpu = cpu;
	assert_int_equal(worker_begin(&pass, 0), 0);
	CPU_ZERO(&other);
	CPU_SET((size_t)usable_cpu(1), &other);
	assert_int_equal(sched_setaffinity(0, sizeof other, &other), 0);
	worker_end(&pass, 0);
	assert_true(slot[0].moved);
}

static void anywhere_is_never_moved(void **state)
{
	int cpu[2] = { -1, -1 };
	cpu_set_t set;

	(void)state;
	pass.cpu = cpu;
	assert_int_equal(worker_begin(&pass, 0), 0);
	sched_getaffinity(0, sizeof set, &set);
	assert_true(CPU_EQUAL(&set, &usable));
	worker_end(&pass, 0);
	assert_false(slot[0].moved);
}

static void where_it_cannot_be_it_does_not_begin(void **state)
{
	int cpu[2] = { NO_SUCH_CPU, -1 };

	(void)state;
	pass.cpu = cpu;
	assert_int_equal(worker_begin(&pass, 0), -1);
	assert_int_equal(trouble.status, STATUS_BIND_FAIL);
	assert_true(atomic_load(&gate.state) == GATE_CLOSED);	/* or the others would wait for ever */
	assert_int_equal(slot[0].begin_ns, 0);
}

static uint64_t cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * NS_PER_SEC + (uint64_t)ts.tv_nsec;
}

/* Have @ns of CPU time, most of it in the kernel. */
static void burn(uint64_t ns)
{
	uint64_t end = cpu_ns() + ns;

	while (cpu_ns() < end)
		;
}

static uint64_t kernel_ns(const struct rusage *from, const struct rusage *to)
{
	return clock_timeval_ns(to->ru_stime) - clock_timeval_ns(from->ru_stime);
}

static void what_it_used_is_of_the_time_between(void **state)
{
	const struct timespec nap = { .tv_nsec = NS_PER_US };
	int cpu[2] = { -1, -1 };
	uint64_t before, used;
	struct rusage began, inside[2], ended;

	(void)state;
	pass.cpu = cpu;
	burn(20 * NS_PER_MS);
	getrusage(RUSAGE_THREAD, &began);
	before = cpu_ns();
	assert_int_equal(worker_begin(&pass, 0), 0);
	getrusage(RUSAGE_THREAD, &inside[0]);
	burn(60 * NS_PER_MS);
	for (int i = 0; i < NAPS; i++)
		nanosleep(&nap, NULL);
	getrusage(RUSAGE_THREAD, &inside[1]);
	worker_end(&pass, 0);
	used = slot[0].user_ns + slot[0].sys_ns;
	assert_in_range(used, 60 * NS_PER_MS, cpu_ns() - before);
	getrusage(RUSAGE_THREAD, &ended);
	assert_in_range(slot[0].sys_ns, kernel_ns(&inside[0], &inside[1]),
			kernel_ns(&began, &ended));
	/* a nap that nobody else uses may be over before it begins: not NAPS */
	assert_true(inside[1].ru_nvcsw - inside[0].ru_nvcsw > NAPS / 2);
	assert_in_range(slot[0].voluntary, (uint64_t)(inside[1].ru_nvcsw - inside[0].ru_nvcsw),
			(uint64_t)(ended.ru_nvcsw - began.ru_nvcsw));
	assert_in_range(slot[0].involuntary, (uint64_t)(inside[1].ru_nivcsw - inside[0].ru_nivcsw),
			(uint64_t)(ended.ru_nivcsw - began.ru_nivcsw));
}

/* How long this thread was ready to run and did not, so far; 0: not known. */
static uint64_t run_delay_ns(void)
{
	FILE *f = fopen("/proc/thread-self/schedstat", "r");
	uint64_t ran, delay = 0;

	if (f && fscanf(f, "%lu %lu", &ran, &delay) != 2)
		delay = 0;
	if (f)
		fclose(f);
	return delay;
}

/* What the kernel alone can tell is of that time too. */
static void what_the_kernel_counts_is_of_the_time_between(void **state)
{
	int cpu[2] = { -1, -1 };
	uint64_t before, waited;

	(void)state;
	for (int i = 0; i < 100; i++)	/* to have waited before */
		sched_yield();
	pass.cpu = cpu;
	before = run_delay_ns();
	assert_int_equal(worker_begin(&pass, 0), 0);
	worker_end(&pass, 0);
	waited = run_delay_ns() - before;
	if (!slot[0].kernel)
		skip();
	assert_in_range(slot[0].run_delay_ns, 0, waited);
}

/* Nothing of it can be changed unnoticed. */
static void the_seal_is_of_all_of_it(void **state)
{
	int cpu[2] = { -1, -1 };

	(void)state;
	pass.cpu = cpu;
	assert_int_equal(worker_begin(&pass, 0), 0);
	worker_end(&pass, 0);
	assert_true(worker_sealed(&slot[0]));
	for (size_t at = 0; at < offsetof(struct slot, seal); at += at < 512 ? 8 : 4096) {
		unsigned char *byte = (unsigned char *)&slot[0] + at;

		*byte ^= 1;
		assert_false(worker_sealed(&slot[0]));
		*byte ^= 1;
	}
	assert_true(worker_sealed(&slot[0]));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_pinned_one_is_there_alone),
		TEST(moved_away_it_says_so),
		TEST(anywhere_is_never_moved),
		TEST(where_it_cannot_be_it_does_not_begin),
		TEST(what_it_used_is_of_the_time_between),
		TEST(what_the_kernel_counts_is_of_the_time_between),
		TEST(the_seal_is_of_all_of_it),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

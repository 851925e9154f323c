/* The pool of a loop alone: what its threads used is counted, into the slot of
 * the loop that it belongs to, and no other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dlfcn.h>
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/left.h"
#include "strategies/loop.h"

enum { THREADS = 3, HANG_S = 60 };

static const int anywhere[] = { -1, -1 };
static const struct run one_worker = { .workers = 1 };
static struct slot slot[2];
static struct trouble trouble;

static struct pass pass(void)
{
	memset(slot, 0, sizeof slot);
	memset(&trouble, 0, sizeof trouble);
	return (struct pass){ .run = &one_worker, .cpu = anywhere, .slot = slot,
			      .trouble = &trouble };
}

/* In place of the C library's: how many threads may still be made. */
static unsigned allowed = THREADS;

int pthread_create(pthread_t *id, const pthread_attr_t *attr, void *(*body)(void *), void *arg)
{
	static int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "pthread_create");
	if (!allowed)
		return EAGAIN;
	allowed--;
	return real(id, attr, body, arg);
}

/* Sleepers, each of which gives up the CPU at least once: their time is not past
 * before they begin, on a busy machine either. */
static void what_the_threads_used_is_counted(void **state)
{
	struct wait job[THREADS], *ready[THREADS];
	struct pass p = pass();
	struct offload *o;

	(void)state;
	allowed = THREADS;
	o = offload_new(&p, &slot[1], THREADS, THREADS, &engine_poll);
	assert_non_null(o);
	for (unsigned i = 0; i < THREADS; i++) {
		job[i] = (struct wait){ .op = op_sleep_until(clock_ns() + 50 * NS_PER_MS) };
		offload_push(o, &job[i]);
	}
	for (int left = THREADS; left;)
		left -= offload_take(o, ready);
	offload_stop(o, &slot[1]);
	offload_free(o);
	assert_in_range(slot[1].syscalls, THREADS, 2 * THREADS);
	assert_true(slot[1].voluntary >= THREADS);
	assert_true(slot[1].user_ns > 0);
	assert_int_equal(slot[0].user_ns + slot[0].voluntary + slot[0].syscalls, 0);
}

/* Who closes it waits for what it was given, of which the loop is told once. */
static void nothing_it_was_given_is_left(void **state)
{
	struct wait job[THREADS], *ready[THREADS];
	unsigned fds = open_fds();
	struct pass p = pass();
	struct offload *o;

	(void)state;
	allowed = 1;
	o = offload_new(&p, &slot[1], 1, THREADS, &engine_poll);
	assert_non_null(o);
	for (unsigned i = 0; i < THREADS; i++) {
		job[i] = (struct wait){ .op = op_sleep_until(clock_ns() + NS_PER_MS) };
		offload_push(o, &job[i]);
	}
	offload_stop(o, &slot[1]);
	assert_int_equal(offload_take(o, ready), THREADS);
	for (unsigned i = 0; i < THREADS; i++)	/* by one, in their order */
		assert_ptr_equal(ready[i], &job[i]);
	assert_int_equal(offload_take(o, ready), 0);
	offload_free(o);
	assert_int_equal(open_fds(), fds);
	assert_int_equal(slot[1].syscalls, THREADS + 1);
}

/* Jobs that wait for one another: while a thread is idle, none waits for another. */
static void every_idle_thread_is_called(void **state)
{
	struct wait job[THREADS], *ready[THREADS];
	struct pass p = pass();
	char in[THREADS], out[THREADS] = "";
	struct offload *o;
	int fd[2];

	(void)state;
	allowed = THREADS;
	assert_int_equal(pipe(fd), 0);
	o = offload_new(&p, &slot[1], THREADS, THREADS, &engine_poll);
	assert_non_null(o);
	for (unsigned round = 0; round < 200; round++) {
		for (unsigned i = 0; i < THREADS; i++) {
			bool last = i == THREADS - 1;

			job[i] = (struct wait){ .op = last ? op_write(fd[1], out, THREADS - 1) :
							     op_read(fd[0], &in[i], 1, OP_ALL) };
			offload_push(o, &job[i]);
		}
		for (int left = THREADS; left;)
			left -= offload_take(o, ready);
	}
	offload_stop(o, &slot[1]);
	offload_free(o);
	close(fd[0]);
	close(fd[1]);
}

static atomic_uint here;

/* Wait for the others, so that each thread has one of these. */
static void note_cpus(void *set)
{
	sched_getaffinity(0, sizeof(cpu_set_t), set);
	atomic_fetch_add(&here, 1);
	while (atomic_load(&here) < 2)
		sched_yield();
}

static void its_threads_are_where_the_workers_are(void **state)
{
	static const struct run two = { .workers = 2 };
	struct topology *t = topology_load(NULL);
	cpu_set_t usable, set[2], both;
	struct wait job[2], *ready[2];
	int cpu[3] = { -1, -1, -1 };
	struct pass p = pass();
	struct offload *o;

	(void)state;
	sched_getaffinity(0, sizeof usable, &usable);
	CPU_ZERO(&both);
	for (int i = 0, at = 0; at < CPU_SETSIZE && i < 2; at++)
		if (CPU_ISSET((size_t)at, &usable)) {
			CPU_SET((size_t)at, &both);
			cpu[i++] = at;
		}
	if (cpu[1] < 0) {
		topology_free(t);
		skip();
	}
	p.run = &two;
	p.cpu = cpu;
	p.topology = t;
	allowed = 2;
	o = offload_new(&p, &slot[1], 2, 2, &engine_poll);
	assert_non_null(o);
	for (int i = 0; i < 2; i++) {
		job[i] = (struct wait){ .op = op_compute(note_cpus, &set[i]) };
		offload_push(o, &job[i]);
	}
	for (int left = 2; left;)
		left -= offload_take(o, ready);
	offload_stop(o, &slot[1]);
	offload_free(o);
	assert_int_equal(CPU_COUNT(&set[0]), 1);
	CPU_OR(&set[0], &set[0], &set[1]);
	assert_true(CPU_EQUAL(&set[0], &both));
	topology_free(t);
}

/* What the others have begun with belongs to the same loop. */
static void a_pool_that_lacks_a_thread_is_none(void **state)
{
	struct pass p = pass();

	(void)state;
	allowed = THREADS - 1;
	assert_null(offload_new(&p, &slot[1], THREADS, THREADS, &engine_poll));
	assert_int_equal(trouble.status, STATUS_THREAD_FAIL);
	assert_true(slot[1].user_ns > 0);
	assert_int_equal(slot[0].user_ns, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_threads_used_is_counted),
		cmocka_unit_test(nothing_it_was_given_is_left),
		cmocka_unit_test(every_idle_thread_is_called),
		cmocka_unit_test(its_threads_are_where_the_workers_are),
		cmocka_unit_test(a_pool_that_lacks_a_thread_is_none),
	};

	alarm(HANG_S);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("offload", tests, NULL, NULL);
}

/* The pool of a loop alone: what its threads used is counted, into the slot of
 * the loop that it belongs to, and no other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
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

/* Sleepers, each of which gives up the CPU at least once. */
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
		job[i] = (struct wait){ .op = op_sleep_until(clock_ns() + 2 * NS_PER_MS) };
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
		cmocka_unit_test(a_pool_that_lacks_a_thread_is_none),
	};

	alarm(HANG_S);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("offload", tests, NULL, NULL);
}

/* A thread per worker; when one cannot be made, those that are there go home.
 * pthread_create() is this file's own, to refuse when it is told to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <dlfcn.h>
#include <errno.h>
#include <unistd.h>

#include "strategies/strategy.h"

enum { WORKERS = 4, HANG_S = 30 };

static int threads_left = -1;	/* -1: any number */

int pthread_create(pthread_t *id, const pthread_attr_t *attr, void *(*start)(void *),
		   void *arg)
{
	int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

	*(void **)&real = dlsym(RTLD_NEXT, "pthread_create");
	if (!threads_left)
		return EAGAIN;
	threads_left -= threads_left > 0;
	return real(id, attr, start, arg);
}

static atomic_uint came[WORKERS], through;
static struct gate gate;
static struct trouble trouble;
static struct run run = { .workers = WORKERS };
static struct pass pass = { .run = &run, .gate = &gate, .trouble = &trouble };

static int setup(void **state)
{
	(void)state;
	alarm(HANG_S);
	threads_left = -1;
	memset(&trouble, 0, sizeof trouble);
	for (unsigned w = 0; w < WORKERS; w++)
		atomic_store(&came[w], 0);
	atomic_store(&through, 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	alarm(0);
	return 0;
}

/* Worker *@ctx, if any, fails. */
static int body(struct pass *p, unsigned w, void *ctx)
{
	const unsigned *failing = ctx;

	atomic_fetch_add(&came[w], 1);
	if (gate_wait(p) < 0)
		return -1;
	atomic_fetch_add(&through, 1);
	return failing && *failing == w ? -1 : 0;
}

static void each_worker_runs_once(void **state)
{
	(void)state;
	assert_int_equal(threads_run(&pass, body, NULL), 0);
	for (unsigned w = 0; w < WORKERS; w++)
		assert_int_equal(atomic_load(&came[w]), 1);
	assert_int_equal(atomic_load(&through), WORKERS);
}

static void one_that_fails_fails_all(void **state)
{
	(void)state;
	for (unsigned w = 0; w < WORKERS; w++)
		assert_int_equal(threads_run(&pass, body, &w), -1);
	assert_int_equal(atomic_load(&through), WORKERS * WORKERS);
}

static void the_first_may_be_the_caller(void **state)
{
	const unsigned first = 0;

	(void)state;
	threads_left = WORKERS - 1;
	assert_int_equal(threads_run_main(&pass, body, NULL), 0);
	for (unsigned w = 0; w < WORKERS; w++)
		assert_int_equal(atomic_load(&came[w]), 1);
	assert_int_equal(atomic_load(&through), WORKERS);
	assert_int_equal(threads_left, 0);
	threads_left = -1;
	assert_int_equal(threads_run_main(&pass, body, (void *)&first), -1);
}

/* There is nobody to wait for, then. */
static void the_caller_does_not_begin_without_the_others(void **state)
{
	(void)state;
	threads_left = 1;
	assert_int_equal(threads_run_main(&pass, body, NULL), -1);
	assert_int_equal(trouble.status, STATUS_THREAD_FAIL);
	assert_int_equal(atomic_load(&came[0]), 0);
	assert_int_equal(atomic_load(&through), 0);
}

static void one_that_cannot_be_made_ends_all(void **state)
{
	(void)state;
	for (int made = 0; made < WORKERS; made++) {
		char reason[64];

		memset(&trouble, 0, sizeof trouble);
		threads_left = made;
		assert_int_equal(threads_run(&pass, body, NULL), -1);
		assert_int_equal(trouble.status, STATUS_THREAD_FAIL);
		snprintf(reason, sizeof reason, "pthread_create %d of %d: %s", made + 1,
			 WORKERS, strerror(EAGAIN));
		assert_string_equal(trouble.reason, reason);
		assert_int_equal(atomic_load(&through), 0);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_worker_runs_once),
		TEST(one_that_fails_fails_all),
		TEST(the_first_may_be_the_caller),
		TEST(the_caller_does_not_begin_without_the_others),
		TEST(one_that_cannot_be_made_ends_all),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

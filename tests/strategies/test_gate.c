/*
 * Nobody is let through the gate before the last has come, nor before the start
 * that they share; when one will never come, all are sent home.  The same for
 * threads and for processes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/futex.h"
#include "base/mem.h"
#include "strategies/strategy.h"

enum { STREAMS = 5, HANG_S = 30 };

/* In memory that all streams share. */
struct scene {
	struct gate gate;
	struct trouble trouble;
	atomic_uint through, home;	/* let through, sent home */
	uint64_t at_ns[STREAMS];	/* when each was let through */
};

static struct scene *scene;
static struct pass pass;

static int setup(void **state)
{
	(void)state;
	alarm(HANG_S);		/* a gate that never opens fails, and does not hang */
	scene = shared_map(sizeof *scene);
	pass = (struct pass){ .gate = &scene->gate, .trouble = &scene->trouble };
	gate_open(&pass, STREAMS);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	shared_unmap(scene, sizeof *scene);
	alarm(0);
	return 0;
}

static void come(unsigned w)
{
	if (gate_wait(&pass) < 0) {
		atomic_fetch_add(&scene->home, 1);
		return;
	}
	scene->at_ns[w] = clock_ns();
	atomic_fetch_add(&scene->through, 1);
}

static void *thread(void *arg)
{
	come(*(unsigned *)arg);
	return NULL;
}

/* Either kind of stream. */
struct kind {
	void (*start)(unsigned w);
	void (*join)(unsigned w);
};

static pthread_t thread_id[STREAMS];
static pid_t pid[STREAMS];

static void thread_start(unsigned w)
{
	static unsigned number[STREAMS];

	number[w] = w;
	assert_int_equal(pthread_create(&thread_id[w], NULL, thread, &number[w]), 0);
}

static void thread_join(unsigned w)
{
	pthread_join(thread_id[w], NULL);
}

static void process_start(unsigned w)
{
	pid[w] = fork();
	if (!pid[w]) {
		alarm(HANG_S);
		come(w);
		_exit(0);
	}
	assert_true(pid[w] > 0);
}

static void process_join(unsigned w)
{
	int status;

	assert_int_equal(waitpid(pid[w], &status, 0), pid[w]);
	assert_int_equal(status, 0);
}

static const struct kind threads = { thread_start, thread_join };
static const struct kind processes = { process_start, process_join };

static void await(unsigned n)
{
	while (atomic_load(&scene->gate.arrived) < n)
		usleep(100);
}

static void all_start_after_the_last_came(void **state)
{
	const struct kind *k = *state;
	uint64_t before;

	for (unsigned w = 0; w < STREAMS - 1; w++)
		k->start(w);
	await(STREAMS - 1);
	usleep(20000);		/* time to slip through, if they can */
	assert_int_equal(atomic_load(&scene->through), 0);
	before = clock_ns();
	k->start(STREAMS - 1);
	for (unsigned w = 0; w < STREAMS; w++)
		k->join(w);
	assert_int_equal(atomic_load(&scene->through), STREAMS);
	assert_true(scene->gate.full_ns >= before);
	assert_true(scene->gate.start_ns > scene->gate.full_ns);
	for (unsigned w = 0; w < STREAMS; w++)
		assert_true(scene->at_ns[w] >= scene->gate.start_ns);
}

static void a_closed_gate_sends_all_home(void **state)
{
	const struct kind *k = *state;

	for (unsigned w = 0; w < STREAMS - 1; w++)
		k->start(w);
	await(STREAMS - 1);
	gate_close(&pass);
	k->start(STREAMS - 1);	/* who comes later too, though all have come */
	for (unsigned w = 0; w < STREAMS; w++)
		k->join(w);
	assert_int_equal(atomic_load(&scene->through), 0);
	assert_int_equal(atomic_load(&scene->home), STREAMS);
}

/* Who sleeps in there until it looks by itself is late. */
static void nobody_is_left_asleep(void **state)
{
	const struct kind *k = *state;

	for (int closed = 0; closed < 2; closed++) {
		gate_open(&pass, STREAMS);
		for (unsigned w = 0; w < STREAMS - 1; w++)
			k->start(w);
		await(STREAMS - 1);
		usleep(20000);
		if (closed)
			gate_close(&pass);
		else
			assert_int_equal(gate_wait(&pass), 0);
		assert_int_equal(futex_wake(&scene->gate.state, INT_MAX), 0);
		for (unsigned w = 0; w < STREAMS - 1; w++)
			k->join(w);
	}
}

static void closed_before_anybody_came(void **state)
{
	const struct kind *k = *state;

	gate_close(&pass);
	k->start(0);
	k->join(0);
	assert_int_equal(atomic_load(&scene->home), 1);
}

static void killed(unsigned w)
{
	int status;

	kill(pid[w], SIGKILL);
	assert_int_equal(waitpid(pid[w], &status, 0), pid[w]);
}

/* Nor does it keep those who close the gate when the others have gone. */
static void one_killed_in_it_holds_nobody_up(void **state)
{
	(void)state;
	process_start(0);
	await(1);
	usleep(20000);		/* asleep in there */
	killed(0);
	for (unsigned w = 1; w < STREAMS; w++)
		process_start(w);
	for (unsigned w = 1; w < STREAMS; w++)
		process_join(w);
	assert_int_equal(atomic_load(&scene->through), STREAMS - 1);
	gate_close(&pass);
}

/* A child that died will not come: its parent does not wait for it. */
static void who_waits_for_a_dead_child_goes_home(void **state)
{
	(void)state;
	process_start(0);
	thread_start(1);
	await(2);
	kill(pid[0], SIGKILL);	/* by nobody reaped */
	thread_join(1);
	assert_int_equal(atomic_load(&scene->home), 1);
	killed(0);
}

/* Spinning the last stretch or not, nobody is early: with a timer that is not late
 * the stretch would show. */
static void alone_it_starts_by_itself(void **state)
{
	(void)state;
	prctl(PR_SET_TIMERSLACK, 1);
	for (int i = 0; i < 20; i++) {
		gate_open(&pass, 1);
		pass.spin = i % 2;
		assert_int_equal(gate_wait(&pass), 0);
		assert_true(clock_ns() >= scene->gate.start_ns);
		assert_int_equal(scene->gate.arrived, 1);
	}
	prctl(PR_SET_TIMERSLACK, 0);	/* as it was */
}

/* One bad pass does not spoil the next: a gate is opened anew. */
static void opened_again_it_is_as_new(void **state)
{
	gate_close(&pass);
	gate_open(&pass, STREAMS);
	all_start_after_the_last_came(state);
}

#define TEST(f, kind) { #f " (" #kind ")", f, setup, teardown, (void *)(uintptr_t)&kind }

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_start_after_the_last_came, threads),
		TEST(all_start_after_the_last_came, processes),
		TEST(a_closed_gate_sends_all_home, threads),
		TEST(a_closed_gate_sends_all_home, processes),
		TEST(nobody_is_left_asleep, threads),
		TEST(nobody_is_left_asleep, processes),
		TEST(closed_before_anybody_came, threads),
		TEST(closed_before_anybody_came, processes),
		TEST(opened_again_it_is_as_new, threads),
		TEST(opened_again_it_is_as_new, processes),
		cmocka_unit_test_setup_teardown(one_killed_in_it_holds_nobody_up, setup, teardown),
		cmocka_unit_test_setup_teardown(who_waits_for_a_dead_child_goes_home, setup, teardown),
		cmocka_unit_test_setup_teardown(alone_it_starts_by_itself, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* futex: questions that differ, answers that are looked at, and a partner that
 * sleeps meanwhile, and is missed when it is dead. */
#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>

#include "workloads/drive.h"
#include "workloads/serve.h"

extern const struct workload workload_futex;

static void open_or_die(struct drive *d, unsigned workers)
{
	drive_init(d, &workload_futex, workers);
	assert_int_equal(drive_open(d), 0);
}

static void it_answers_64_channels(void **state)
{
	struct drive d;

	(void)state;
	open_or_die(&d, 64);
	for (unsigned w = 0; w < 64; w++)
		assert_int_equal(drive_run(&d, w, w), 0);
	assert_int_equal(d.units, 64 * 4);
	assert_int_equal(drive_close(&d), 0);
}

/* All may wait at a time, and are answered in any order. */
static void many_may_wait_at_once(void **state)
{
	struct task t[16];
	struct drive d;

	(void)state;
	open_or_die(&d, 16);
	for (unsigned w = 0; w < 16; w++) {
		t[w] = drive_task(&d, w, w);
		assert_int_equal(drive_step(&d, &t[w]), 1);	/* asked */
	}
	for (unsigned w = 16; w--;)
		while (drive_step(&d, &t[w]) > 0)
			;
	assert_int_equal(d.units, 16 * 4);
	assert_int_equal(drive_close(&d), 0);
}

/* What was asked on a channel before, in another pass, is not part of a result. */
static void a_channel_has_no_memory(void **state)
{
	struct drive d;
	uint64_t sum;

	(void)state;
	open_or_die(&d, 3);
	drive_all(&d, false);
	sum = d.sum;
	assert_int_not_equal(sum, 0);
	assert_int_equal(drive_run(&d, 0, 0), 0);
	drive_all(&d, true);
	assert_int_equal(d.sum, sum);
	assert_int_equal(drive_close(&d), 0);
}

/* Wake, wait, and nothing else a round trip; the wait is for the answer to be
 * another one than before. */
static void a_round_trip_is_two_operations(void **state)
{
	static const enum op_kind order[] = { OP_WAKE, OP_WAIT, OP_UNIT };
	struct words *w;
	struct drive d;
	struct task t;

	(void)state;
	open_or_die(&d, 1);
	w = words_map(d.channel[0].in);
	assert_non_null(w);
	t = drive_task(&d, 0, 0);
	for (unsigned i = 0; i < 3 * 4; i++) {
		uint32_t before = atomic_load(&w->answer);
		struct op op = workload_futex.step(&t);

		assert_int_equal(op.kind, order[i % 3]);
		if (op.kind == OP_WAKE)
			assert_int_not_equal(words_answer(atomic_load(&w->question)), before);
		t.res = drive_exec(&op);
		if (op.kind == OP_WAIT)
			assert_int_equal(atomic_load(&w->answer),
					 words_answer(atomic_load(&w->question)));
	}
	assert_int_equal(drive_step(&d, &t), 0);
	words_unmap(w);
	assert_int_equal(drive_close(&d), 0);
}

/* The same question again would not wake the partner, nor its answer us. */
static void no_question_comes_twice(void **state)
{
	uint32_t last = 0, odd = 0;
	struct drive d;

	(void)state;
	drive_init(&d, &workload_futex, 1);
	d.run.units = 1;
	d.channel[0].in = d.channel[0].out = words_new();
	for (int i = 0; i < 4; i++) {
		struct words *w = words_map(d.channel[0].in);
		struct task t = drive_task(&d, 0, 0);	/* the same random numbers */

		assert_non_null(w);
		assert_int_equal(drive_step(&d, &t), 1);
		assert_int_not_equal(atomic_load(&w->question), last);
		assert_int_equal(words_answer(last) & 1, last & 1);
		last = atomic_load(&w->question);
		odd += last & 1;
		atomic_store(&w->answer, words_answer(last));
		while (drive_step(&d, &t) > 0)
			;
		assert_int_equal(t.res, 0);
		words_unmap(w);
	}
	assert_int_equal(odd, 2);
	assert_int_equal(d.units, 4);
	drive_close(&d);
}

static void a_wrong_answer_is_noticed(void **state)
{
	struct words *w;
	struct drive d;
	struct task t;

	(void)state;
	drive_init(&d, &workload_futex, 1);
	d.channel[0].in = d.channel[0].out = words_new();
	w = words_map(d.channel[0].in);
	assert_non_null(w);
	t = drive_task(&d, 0, 0);
	assert_int_equal(drive_step(&d, &t), 1);
	atomic_store(&w->answer, words_answer(atomic_load(&w->question)) + 2);
	assert_int_equal(drive_step(&d, &t), 1);
	assert_int_equal(drive_step(&d, &t), -1);
	assert_int_equal(t.res, -EBADMSG);
	words_unmap(w);
	drive_close(&d);
}

static void without_words_there_is_no_game(void **state)
{
	struct drive d;

	(void)state;
	drive_init(&d, &workload_futex, 1);
	assert_int_equal(drive_run(&d, 0, 0), -EBADF);
	drive_close(&d);
}

/* Whoever waits is woken, and whoever comes later does not wait. */
static void its_death_is_noticed(void **state)
{
	struct drive d;
	struct task t;
	struct op op;
	int status;

	(void)state;
	open_or_die(&d, 2);
	t = drive_task(&d, 0, 0);
	kill(d.run.server, SIGSTOP);
	assert_int_equal(waitpid(d.run.server, &status, WUNTRACED), d.run.server);
	assert_int_equal(drive_step(&d, &t), 1);	/* asked */
	op = workload_futex.step(&t);
	assert_int_equal(op.kind, OP_WAIT);
	kill(d.run.server, SIGKILL);
	t.res = drive_exec(&op);
	assert_int_equal(drive_step(&d, &t), -1);
	assert_int_equal(t.res, -EBADMSG);
	assert_int_equal(drive_run(&d, 1, 0), -EPIPE);
	assert_int_equal(drive_run(&d, 1, 1), -EPIPE);
	status = drive_close(&d);
	assert_true(WIFSIGNALED(status));
}

static void *wait_unsignalled(void *op)
{
	return (void *)(intptr_t)drive_exec(op);
}

/* Who sleeps on a thread that no signal comes to is woken too. */
static void its_death_wakes_every_thread(void **state)
{
	sigset_t child;
	struct drive d;
	struct task t;
	struct op op;
	pthread_t id;
	int status;

	(void)state;
	open_or_die(&d, 1);
	t = drive_task(&d, 0, 0);
	kill(d.run.server, SIGSTOP);
	assert_int_equal(waitpid(d.run.server, &status, WUNTRACED), d.run.server);
	assert_int_equal(drive_step(&d, &t), 1);	/* asked */
	op = workload_futex.step(&t);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	pthread_sigmask(SIG_BLOCK, &child, NULL);
	assert_int_equal(pthread_create(&id, NULL, wait_unsignalled, &op), 0);
	pthread_sigmask(SIG_UNBLOCK, &child, NULL);
	usleep(20000);		/* asleep in there */
	kill(d.run.server, SIGKILL);
	pthread_join(id, NULL);
	t.res = 0;
	assert_int_equal(drive_step(&d, &t), -1);
	drive_close(&d);
}

/* Another child's end must not bring the old answer back. */
static void its_death_is_told_once(void **state)
{
	uint32_t before, after;
	siginfo_t dead;
	struct words *w;
	struct drive d;

	(void)state;
	open_or_die(&d, 1);
	w = words_map(d.channel[0].in);
	assert_non_null(w);
	before = atomic_load(&w->answer);
	kill(d.run.server, SIGKILL);
	assert_int_equal(waitid(P_PID, (id_t)d.run.server, &dead, WEXITED | WNOWAIT), 0);
	raise(SIGCHLD);
	after = atomic_load(&w->answer);
	assert_int_not_equal(after, before);
	raise(SIGCHLD);
	assert_int_equal(atomic_load(&w->answer), after);
	words_unmap(w);
	drive_close(&d);
}

/* Each thread of the server that is not asleep, or may run elsewhere than on
 * @cpu; how many threads there are in @all. */
static unsigned awake(pid_t server, unsigned cpu, unsigned *all)
{
	char path[64];
	unsigned n = 0;
	DIR *dir;

	snprintf(path, sizeof path, "/proc/%d/task", server);
	dir = opendir(path);
	assert_non_null(dir);
	*all = 0;
	for (struct dirent *e; (e = readdir(dir));) {
		char file[400], is = 'R';
		cpu_set_t set;
		FILE *f;

		if (e->d_name[0] == '.')
			continue;
		snprintf(file, sizeof file, "%s/%.16s/stat", path, e->d_name);
		f = fopen(file, "r");
		assert_non_null(f);
		assert_int_equal(fscanf(f, "%*d (%*[^)]) %c", &is), 1);
		fclose(f);
		assert_int_equal(sched_getaffinity(atoi(e->d_name), sizeof set, &set), 0);
		n += is != 'S' || CPU_COUNT(&set) != 1 || !CPU_ISSET(cpu, &set);
		++*all;
	}
	closedir(dir);
	return n;
}

/* Who spun would never sleep: then this does not end, and the watchdog bites. */
static void who_has_nothing_to_answer_sleeps(void **state)
{
	unsigned cpu = 0, all = 0;
	struct drive d;
	cpu_set_t set;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof set, &set), 0);
	while (!CPU_ISSET(cpu, &set))
		cpu++;
	drive_init(&d, &workload_futex, 5);
	d.run.server_cpu = (int)cpu;
	assert_int_equal(drive_open(&d), 0);
	drive_all(&d, false);
	while (awake(d.run.server, cpu, &all))
		sched_yield();
	assert_true(all >= 6);	/* a sanitizer may add its own */
	assert_int_equal(drive_close(&d), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_answers_64_channels),
		cmocka_unit_test(many_may_wait_at_once),
		cmocka_unit_test(a_channel_has_no_memory),
		cmocka_unit_test(a_round_trip_is_two_operations),
		cmocka_unit_test(no_question_comes_twice),
		cmocka_unit_test(a_wrong_answer_is_noticed),
		cmocka_unit_test(without_words_there_is_no_game),
		cmocka_unit_test(its_death_is_noticed),
		cmocka_unit_test(its_death_wakes_every_thread),
		cmocka_unit_test(its_death_is_told_once),
		cmocka_unit_test(who_has_nothing_to_answer_sleeps),
	};

	drive_watchdog();
	return cmocka_run_group_tests_name("futex", tests, NULL, NULL);
}

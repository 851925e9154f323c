/* Windows: how many requests are under way, and what is believed of answers.
 * And fanout, which is one window at a time. */
#include "workloads/drive.h"
#include "workloads/serve.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

extern const struct workload workload_echo, workload_fanout;

static void the_sum_does_not_depend_on_the_window(void **state)
{
	static const uint64_t window[] = { 1, 2, 7, 64 };
	uint64_t sum[4];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct drive d;

		drive_init(&d, &workload_echo, 1);
		drive_set(&d, "window", window[i]);
		drive_set(&d, "transport", i % 2 ? TRANSPORT_UNIX : TRANSPORT_TCP);
		drive_set(&d, "nodelay", i % 3 > 0);
		d.run.units = 20;	/* less than the last window */
		assert_int_equal(drive_open(&d), 0);
		drive_all(&d, false);
		sum[i] = d.sum;
		assert_int_equal(d.units, 6 * 20);
		assert_int_equal(sum[i], sum[0]);
		assert_int_equal(drive_close(&d), 0);
	}
}

static void what_is_small_is_held_back_if_wanted(void **state)
{
	(void)state;
	for (int wanted = 0; wanted < 2; wanted++) {
		socklen_t n = sizeof(int);
		struct drive d;
		int on;

		drive_init(&d, &workload_echo, 1);
		drive_set(&d, "nodelay", (uint64_t)wanted);
		assert_int_equal(drive_open(&d), 0);
		assert_int_equal(getsockopt(d.channel[0].in, IPPROTO_TCP, TCP_NODELAY, &on, &n), 0);
		assert_int_equal(on, wanted);
		assert_int_equal(drive_close(&d), 0);
	}
}

/* As many more sent than answered as the window says, neither more nor fewer. */
static void the_window_is_kept_full(void **state)
{
	enum { WINDOW = 5, UNITS = 20 };
	unsigned under_way = 0, most = 0, sent = 0;
	struct drive d;
	struct task t;
	struct op op;

	(void)state;
	drive_init(&d, &workload_echo, 1);
	drive_set(&d, "window", WINDOW);
	d.run.units = UNITS;
	assert_int_equal(drive_open(&d), 0);
	t = drive_task(&d, 0, 0);
	while ((op = workload_echo.step(&t)).kind != OP_DONE) {
		assert_int_not_equal(op.kind, OP_FAIL);
		if (op.kind == OP_RECV)
			assert_true(under_way == WINDOW || sent == UNITS);
		under_way += op.kind == OP_SEND;
		under_way -= op.kind == OP_RECV;
		sent += op.kind == OP_SEND;
		most = under_way > most ? under_way : most;
		t.res = drive_exec(&op);
		assert_true(t.res >= 0);
	}
	free(t.local);
	assert_int_equal(most, WINDOW);
	assert_int_equal(under_way, 0);
	assert_int_equal(drive_close(&d), 0);
}

/* A request counts from its own sending, not from the last answer. */
static void latency_is_of_the_request(void **state)
{
	struct drive d;
	struct task t;
	struct op op;
	uint64_t clock = 1000;

	(void)state;
	drive_init(&d, &workload_echo, 1);
	drive_set(&d, "window", 3);
	d.run.units = 6;
	assert_int_equal(drive_open(&d), 0);
	t = drive_task(&d, 0, 0);
	t.unit_ns = clock;
	for (unsigned unit = 0; (op = workload_echo.step(&t)).kind != OP_DONE;) {
		assert_int_not_equal(op.kind, OP_FAIL);
		if (op.kind == OP_UNIT) {	/* the fourth went after the first */
			assert_int_equal(t.unit_ns, unit < 3 ? 1000 : 1000 + 10 * (unit - 2));
			unit++;
			t.unit_ns = clock += 10;
		}
		t.res = drive_exec(&op);
	}
	free(t.local);
	assert_int_equal(drive_close(&d), 0);
}

/* The answer to another request is not the answer. */
static void answers_in_the_wrong_order_are_noticed(void **state)
{
	unsigned char both[128];
	struct drive d;
	struct task t;
	int pair[2];

	(void)state;
	drive_init(&d, &workload_echo, 1);
	drive_set(&d, "window", 2);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	d.channel[0] = (struct channel){ pair[0], pair[0] };
	t = drive_task(&d, 0, 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(drive_step(&d, &t), 1);
	assert_int_equal(recv(pair[1], both, 128, MSG_WAITALL), 128);
	assert_int_equal(send(pair[1], both + 64, 64, 0), 64);
	assert_int_equal(send(pair[1], both, 64, 0), 64);
	while (drive_step(&d, &t) > 0)
		;
	assert_int_equal(t.res, -EBADMSG);
	close(pair[1]);
	drive_close(&d);
}

static void a_bundle_is_asked_at_once(void **state)
{
	for (uint64_t law = LAW_FIXED; law <= LAW_TAIL; law++) {
		struct drive d;
		struct task t;
		struct op op;

		(void)state;
		drive_init(&d, &workload_fanout, 1);
		drive_set(&d, "requests", 160);
		drive_set(&d, "delay", 1000);
		drive_set(&d, "law", law);
		assert_int_equal(drive_open(&d), 0);
		t = drive_task(&d, 0, 0);
		op = workload_fanout.step(&t);
		assert_int_equal(op.kind, OP_SEND);
		assert_int_equal(op.len, 160 * 64);
		free(t.local);
		drive_all(&d, false);
		assert_int_equal(d.units, 6 * 4);
		assert_int_equal(drive_close(&d), 0);
	}
}

static void a_bundle_has_its_limit(void **state)
{
	struct drive d;

	(void)state;
	drive_init(&d, &workload_fanout, 1);
	assert_null(workload_fanout.supported(d.param));
	drive_set(&d, "requests", 256);
	assert_null(workload_fanout.supported(d.param));
	drive_set(&d, "bytes", 65);
	assert_non_null(workload_fanout.supported(d.param));
}

/* One of many wrong answers is enough. */
static void one_wrong_answer_spoils_the_bundle(void **state)
{
	unsigned char bundle[16 * 64];
	struct drive d;
	struct task t;
	int pair[2];

	(void)state;
	drive_init(&d, &workload_fanout, 1);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	d.channel[0] = (struct channel){ pair[0], pair[0] };
	t = drive_task(&d, 0, 0);
	assert_int_equal(drive_step(&d, &t), 1);
	assert_int_equal(recv(pair[1], bundle, sizeof bundle, MSG_WAITALL), sizeof bundle);
	bundle[15 * 64] ^= 1;
	assert_int_equal(send(pair[1], bundle, sizeof bundle, 0), sizeof bundle);
	while (drive_step(&d, &t) > 0)
		;
	assert_int_equal(t.res, -EBADMSG);
	close(pair[1]);
	drive_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sum_does_not_depend_on_the_window),
		cmocka_unit_test(what_is_small_is_held_back_if_wanted),
		cmocka_unit_test(the_window_is_kept_full),
		cmocka_unit_test(latency_is_of_the_request),
		cmocka_unit_test(answers_in_the_wrong_order_are_noticed),
		cmocka_unit_test(a_bundle_is_asked_at_once),
		cmocka_unit_test(a_bundle_has_its_limit),
		cmocka_unit_test(one_wrong_answer_spoils_the_bundle),
	};

	drive_watchdog();
	return cmocka_run_group_tests_name("echo", tests, NULL, NULL);
}

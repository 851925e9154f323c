/* We are the server: what is checked, what the client sees, and when a request
 * counts from. */
#include <fcntl.h>

#include "workloads/drive.h"
#include "workloads/serve.h"

extern const struct workload workload_relay;

static void open_relay(struct drive *d, uint64_t backend, unsigned workers)
{
	drive_init(d, &workload_relay, workers);
	drive_set(d, "backend", backend);
	assert_int_equal(drive_open(d), 0);
}

static void it_serves(void **state)
{
	(void)state;
	for (uint64_t backend = 0; backend < 2; backend++) {
		uint64_t sum[2];

		for (unsigned places = 1; places < 3; places++) {
			struct drive d;

			open_relay(&d, backend, places);
			for (uint64_t i = 0; i < d.run.tasks; i++)
				assert_int_equal(drive_run(&d, i, (unsigned)i % places), 0);
			sum[places - 1] = d.sum;
			assert_int_equal(drive_close(&d), 0);
		}
		assert_int_equal(sum[0], sum[1]);	/* whoever asked */
	}
}

/* A client that gets a wrong reply asks no more. */
static void a_wrong_reply_ends_it(void **state)
{
	struct drive d;
	struct task t;
	struct op op;

	(void)state;
	open_relay(&d, 0, 1);
	t = drive_task(&d, 0, 0);
	assert_int_equal(drive_step(&d, &t), 1);	/* received */
	op = workload_relay.step(&t);
	assert_int_equal(op.kind, OP_SEND);
	((unsigned char *)op.buf)[op.len - 1] ^= 1;
	t.res = drive_exec(&op);
	while (drive_step(&d, &t) > 0)
		;
	assert_true(t.res == -EIO || t.res == -ECONNRESET);
	assert_int_equal(drive_close(&d), 0);
}

/* Nor do we believe any client, or any backend. */
static void wrong_requests_are_noticed(void **state)
{
	(void)state;
	for (int backend = 0; backend < 2; backend++) {
		struct { struct question q; uint64_t rest[6]; } request = { .q = { 1, 0 } };
		struct drive d;
		int pair[2], other[2];

		drive_init(&d, &workload_relay, 1);
		drive_set(&d, "backend", (uint64_t)backend);
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, other), 0);
		d.channel[0] = (struct channel){ pair[0], other[0] };
		request.rest[5] = !backend;	/* all 0 would be right */
		assert_int_equal(send(pair[1], &request, sizeof request, 0), sizeof request);
		request.rest[5] = 1;
		assert_int_equal(send(other[1], &request, sizeof request, 0), sizeof request);
		assert_int_equal(drive_run(&d, 0, 0), -EBADMSG);
		close(pair[1]);
		close(other[1]);
		drive_close(&d);
	}
}

/* From the client's sending; what lay there before the pass, from its start. */
static void latency_counts_from_the_request(void **state)
{
	struct drive d;
	struct task t;
	struct op op;

	(void)state;
	open_relay(&d, 0, 1);
	for (int late = 0; late < 2; late++) {
		struct question q;

		t = drive_task(&d, 0, 0);
		t.start_ns = late ? clock_ns() : 1;
		op = workload_relay.step(&t);
		assert_int_equal(op.kind, OP_RECV);
		t.res = drive_exec(&op);
		memcpy(&q, op.buf, sizeof q);
		op = workload_relay.step(&t);
		assert_int_equal(t.unit_ns, late ? t.start_ns : q.sent_ns);
		t.res = drive_exec(&op);
		free(t.local);
		if (!late)	/* the next request comes before the pass */
			assert_int_equal(recv(d.channel[0].in, &q, sizeof q,
					      MSG_PEEK | MSG_WAITALL), sizeof q);
	}
	assert_int_equal(drive_close(&d), 0);
}

/* Every task has a connection of its own; clients come again, and are told the
 * same as those who stay. */
static void tasks_accept(void **state)
{
	(void)state;
	for (uint64_t backend = 0; backend < 2; backend++) {
		uint64_t sum[2];

		for (uint64_t accept = 0; accept < 2; accept++) {
			unsigned before;
			struct drive d;

			drive_init(&d, &workload_relay, 2);
			drive_set(&d, "backend", backend);
			drive_set(&d, "accept", accept);
			d.run.tasks = 50;
			assert_int_equal(drive_open(&d), 0);
			before = open_fds();
			for (uint64_t i = 0; i < d.run.tasks; i++)
				assert_int_equal(drive_run(&d, i, (unsigned)i % 2), 0);
			assert_int_equal(open_fds(), before);
			assert_int_equal(d.asked >> OP_ACCEPT & 1, accept);
			sum[accept] = d.sum;
			assert_int_equal(drive_close(&d), 0);
		}
		assert_int_equal(sum[0], sum[1]);
	}
}

/* Who waits for readiness must not be held in an accept; who blocks must. */
static void the_door_is_as_the_engine_wants_it(void **state)
{
	(void)state;
	for (int nonblock = 0; nonblock < 2; nonblock++) {
		struct drive d;

		drive_init(&d, &workload_relay, 2);
		drive_set(&d, "accept", 1);
		d.run.nonblock = nonblock;
		assert_int_equal(drive_open(&d), 0);
		for (unsigned w = 0; w < 2; w++)
			assert_int_equal(!!(fcntl(d.channel[w].in, F_GETFL) & O_NONBLOCK),
					 nonblock);
		assert_int_equal(drive_close(&d), 0);
	}
}

/* Nobody to serve, and a client that has gone: the connection is closed. */
static void a_failed_task_hangs_up(void **state)
{
	struct drive d;
	struct task t;

	(void)state;
	for (int accepted = 0; accepted < 2; accepted++) {
		unsigned before;

		drive_init(&d, &workload_relay, 1);
		drive_set(&d, "accept", 1);
		assert_int_equal(drive_open(&d), 0);
		before = open_fds();
		t = drive_task(&d, 0, 0);
		assert_int_equal(drive_step(&d, &t), 1);
		if (accepted)
			assert_int_equal(drive_step(&d, &t), 1);
		else
			close((int)t.res);
		t.res = -EMFILE;
		assert_int_equal(drive_step(&d, &t), -1);
		assert_int_equal(t.res, -EMFILE);
		assert_int_equal(open_fds(), before);
		assert_int_equal(drive_close(&d), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_serves),
		cmocka_unit_test(a_wrong_reply_ends_it),
		cmocka_unit_test(wrong_requests_are_noticed),
		cmocka_unit_test(latency_counts_from_the_request),
		cmocka_unit_test(tasks_accept),
		cmocka_unit_test(the_door_is_as_the_engine_wants_it),
		cmocka_unit_test(a_failed_task_hangs_up),
	};

	drive_watchdog();
	return cmocka_run_group_tests_name("relay", tests, NULL, NULL);
}

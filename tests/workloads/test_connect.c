/* A connection for every request: nothing of it stays. */
#include <stdio.h>

#include "workloads/drive.h"
#include "workloads/serve.h"

extern const struct workload workload_connect;

/* The port of the connection that op @fd of a task has. */
static unsigned port_of(const struct op *op)
{
	uint16_t port;

	memcpy(&port, (const char *)op->buf + sizeof(uint16_t), sizeof port);
	return (unsigned)(port >> 8 | (port & 0xff) << 8);
}

/* How many sockets the kernel knows that have or had @port at their other end
 * and wait for time to pass (TIME_WAIT is state 06). */
static unsigned waiting_for(unsigned port)
{
	FILE *f = fopen("/proc/net/tcp", "r");
	char line[256], state[8];
	unsigned n = 0, local, remote;

	if (!f)
		return 0;
	while (fgets(line, sizeof line, f))
		if (sscanf(line, " %*d: %*x:%x %*x:%x %2s", &local, &remote, state) == 3)
			n += (local == port || remote == port) && !strcmp(state, "06");
	fclose(f);
	return n;
}

static void nothing_stays(void **state)
{
	unsigned before, port;
	struct drive d;
	struct task t;
	struct op op;

	(void)state;
	drive_init(&d, &workload_connect, 2);
	assert_int_equal(drive_open(&d), 0);
	before = open_fds();
	d.run.units = 50;
	drive_all(&d, false);
	assert_int_equal(d.units, 6 * 50);
	assert_int_equal(open_fds(), before);
	t = drive_task(&d, 0, 0);
	op = workload_connect.step(&t);
	assert_int_equal(op.kind, OP_CONNECT);
	port = port_of(&op);
	close(op.fd);
	free(t.local);
	assert_int_equal(waiting_for(port), 0);
	assert_int_equal(drive_close(&d), 0);
}

/* Whatever fails, the socket is closed. */
static void failures_close_it(void **state)
{
	(void)state;
	for (unsigned fail_at = 0; fail_at < 3; fail_at++) {
		unsigned before;
		struct drive d;
		struct task t;
		int rc = 1;

		drive_init(&d, &workload_connect, 1);
		assert_int_equal(drive_open(&d), 0);
		before = open_fds();
		t = drive_task(&d, 0, 0);
		for (unsigned i = 0; rc > 0; i++) {
			rc = drive_step(&d, &t);
			if (i == fail_at)
				t.res = -ECONNRESET;
		}
		assert_int_equal(rc, -1);
		assert_int_equal(t.res, -ECONNRESET);
		assert_int_equal(open_fds(), before);
		assert_int_equal(drive_close(&d), 0);
	}
}

static void half_an_answer_is_none(void **state)
{
	struct drive d;
	struct task t;

	(void)state;
	drive_init(&d, &workload_connect, 1);
	assert_int_equal(drive_open(&d), 0);
	for (int half = 0; half < 2; half++) {
		t = drive_task(&d, 0, 0);
		for (int i = 0; i < 2; i++)
			assert_int_equal(drive_step(&d, &t), 1);
		struct op op = workload_connect.step(&t);

		t.res = drive_exec(&op);
		if (half)
			t.res--;
		else
			((unsigned char *)op.buf)[0] ^= 1;
		assert_int_equal(drive_step(&d, &t), -1);
		assert_int_equal(t.res, half ? -EIO : -EBADMSG);
	}
	assert_int_equal(drive_close(&d), 0);
}

static void too_many_are_refused(void **state)
{
	struct drive d;

	(void)state;
	drive_init(&d, &workload_connect, 1);
	d.run.tasks = 840;
	d.run.units = 24;
	assert_int_equal(drive_open(&d), -1);
	assert_non_null(strstr(d.trouble.reason, "20160"));
	assert_int_equal(d.run.server, 0);
	drive_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_stays),
		cmocka_unit_test(failures_close_it),
		cmocka_unit_test(half_an_answer_is_none),
		cmocka_unit_test(too_many_are_refused),
	};

	drive_watchdog();
	return cmocka_run_group_tests_name("connect", tests, NULL, NULL);
}

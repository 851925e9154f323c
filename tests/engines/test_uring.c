/* What io_uring is asked for: the flags of a ring, what is registered and what is
 * not, and what is done where a kernel does not know the flags. */
#include <stdio.h>

#ifndef HAVE_LIBURING
int main(void)
{
	puts("1..0 # SKIP built without liburing");
	return 0;
}
#else
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <dlfcn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "engines/uring.h"

enum {
	SEATS = 2, BYTES = 64,
	FLAGS = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_COOP_TASKRUN |
		IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_TASKRUN_FLAG,
};

/* In place of the library's: what it was asked for, and how many calls it is to
 * refuse as a kernel does that does not know the flags. */
static unsigned asked[4], calls, refusals;

int io_uring_queue_init_params(unsigned entries, struct io_uring *ring,
			       struct io_uring_params *p)
{
	static int (*real)(unsigned, struct io_uring *, struct io_uring_params *);

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "io_uring_queue_init_params");
	asked[calls++] = p->flags & FLAGS;
	return calls <= refusals ? -EINVAL : real(entries, ring, p);
}

static void *open_with(enum uring_flags flags, unsigned refuse)
{
	static uint64_t syscalls;
	const uint64_t option[] = { [URING_FLAGS] = flags, [URING_BUFFERS] = URING_PLAIN };

	calls = 0;
	refusals = refuse;
	return engine_uring.open(SEATS, option, &syscalls);
}

static void each_mode_has_its_flags(void **state)
{
	static const unsigned want[] = {
		[URING_COOP] = FLAGS & ~IORING_SETUP_DEFER_TASKRUN,
		[URING_DEFER] = FLAGS & ~IORING_SETUP_COOP_TASKRUN,
		[URING_NONE] = 0,
	};

	(void)state;
	for (unsigned how = URING_COOP; how <= URING_NONE; how++) {
		void *ring = open_with((enum uring_flags)how, 0);

		assert_int_equal(asked[0], want[how]);
		if (ring)
			engine_uring.close(ring);
	}
}

static void a_kernel_that_knows_no_flags_gets_none(void **state)
{
	void *ring = open_with(URING_DEFER, 1);

	(void)state;
	assert_int_equal(calls, 2);
	assert_int_equal(asked[1], 0);
	if (!ring && engine_forbidden(errno))
		return;
	assert_non_null(ring);
	assert_string_equal(engine_uring.mode(ring), "uring-none");
	engine_uring.close(ring);
}

/* Elsewhere whoever cannot open it takes that for a kernel that forbids it. */
static void it_opens_where_the_kernel_lets_it(void **state)
{
	struct io_uring_params p = { 0 };
	int fd = (int)syscall(SYS_io_uring_setup, 4, &p);

	(void)state;
	if (fd < 0) {
		print_message("# SKIP io_uring_setup: %s\n", strerror(errno));
		return;
	}
	close(fd);
	for (unsigned how = URING_COOP; how <= URING_NONE; how++) {
		void *ring = open_with((enum uring_flags)how, 0);

		assert_non_null(ring);
		engine_uring.close(ring);
	}
}

/* What the kernel is asked for when @op is wanted at seat 1 of two. */
static struct io_uring_sqe prepared(struct uring_state *s, struct op op)
{
	const struct wait w = { .op = op, .seat = 1 };
	struct io_uring_sqe e = { 0 };

	uring_prepare(s, &e, &w);
	return e;
}

static void registered_memory_is_used_where_it_is_the_seats(void **state)
{
	static char memory[SEATS][BYTES], other[BYTES];
	const struct iovec seat[SEATS] = { { memory[0], BYTES }, { memory[1], BYTES } };
	struct uring_state s = { .fixed = true, .seat = seat, .seats = SEATS };
	struct io_uring_sqe e = prepared(&s, op_pread(3, memory[1], BYTES, 0));

	(void)state;
	assert_int_equal(e.opcode, IORING_OP_READ_FIXED);
	assert_int_equal(e.buf_index, 1);
	e = prepared(&s, op_pwrite(3, memory[1] + 8, BYTES - 8, 0));
	assert_int_equal(e.opcode, IORING_OP_WRITE_FIXED);
	e = prepared(&s, op_pread(3, memory[1] + 8, BYTES, 0));	/* too long */
	assert_int_equal(e.opcode, IORING_OP_READ);
	e = prepared(&s, op_pwrite(3, memory[0], BYTES, 0));	/* another's */
	assert_int_equal(e.opcode, IORING_OP_WRITE);
	e = prepared(&s, op_pread(3, other, BYTES, 0));
	assert_int_equal(e.opcode, IORING_OP_READ);
	s.fixed = false;
	e = prepared(&s, op_pread(3, memory[1], BYTES, 0));
	assert_int_equal(e.opcode, IORING_OP_READ);
}

static void waiting_first_is_asked_for(void **state)
{
	char buf[8];
	struct uring_state s = { .poll_first = true };

	(void)state;
	for (int can = 0; can < 2; can++)
		for (unsigned first = 0; first < 2; first++) {
			struct op op = op_recv(3, buf, sizeof buf, first ? OP_WAITFIRST : 0);
			struct io_uring_sqe e;

			s.poll_first = can;
			e = prepared(&s, op);
			assert_int_equal(e.opcode, IORING_OP_RECV);
			assert_int_equal(e.ioprio & IORING_RECVSEND_POLL_FIRST,
					 can && first ? IORING_RECVSEND_POLL_FIRST : 0);
		}
}

/* More at once than are handed over at once. */
static void more_than_the_queue_holds(void **state)
{
	enum { MANY = 5000 };	/* the queue has 4096 */
	static const uint64_t option[] = { [URING_FLAGS] = URING_NONE, [URING_BUFFERS] = URING_PLAIN };
	static struct wait wait[MANY], *ready[MANY];
	static char buf[MANY];
	uint64_t syscalls = 0, until = clock_ns() + 10ull * NS_PER_SEC;
	int fd = memfd_create("ring", MFD_CLOEXEC), left = MANY;
	void *ring = engine_uring.open(MANY, option, &syscalls);

	(void)state;
	assert_int_equal(ftruncate(fd, MANY), 0);
	for (int i = 0; ring && i < MANY; i++) {
		wait[i].op = op_pread(fd, &buf[i], 1, (uint64_t)i);
		assert_int_equal(engine_uring.start(ring, &wait[i]), 0);
	}
	while (ring && left && clock_ns() < until) {
		int n = engine_uring.poll(ring, until, ready);

		assert_in_range(n, 0, left);
		left -= n;
	}
	assert_int_equal(left, ring ? 0 : MANY);
	if (ring)
		engine_uring.close(ring);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_mode_has_its_flags),
		cmocka_unit_test(a_kernel_that_knows_no_flags_gets_none),
		cmocka_unit_test(it_opens_where_the_kernel_lets_it),
		cmocka_unit_test(registered_memory_is_used_where_it_is_the_seats),
		cmocka_unit_test(waiting_first_is_asked_for),
		cmocka_unit_test(more_than_the_queue_holds),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("uring", tests, NULL, NULL);
}
#endif

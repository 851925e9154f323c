/* Who is to be answered when: a heap against a sorted table. */
#include "workloads/drive.h"
#include "workloads/server.h"

#include <sys/epoll.h>

enum { PEERS = 1000, WINDOW = 3 };
#define SECOND ((uint64_t)NS_PER_SEC)

static struct peer peer[PEERS];
static struct peer *queue[PEERS];
static uint64_t due_ns[PEERS];
static struct server server = { .what = { .window = 1 }, .queue = queue };

static void peer_at(unsigned i, uint64_t at)
{
	due_ns[i] = at;
	peer[i] = (struct peer){ .due_ns = &due_ns[i] };
	due_add(&server, &peer[i]);
}

/* Take all: how many, each not before the one before it. */
static unsigned take_all(uint64_t now)
{
	unsigned n = 0;
	uint64_t last = 0;
	struct peer *p;

	while ((p = due_take(&server, now))) {
		assert_false(p->queued);
		assert_true(p->due_ns[0] >= last && p->due_ns[0] <= now);
		last = p->due_ns[0];
		n++;
	}
	return n;
}

static void nobody_waits(void **state)
{
	(void)state;
	assert_null(due_take(&server, UINT64_MAX));
}

static void they_come_out_in_order(void **state)
{
	(void)state;
	for (unsigned i = 0; i < PEERS; i++)
		peer_at(i, rng_mix(i) % 500);	/* some at the same time */
	assert_int_equal(take_all(UINT64_MAX), PEERS);
	for (unsigned i = 0; i < PEERS; i++)
		peer_at(i, i);
	assert_int_equal(take_all(UINT64_MAX), PEERS);
	for (unsigned i = 0; i < PEERS; i++)
		peer_at(i, PEERS - i);
	assert_int_equal(take_all(UINT64_MAX), PEERS);
}

static void who_is_not_due_stays(void **state)
{
	unsigned due = 0;

	(void)state;
	for (unsigned i = 0; i < PEERS; i++) {
		peer_at(i, rng_mix(i) % 1000);
		due += due_ns[i] <= 300;
		assert_true(peer[i].queued);
	}
	assert_int_equal(take_all(300), due);
	assert_int_equal(server.queued, PEERS - due);
	assert_int_equal(take_all(300), 0);
	assert_int_equal(take_all(1000), PEERS - due);
}

/* A peer of a server that is only @s, with the other end of its socket. */
static struct peer peer_of(struct server *s, int *other)
{
	static unsigned char ring[WINDOW * sizeof(uint64_t)];
	static uint64_t dues[WINDOW];
	static struct peer *waiting[1];
	int fd[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd), 0);
	*other = fd[0];
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	s->queue = waiting;
	return (struct peer){ .in = fd[1], .out = fd[1], .buf = ring, .due_ns = dues };
}

/* To the nanosecond: what is late beyond that is the machine. */
static void due_is_the_delay_after_it_came(void **state)
{
	static const uint64_t ask[WINDOW + 1] = { 3 * SECOND, SECOND, 5 * SECOND };

	for (int told = 0; told < 2; told++) {
		struct server s = { .what = { .bytes = sizeof *ask, .window = WINDOW,
					      .told = told, .delay_ns = 2 * SECOND } };
		uint64_t first = told ? ask[0] : 2 * SECOND, before, after;
		int other;
		struct peer p = peer_of(&s, &other);

		(void)state;
		assert_int_equal(peer_open(&s, &p), 0);
		assert_int_equal(write(other, ask, sizeof ask), sizeof ask);
		before = clock_ns();
		peer_event(&s, &p, EPOLLIN);
		after = clock_ns();
		assert_int_equal(s.asked, WINDOW);
		assert_in_range(p.due_ns[0], before + first, after + first);
		/* answers are in order */
		assert_int_equal(p.due_ns[1], p.due_ns[0]);
		first = told ? ask[2] : first;
		assert_in_range(p.due_ns[2], before + first, after + first);
		peer_event(&s, &p, EPOLLIN);	/* of one that there is no room for */
		assert_int_equal(p.events, 0);
		peer_close(&p);
		close(other);
		close(s.epoll);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_waits),
		cmocka_unit_test(they_come_out_in_order),
		cmocka_unit_test(who_is_not_due_stays),
		cmocka_unit_test(due_is_the_delay_after_it_came),
	};

	drive_watchdog();
	return cmocka_run_group_tests_name("due", tests, NULL, NULL);
}

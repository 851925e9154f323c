/* Who is to be answered when: a heap against a sorted table. */
#include "workloads/drive.h"
#include "workloads/server.h"

enum { PEERS = 1000 };

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_waits),
		cmocka_unit_test(they_come_out_in_order),
		cmocka_unit_test(who_is_not_due_stays),
	};

	drive_watchdog();
	return cmocka_run_group_tests_name("due", tests, NULL, NULL);
}

/* The cache against a plain one: a table of keys, searched from end to end. */
#include "workloads/drive.h"

extern const struct workload workload_cache;

enum { GETS, HITS };

static void open_cache(struct drive *d, uint64_t capacity, uint64_t keys)
{
	drive_init(d, &workload_cache, 1);
	drive_set(d, "capacity", capacity);
	drive_set(d, "keys", keys);
	drive_set(d, "hot", 0);
	drive_set(d, "miss", 3);
	d->run.units = 5000;
	assert_int_equal(drive_open(d), 0);
}

static void counted(const struct drive *d, uint64_t out[COUNTERS])
{
	memset(out, 0, COUNTERS * sizeof *out);
	workload_cache.count(d->run.shared, d->param, out);
}

static void every_get_is_counted(void **state)
{
	uint64_t n[COUNTERS];
	struct drive d;

	(void)state;
	open_cache(&d, 256, 1000);
	drive_set(&d, "sets", 0);
	drive_all(&d, false);
	counted(&d, n);
	assert_int_equal(d.units, 6 * 5000);
	assert_int_equal(n[GETS], 6 * 5000);
	drive_close(&d);
}

static void nothing_but_sets_gets_nothing(void **state)
{
	uint64_t n[COUNTERS];
	struct drive d;

	(void)state;
	open_cache(&d, 256, 1000);
	drive_set(&d, "sets", 100);
	drive_all(&d, false);
	counted(&d, n);
	assert_int_equal(d.units, 6 * 5000);
	assert_int_equal(n[GETS], 0);
	drive_close(&d);
}

/* The keys of one part, the one used last in front. */
static bool plain_get(uint32_t *key, unsigned *n, unsigned capacity, uint32_t want)
{
	unsigned i = 0;
	bool hit;

	while (i < *n && key[i] != want)
		i++;
	hit = i < *n;
	if (!hit && *n < capacity)
		i = (*n)++;
	else if (!hit)
		i = *n - 1;
	memmove(key + 1, key, i * sizeof *key);
	key[0] = want;
	return hit;
}

static void what_was_used_last_stays(void **state)
{
	enum { CAPACITY = 320, PARTS = 16, KEYS = 500, GETS_MADE = 5000 };
	static uint32_t key[PARTS][CAPACITY / PARTS];
	unsigned n[PARTS] = { 0 };
	uint64_t hits = 0, got[COUNTERS];
	struct drive d;
	struct task t;

	(void)state;
	open_cache(&d, CAPACITY, KEYS);
	drive_set(&d, "sets", 0);
	assert_int_equal(drive_run(&d, 0, 0), 0);
	t = drive_task(&d, 0, 0);
	for (uint64_t unit = 0; unit < GETS_MADE; unit++) {
		uint32_t want = (uint32_t)((task_random(&t, unit, 0) >> 16) % KEYS);
		unsigned part = rng_mix(want) % PARTS;

		hits += plain_get(key[part], &n[part], CAPACITY / PARTS, want);
	}
	free(t.local);
	counted(&d, got);
	assert_int_equal(got[HITS], hits);
	assert_in_range(hits, GETS_MADE / 3, GETS_MADE);
	drive_close(&d);
}

/* How large it is, and in what order tasks come, changes hits and no result. */
static void results_do_not_depend_on_hits(void **state)
{
	static const uint64_t capacity[] = { 0, 16, 1000, 16384 };
	uint64_t sum = 0, digest = 0, last = 0;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		uint64_t n[COUNTERS];
		struct drive d;

		open_cache(&d, capacity[i], 1000);
		drive_all(&d, i % 2);
		counted(&d, n);
		assert_true(i ? n[HITS] > last : !n[HITS]);
		last = n[HITS];
		assert_true(!i || (d.sum == sum && drive_digest(&d) == digest));
		sum = d.sum;
		digest = drive_digest(&d);
		drive_close(&d);
	}
}

/* Of the keys asked for most, more are found. */
static void hot_keys_are_hit(void **state)
{
	uint64_t n[2][COUNTERS];

	(void)state;
	for (uint64_t hot = 0; hot < 2; hot++) {
		struct drive d;

		open_cache(&d, 256, 4096);
		drive_set(&d, "hot", 90 * hot);
		drive_all(&d, false);
		counted(&d, n[hot]);
		drive_close(&d);
	}
	assert_true(n[1][HITS] > 3 * n[0][HITS]);
}

/* A value half overwritten, a list cut short, a table that forgot. */
static void damage_shows_in_the_digest(void **state)
{
	struct drive d;
	uint64_t sound;
	unsigned seen = 0;
	unsigned char *byte;

	(void)state;
	open_cache(&d, 16384, 16384);
	drive_all(&d, false);
	sound = drive_digest(&d);
	byte = d.run.shared;
	for (size_t at = 0; at < workload_cache.shared_bytes; at += 997) {
		unsigned char was = byte[at];

		if (!was)
			continue;	/* perhaps nothing is there */
		byte[at] = 0;
		seen += drive_digest(&d) != sound;
		byte[at] = was;
		assert_int_equal(drive_digest(&d), sound);
		if (seen == 20)
			break;
	}
	assert_int_equal(seen, 20);
	drive_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_get_is_counted),
		cmocka_unit_test(nothing_but_sets_gets_nothing),
		cmocka_unit_test(what_was_used_last_stays),
		cmocka_unit_test(results_do_not_depend_on_hits),
		cmocka_unit_test(hot_keys_are_hit),
		cmocka_unit_test(damage_shows_in_the_digest),
	};

	drive_watchdog();
	return cmocka_run_group_tests_name("cache", tests, NULL, NULL);
}

/*
 * The work itself, as numbers that are written down: what tasks yield with a seed of
 * 1.  All else that is tested of results is that they agree with one another, which
 * they also do where every task has the same seed, or leaves out the last tick.
 *
 * Who changes a workload's work on purpose writes down the new number, and cannot
 * compare what was measured before.
 */
#include "workloads/drive.h"

static const struct work {
	const char *workload;
	struct {
		const char *name;
		uint64_t value;
	} param[3];
	uint64_t sum, digest;
} table[] = {
	{ "countdown", { { "ticks", 100 } }, 0x1fd6c413f5070107, 0 },
	{ "squares", { { "n", 100 } }, 0x81a510, 0 },
	{ "primes", { { "first", 10007 } }, 0xad56855fabe3c579, 0 },
	{ "matmul", { { "n", 8 } }, 0x29ce5d744759b07, 0 },
	{ "counter", { { "ops", 50 } }, 0xf9053f68817663ff, 0x4b0 },
	{ "ledger", { { "transfers", 50 } }, 0xf506ce72e12ddf48, 0xa23dea4b7616b670 },
	{ "table", { { "accesses", 50 } }, 0x2248e72774e, 0x547a915ddc145f0c },
	{ "cache", { { "capacity", 64 }, { "keys", 100 }, { "miss", 9 } },
	  0xa7d93e8a4fe424ad, 0x51f6e23869728b6 },
	{ "compress", { { "lock", 0 } }, 0xa210bbfb14d124d1, 0 },
	{ "compress", { { "lock", 1 } }, 0xa210bbfb14d124d1, 0 },
	{ "coroutine", { { "form", 0 } }, 0x44d48336b1bdaf3f, 0 },
	{ "coroutine", { { "form", 1 } }, 0x44d48336b1bdaf3f, 0 },
	{ "bytecode", { { "program", 1 } }, 0x8328704e77698cb, 0xc4415072f63b9b5e },
	{ "bytecode", { { "program", 5 }, { "form", 0 } },
	  0x511ef31690a20049, 0x24130369f62e3d2e },
	{ "toll", { { "looks", 99 } }, 0xb1cf5d93c548d987, 0 },
	{ "freelist", { { "ops", 50 } }, 0x42c18e003b3e11ac, 0xb09811fcfeff0c62 },
	{ "sleep", { { "time", 1000 } }, 0x74f5f970b7d4f54a, 0 },
	{ "pipe", { { NULL, 0 } }, 0x74f5f970b7d4f54a, 0 },
	{ "futex", { { NULL, 0 } }, 0x9b7d4f53e, 0 },
	{ "echo", { { "window", 3 } }, 0x74f5f970b7d4f54a, 0 },
	{ "delay", { { "delay", 1000 }, { "work", 9 } }, 0x6dce343cd3e10c84, 0 },
	{ "delay", { { "delay", 1000 }, { "law", 1 } }, 0x74f5f970b7d4f54a, 0 },
	{ "fanout", { { "delay", 1000 }, { "requests", 3 } }, 0xc3ab7394f3027c51, 0 },
	{ "relay", { { "work", 9 } }, 0xe3128c4a3c42ed0a, 0 },
	{ "connect", { { NULL, 0 } }, 0x74f5f970b7d4f54a, 0 },
	{ "append", { { "batch", 3 } }, 0x74f5f970b7d4f54a, 0 },
	{ "journal", { { NULL, 0 } }, 0x74f5f970b7d4f54a, 0xaac8c00000a81e5c },
	{ "fread", { { "size", 65536 } }, 0xe6e9646465402310, 0 },
};

static void the_work_is_what_it_was(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const struct work *w = &table[i];
		uint64_t digest;
		struct drive d;

		drive_init(&d, workload_find(w->workload), 2);
		for (int k = 0; k < 3 && w->param[k].name; k++)
			drive_set(&d, w->param[k].name, w->param[k].value);
		assert_int_equal(drive_open(&d), 0);
		drive_all(&d, false);
		digest = drive_digest(&d);
		drive_close(&d);
		if (d.sum != w->sum || digest != w->digest)
			fail_msg("%s (%s): sum 0x%lx, digest 0x%lx", w->workload,
				 w->param[0].name ? w->param[0].name : "as it is", d.sum, digest);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_work_is_what_it_was),
	};

	drive_watchdog();
	return cmocka_run_group_tests_name("same_work", tests, NULL, NULL);
}

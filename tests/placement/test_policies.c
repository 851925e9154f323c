/* The policies and the map, on machines that do not exist. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "placement/placement.h"

#define SMT	"pack:1 core:4 pu:2"
#define SOCKETS	"pack:2 core:4 pu:2"
#define CHIPLETS "pack:1 l3:4 core:2 pu:1"
#define HYBRID	"pack:1 core:4 pu:2 fast:2-3"

/* @keep: the OS indexes that a cpuset leaves, joined by dots, or "" for all. */
struct example {
	const char *machine, *keep, *placement;
	unsigned workers;
	const char *os;		/* of the workers, joined by spaces */
	int server;
};

static const struct example examples[] = {
	{ SMT, "", "none", 3, "-1 -1 -1", -1 },
	{ SMT, "", "one", 3, "0 0 0", 7 },
	{ SMT, "", "compact", 4, "0 1 2 3", 7 },
	{ SMT, "", "core", 6, "0 2 4 6 1 3", 7 },
	{ SMT, "", "core", 8, "0 2 4 6 1 3 5 7", 7 },
	{ SMT, "", "scatter", 8, "0 2 4 6 1 3 5 7", 7 },
	{ SMT, "", "compact", 10, "0 1 2 3 4 5 6 7 0 1", 7 },
	{ SMT, "", "core", 10, "0 2 4 6 1 3 5 7 0 2", 7 },
	{ SMT, "", "scatter", 10, "0 2 4 6 1 3 5 7 0 2", 7 },
	{ SMT, "", "7.5", 3, "7 5 7", 6 },
	{ SMT, "", "7.5-5", 3, "7 5 7", 5 },
	{ SMT, "", "b.a", 3, "2 0 2", 7 },
	{ SMT, "", "b.a-b", 2, "2 0", 2 },
	{ SMT, "", "e.f-d", 2, "0 2", 6 },	/* four cores: round and round */
	{ HYBRID, "", "a.3-b", 2, "4 3", 6 },	/* the fast ones first */

	{ SOCKETS, "", "one", 2, "0 0", 15 },
	{ SOCKETS, "", "compact", 9, "0 1 2 3 4 5 6 7 8", 15 },
	{ SOCKETS, "", "core", 9, "0 2 4 6 8 10 12 14 1", 15 },
	{ SOCKETS, "", "scatter", 2, "0 8", 15 },
	{ SOCKETS, "", "scatter", 5, "0 8 2 10 4", 15 },
	{ SOCKETS, "", "scatter", 9, "0 8 2 10 4 12 6 14 1", 15 },

	{ CHIPLETS, "", "scatter", 5, "0 2 4 6 1", 7 },
	{ "pack:2 l3:2 core:2 pu:1", "", "scatter", 8, "0 4 2 6 1 5 3 7", 7 },
	{ CHIPLETS, "", "core", 5, "0 1 2 3 4", 7 },

	{ HYBRID, "", "one", 1, "4", 7 },
	{ HYBRID, "", "compact", 5, "4 5 6 7 0", 3 },
	{ HYBRID, "", "core", 5, "4 6 0 2 5", 7 },
	{ HYBRID, "", "scatter", 5, "4 6 0 2 5", 7 },
	/* P cores with siblings, E cores without */
	{ HYBRID, "0.2.4.5.6.7", "core", 7, "4 6 0 2 5 7 4", 7 },
	{ HYBRID, "0.2.4.5.6.7", "compact", 6, "4 5 6 7 0 2", 7 },
	{ HYBRID, "0.2.4.5.6.7", "scatter", 6, "4 6 0 2 5 7", 7 },

	/* a cpuset of the odd PUs: no siblings are left */
	{ SOCKETS, "1.3.5.7.9.11.13.15", "compact", 3, "1 3 5", 15 },
	{ SOCKETS, "1.3.5.7.9.11.13.15", "core", 9, "1 3 5 7 9 11 13 15 1", 15 },
	{ SOCKETS, "1.3.5.7.9.11.13.15", "scatter", 4, "1 9 3 11", 15 },
	{ SOCKETS, "1.3.5.7.9.11.13.15", "15.1", 3, "15 1 15", 13 },
	/* a lopsided one: one PU of the first package */
	{ SOCKETS, "3.8.9.10.11", "scatter", 6, "3 8 10 9 11 3", 11 },
	{ SOCKETS, "3.8.9.10.11", "core", 6, "3 8 10 9 11 3", 11 },
	{ SMT, "6", "compact", 3, "6 6 6", 6 },
	{ SMT, "6", "core", 3, "6 6 6", 6 },
	{ SMT, "6", "scatter", 3, "6 6 6", 6 },
	{ SMT, "6", "one", 1, "6", 6 },
	{ "pu:1", "", "scatter", 2, "0 0", 0 },
	{ "pu:1", "", "core", 2, "0 0", 0 },
};

static struct topology *machine(const char *text, const char *keep)
{
	struct topology *t = topology_load(text);
	int os[32];
	size_t n = 0;

	assert_non_null(t);
	for (const char *s = keep; *s; s += *s == '.')
		os[n++] = (int)strtol(s, (char **)&s, 10);
	if (n)
		assert_int_equal(topology_restrict(t, os, n), 0);
	return t;
}

static void maps_as_the_table_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
		const struct example *e = &examples[i];
		struct topology *t = machine(e->machine, e->keep);
		char line[256] = "";
		int os[32], server;

		assert_int_equal(placement_map(t, e->placement, e->workers, os, &server), 0);
		for (unsigned w = 0; w < e->workers; w++)
			snprintf(line + strlen(line), sizeof line - strlen(line),
				 "%s%d", w ? " " : "", os[w]);
		if (strcmp(line, e->os) || server != e->server)
			fail_msg("%s keep '%s' %s x%u: %s server %d, not %s server %d",
				 e->machine, e->keep, e->placement, e->workers,
				 line, server, e->os, e->server);
		topology_free(t);
	}
}

/* Whatever the machine: no PU gets a second worker before all have one, and
 * fewer workers are where they would be among more. */
static void fills_every_pu_first(void **state)
{
	static const char *const names[] = { "compact", "core", "scatter" };

	(void)state;
	for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
		struct topology *t = machine(examples[i].machine, examples[i].keep);
		unsigned n = topology_pus(t);

		for (size_t p = 0; p < 3; p++) {
			int os[32], server;
			unsigned count[32] = { 0 };

			assert_int_equal(placement_map(t, names[p], 2 * n, os, &server), 0);
			for (unsigned w = 0; w < n; w++) {
				count[topology_pu(t, os[w])]++;
				assert_int_equal(os[w], os[w + n]);
			}
			for (unsigned pu = 0; pu < n; pu++)
				assert_int_equal(count[pu], 1);
		}
		topology_free(t);
	}
}

static void knows_valid_names(void **state)
{
	static const char *const valid[] = {
		"none", "one", "compact", "scatter", "core", "0", "0.2", "12.3.4", "1.1",
		"a", "b.a", "a-b", "0.1-0", "a.3-7",
	};
	static const char *const invalid[] = {
		"", "cores", ".", "0.", ".0", "0..1", "-1", "0,1", "0x1", "1 ", "123456",
		"99999999999999999999", "compact.0",
		"a-", "-a", "i", "0.x", "a-b.a", "a-b-a", "ab", "a.bc", "A", "1a", "a1",
	};

	(void)state;
	for (size_t i = 0; i < sizeof valid / sizeof *valid; i++)
		assert_true(placement_valid(valid[i]));
	for (size_t i = 0; i < sizeof invalid / sizeof *invalid; i++)
		assert_false(placement_valid(invalid[i]));
}

#define EIGHT "1.3.1.3.1.3.1.3"
#define MANY EIGHT "." EIGHT "." EIGHT "." EIGHT "." EIGHT "." EIGHT "." EIGHT "." EIGHT

static void refuses_what_is_not_there(void **state)
{
	struct topology *t = machine(SMT, "1.3");
	int os[2], server;

	(void)state;
	assert_int_equal(placement_map(t, "1.2", 1, os, &server), -1);
	assert_int_equal(placement_map(t, "99999", 1, os, &server), -1);
	assert_int_equal(placement_map(t, "1-2", 1, os, &server), -1);
	assert_int_equal(placement_map(t, "nowhere", 1, os, &server), -1);
	assert_int_equal(placement_map(t, "1.3", 2, os, &server), 0);
	/* 64 items, and one more */
	assert_int_equal(placement_map(t, MANY, 1, os, &server), 0);
	assert_int_equal(placement_map(t, MANY ".1", 1, os, &server), -1);
	topology_free(t);
}

static void counts_what_differs(void **state)
{
	static const int os[] = { 3, 0, 3, 7, 0, 7, 3 }, each[] = { 3, 0, 7 };
	int out[7];

	(void)state;
	assert_int_equal(placement_distinct(os, 7, NULL), 3);
	assert_int_equal(placement_distinct(os, 7, out), 3);
	assert_memory_equal(out, each, sizeof each);
	assert_int_equal(placement_distinct(os, 1, out), 1);
	assert_int_equal(placement_distinct(os, 0, out), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(maps_as_the_table_says),
		cmocka_unit_test(fills_every_pu_first),
		cmocka_unit_test(knows_valid_names),
		cmocka_unit_test(refuses_what_is_not_there),
		cmocka_unit_test(counts_what_differs),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

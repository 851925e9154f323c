/* Every rule, on both sides of its bound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/table.h"
#include "machine/validity.h"

#define MS 1000000ull

/* A trial of two streams on two CPUs that nothing disturbed. */
#define TRIAL(elapsed, wall, bound, before, after)			\
	.elapsed_ns = (elapsed), .wall_ns = (wall), .pinned = (bound),	\
	.canary_before_ns = (before), .canary_after_ns = (after),	\
	.cpus = 2, .streams = 2
#define LASTING(elapsed)	TRIAL(elapsed, 200 * MS, true, 400000, 400000)
#define CANARY(before, after)	TRIAL(310 * MS, 200 * MS, true, before, after)
#define QUIET			LASTING(310 * MS)

static const struct {
	struct validity v;
	enum status status;
	const char *reason;
} cases[] = {
	{ { QUIET }, STATUS_OK, "" },

	{ { QUIET, .throttled_ns = 1 }, STATUS_THROTTLED,
	  "throttled by the CPU quota 0.00 ms of 310 ms" },
	{ { QUIET, .throttled_ns = 32 * MS, .moved = true }, STATUS_THROTTLED,
	  "throttled by the CPU quota 32 ms of 310 ms" },

	{ { QUIET, .moved = true }, STATUS_ENV_CHANGED, "a pinned worker ran on another CPU" },
	{ { QUIET, .swapped = 1 }, STATUS_ENV_CHANGED, "1 pages swapped" },

	{ { QUIET, .asleep_ns = 1 * MS }, STATUS_OK, "" },
	{ { QUIET, .asleep_ns = 1 * MS + 1 }, STATUS_ENV_CHANGED,
	  "suspended 1.00 ms of 310 ms" },

	/* 15 %, slower and faster: 1.15 and 1 / 1.15 */
	{ { CANARY(400000, 460000) }, STATUS_OK, "" },
	{ { CANARY(400000, 460001) }, STATUS_ENV_CHANGED,
	  "canary 0.400 ms before and 0.460 ms after" },
	{ { CANARY(460000, 400000) }, STATUS_OK, "" },
	{ { CANARY(460001, 400000) }, STATUS_ENV_CHANGED,
	  "canary 0.460 ms before and 0.400 ms after" },

	/* 2 % of 310 ms on two CPUs is 12.4 ms, below the floor of 20 ms */
	{ { QUIET, .steal_ns = 20 * MS }, STATUS_OK, "" },
	{ { QUIET, .steal_ns = 30 * MS }, STATUS_ENV_CHANGED, "steal time 30 ms of 620 ms" },
	/* 2 % of 2 s on two CPUs is 80 ms */
	{ { LASTING(2000 * MS), .steal_ns = 80 * MS }, STATUS_OK, "" },
	{ { LASTING(2000 * MS), .steal_ns = 90 * MS }, STATUS_ENV_CHANGED,
	  "steal time 90 ms of 4000 ms" },

	/* 20 % of 310 ms is 62 ms; of 100 ms, 20 ms, below the floor of 60 */
	{ { QUIET, .foreign_ns = 62 * MS }, STATUS_OK, "" },
	{ { QUIET, .foreign_ns = 63 * MS }, STATUS_ENV_CHANGED,
	  "foreign CPU time 63 ms of 310 ms" },
	{ { LASTING(100 * MS), .foreign_ns = 60 * MS }, STATUS_OK, "" },
	{ { LASTING(100 * MS), .foreign_ns = 70 * MS }, STATUS_ENV_CHANGED,
	  "foreign CPU time 70 ms of 100 ms" },

	/* 10 % of 200 ms for each of two streams is 40 ms */
	{ { QUIET, .run_delay_ns = 40 * MS }, STATUS_OK, "" },
	{ { QUIET, .run_delay_ns = 41 * MS }, STATUS_ENV_CHANGED,
	  "run-queue delay 41 ms of 400 ms" },
	{ { TRIAL(5 * MS, 1 * MS, true, 1, 1), .run_delay_ns = 1 * MS }, STATUS_OK, "" },
	{ { TRIAL(5 * MS, 1 * MS, true, 1, 1), .run_delay_ns = 1 * MS + 1 },
	  STATUS_ENV_CHANGED, "run-queue delay 1.00 ms of 2 ms" },
	{ { QUIET, .run_delay_ns = 41 * MS, .helpers_ns = 1 * MS }, STATUS_OK, "" },
	{ { QUIET, .run_delay_ns = 43 * MS, .helpers_ns = 2 * MS }, STATUS_ENV_CHANGED,
	  "run-queue delay 41 ms of 400 ms" },
	{ { QUIET, .run_delay_ns = 41 * MS, .oversubscribed = true }, STATUS_OK, "" },
	{ { QUIET, .run_delay_ns = 41 * MS, .server_shares = true }, STATUS_OK, "" },
	{ { TRIAL(310 * MS, 200 * MS, false, 1, 1), .run_delay_ns = 41 * MS }, STATUS_OK, "" },

	/* what is not known breaks no rule */
	{ { QUIET, .throttled_ns = NONE, .swapped = NONE, .asleep_ns = NONE,
	    .steal_ns = NONE, .foreign_ns = NONE, .run_delay_ns = NONE }, STATUS_OK, "" },
	{ { CANARY(NONE, 400000) }, STATUS_OK, "" },
	{ { CANARY(400000, NONE) }, STATUS_OK, "" },
	{ { LASTING(NONE), .steal_ns = 300 * MS, .foreign_ns = 300 * MS },
	  STATUS_OK, "" },
	{ { TRIAL(310 * MS, NONE, true, 1, 1), .run_delay_ns = 300 * MS }, STATUS_OK, "" },
};

static void judges_as_the_table_says(void **state)
{
	char reason[160];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		enum status s = validity_check(&cases[i].v, reason, sizeof reason);

		if (s != cases[i].status || strcmp(reason, cases[i].reason))
			fail_msg("case %zu: %s '%s', not %s '%s'", i, status_name(s), reason,
				 status_name(cases[i].status), cases[i].reason);
	}
}

/* A reason is a field of a table as it is. */
static void reasons_are_fields(void **state)
{
	char reason[160], clean[160];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		validity_check(&cases[i].v, reason, sizeof reason);
		strcpy(clean, reason);
		status_clean(clean);
		assert_string_equal(reason, clean);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_as_the_table_says),
		cmocka_unit_test(reasons_are_fields),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

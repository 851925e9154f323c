/* epoll where a wait cannot be given in ns: the loop goes on with ms, is never
 * early, and asks for ns only once. */
#include "engines/loops.h"
#include "engines/refused.h"

/* One who waits in vain until a time, and then not. */
static void wait_with(struct fixture *f, unsigned most)
{
	uint64_t until = clock_ns() + NS_PER_MS + 1, before = f->calls;

	assert_int_equal(start_recv(f, 0, 1, OP_WAITFIRST), 0);
	before = f->calls;
	assert_int_equal(f->engine->poll(f->state, until, f->ready), 0);
	assert_true(clock_ns() >= until);
	assert_int_equal(f->calls - before, most);
	assert_int_equal(f->engine->poll(f->state, 0, f->ready), 0);
	feed(f, 0, "x", 1);
	before = f->calls;
	assert_int_equal(f->engine->poll(f->state, UINT64_MAX, f->ready), 1);
	assert_int_equal(f->calls - before, 2);	/* and the recv */
}

static void waits_in_ms_where_it_must(void **state)
{
	static const int why[] = { 0, ENOSYS, EPERM };

	for (size_t i = 0; i < sizeof why / sizeof *why; i++) {
		void *each = *state;

		refused = why[i];
		assert_int_equal(set_up(&each), 0);
		wait_with(each, refused ? 2 : 1);
		wait_with(each, 1);
		refused = 0;
		assert_int_equal(tear_down(&each), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(waits_in_ms_where_it_must, (void *)&configs[1]),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("epoll", tests, NULL, NULL);
}

/* A loop that lets answers come together before it looks. */
#include "strategies/loop_hows.h"

#include <fcntl.h>

static uint64_t looked_ns;	/* from asking for what is there to having it */

struct look {
	uint64_t began;
	char in;
};

/* Task 0 reads what is there; task 1, if there is one, sleeps a little. */
static struct op look_step(struct task *t)
{
	struct look *l = t->local;

	TASK_BEGIN(t);
	l->began = clock_ns();
	if (t->index)
		TASK_AWAIT(t, op_sleep_until(l->began + NS_PER_MS));
	else
		TASK_AWAIT_ALL(t, 1, op_read(t->channel->in, &l->in, 1, OP_WAITFIRST));
	if (!t->index)
		looked_ns = clock_ns() - l->began;
	TASK_END(t);
}

/* Under @h, but letting answers come together for @coalesce_ns. */
static int look(const struct how *h, unsigned tasks, uint64_t coalesce_ns)
{
	const struct workload w = { .name = "own", .local_bytes = sizeof(struct look),
				    .step = look_step };
	struct how own = *h;
	int fd[2], rc;

	own.option[own.engine->options + 2] = coalesce_ns;
	assert_int_equal(pipe2(fd, own.engine->nonblock ? O_NONBLOCK : 0), 0);
	assert_int_equal(write(fd[1], "x", 1), 1);
	channel[0] = channel[1] = (struct channel){ fd[0], fd[1] };
	rc = run(&own, &w, tasks, tasks, 1);
	close(fd[0]);
	close(fd[1]);
	return rc;
}

/* It looks away for so long, but not when somebody is to be woken sooner. */
static void answers_come_together(void **state)
{
	enum { BRIEF_NS = 20 * NS_PER_MS, LONG_S = 1000 };
	const struct how *h = *state;

	if (not_here(look(h, 1, BRIEF_NS)))
		return;
	/* who hears of an edge only once has to try first */
	if (h->engine != &engine_epoll || h->option[EPOLL_STYLE] != EPOLL_EDGE)
		assert_true(looked_ns >= BRIEF_NS);
	assert_int_equal(look(h, 2, LONG_S * (uint64_t)NS_PER_SEC), 0);
	assert_int_equal(slot->tasks, 1 + 2);
}

int main(void)
{
	static const struct CMUnitTest bodies[] = { loop_test(answers_come_together) };

	return run_each(bodies, 1);
}

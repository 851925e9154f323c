/* async-uring: the loop of async on io_uring, which executes files too. */
#include "strategies/loop.h"

static const struct param params[] = {
	[URING_FLAGS] = { "flags", URING_COOP, 0, URING_NONE, URING_FLAG_WORDS,
			  "how the kernel reports completions" },
	[URING_BUFFERS] = { "buffers", URING_PLAIN, 0, URING_REGISTERED, URING_BUFFER_WORDS,
			    "whether the tasks' memory is mapped once" },
	[2] = { "files", POLICY_NATIVE, 0, POLICY_NATIVE, POLICY_WORDS "|native",
		"who reads and writes files" },
	LOOP_REST(3),
	{ .name = NULL }
};

static int async_uring_run(struct pass *p)
{
	return loop_run(p, &engine_uring);
}

const struct strategy strategy_async_uring = {
	.name = "async-uring",
	.summary = "one thread, one io_uring, W tasks in flight",
	.params = params,
	.engine = "uring",
	.streams = STREAMS_ONE,
	.run = async_uring_run,
};

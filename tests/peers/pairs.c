/* pairs.c - what is compared. */
#include <math.h>

#include "peer.h"

/* How long a pass of ours is, ms.  wrk knows only seconds, and redis-benchmark's own
 * default, 100,000 requests, takes us half a second. */
enum { SHORT = 200, REDIS = 500, SECOND = 1000 };

/* What fio does with an io_uring. */
#define FIO_URING "ioengine=io_uring"

const struct pair pairs[] = {
	{ "http-16", "http", "", 16, "async-epoll", "", "wrk", "", 1.05, SECOND, false },
	{ "http-64", "http", "", 64, "async-epoll", "", "wrk", "", 1.05, SECOND, false },
	{ "http-16-uring", "http", "", 16, "async-uring", "", "wrk", "", 1.05, SECOND, false },
	{ "http-64-uring", "http", "", 64, "async-uring", "", "wrk", "", 1.05, SECOND, false },
	{ "redis-p1", "redis", "", 50, "async-epoll", "", "redis-benchmark", "", 1.6, REDIS,
	  false },
	{ "redis-p1-coalesce", "redis", "", 50, "async-epoll", "coalesce=10000",
	  "redis-benchmark", "", 1.6, REDIS, false },
	{ "redis-p16", "redis", "pipeline=16", 50, "async-epoll", "", "redis-benchmark", "", 1.0,
	  REDIS, false },
	{ "fread-fio", "fread", "", 1, "single", "", "fio", "", 1.25, SHORT, false },
	{ "fread-bare", "fread", "", 1, "single", "", "bare", "", 0.9, SHORT, false },
	{ "fread-fio-uring", "fread", "", 32, "async-uring", "", "fio",
	  FIO_URING ";depth=32;batch=16", 1.15, SHORT, false },
	{ "append-fio", "append", "prealloc=1", 1, "single", "", "fio", "", 1.0, SHORT, false },
	{ "append-fio-uring", "append", "prealloc=1", 1, "async-uring", "", "fio", FIO_URING, 1.0,
	  SHORT, false },
	{ "append-bare", "append", "prealloc=1", 1, "single", "", "bare", "", 0.97, SHORT, false },
	{ "pipe-bare", "pipe", "", 1, "single", "", "bare", "", 0.97, SHORT, false },
	{ "futex-bare", "futex", "", 1, "single", "", "bare", "", 0.97, SHORT, false },
	{ "pipe-bare-one-cpu", "pipe", "", 1, "single", "", "bare", "", 0.97, SHORT, true },
	{ "futex-bare-one-cpu", "futex", "", 1, "single", "", "bare", "", 0.97, SHORT, true },
	{ "epoll-libuv", "echo", "", 64, "async-epoll", "", "async-uv", "", NAN, SHORT, false },
	{ .name = NULL }
};

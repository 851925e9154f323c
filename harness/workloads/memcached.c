/*
 * memcached - get or set keys of a memcached server, `pipeline` commands at a time,
 * in its text protocol (memcache_parse.h).  How that is matched, see client.h; the
 * keys, store.h.
 */
#include <stdio.h>
#include <string.h>

#include "workloads/memcache_parse.h"
#include "workloads/store.h"

struct local {
	struct client client;
	struct memcache_parse parse;
	uint64_t at;		/* bytes of the value so far */
};

static size_t memcached_ask(const uint64_t *param, uint64_t key, unsigned char *out)
{
	unsigned char *at = out + 4;

	memcpy(out, param[STORE_OP] == STORE_SET ? "set " : "get ", 4);
	store_key(key, at);
	at += STORE_KEY;
	if (param[STORE_OP] == STORE_SET) {
		at += sprintf((char *)at, " 0 0 %u\r\n", (unsigned)param[STORE_BYTES]);
		store_value(key, at, param[STORE_BYTES]);
		at += param[STORE_BYTES];
	}
	*at++ = '\r';
	*at++ = '\n';
	return (size_t)(at - out);
}

/* Whether the complete reply is what must come. */
static bool memcached_right(const struct task *t)
{
	const struct local *l = t->local;

	if (t->param[STORE_OP] == STORE_SET)
		return l->parse.kind == MEMCACHE_STORED;
	return l->parse.kind == MEMCACHE_VALUES && l->parse.values == 1 &&
	       l->at == t->param[STORE_BYTES];
}

static ssize_t memcached_take(struct task *t, uint64_t key, const char *bytes, size_t n,
			      bool *done)
{
	struct local *l = t->local;
	struct chars value;
	ssize_t took = memcache_take(&l->parse, bytes, n, &value);

	if (took < 0 || (value.at && !store_value_is(key, l->at, value.at, value.n)))
		return -1;
	l->at += value.at ? value.n : 0;
	*done = l->parse.kind;
	if (*done) {
		if (!memcached_right(t))
			return -1;
		memcache_begin(&l->parse);
		l->at = 0;
	}
	return took;
}

static const struct protocol protocol = {
	.window = STORE_PIPELINE, .keys = STORE_KEYS, .rate = STORE_RATE,
	.ask = memcached_ask, .take = memcached_take,
};

static struct op memcached_step(struct task *t)
{
	return client_step(t, &protocol);
}

/* 1 GiB: more than all values, so that none is thrown out. */
static const char *const tcp[] = {
	"memcached", "-l", "127.0.0.1", "-p", "@port", "-U", "0", "-t", "1",
	"-m", "1024", "-c", "@places", "-u", "root", NULL
}, *const local[] = {
	"memcached", "-s", "@address", "-t", "1", "-m", "1024", "-c", "@places",
	"-u", "root", NULL
};

static const struct backend server = {
	.program = "memcached", .package = "memcached",
	.tcp = tcp, .local = local,
	.ping = "stats\r\n", .pid = "STAT pid ", .version = "STAT version ",
};

static int memcached_setup(struct run *r)
{
	return store_setup(r, &server, &protocol);
}

static const char *memcached_supported(const uint64_t *param)
{
	(void)param;
	return backend_missing(&server);
}

const struct workload workload_memcached = {
	.name = "memcached",
	.summary = "get or set keys of a memcached server",
	.unit = "command",
	.bound = BOUND_IO,
	.in_flight = "pipeline",
	.params = store_params,
	.local_bytes = sizeof(struct local),
	.needs = 1 << OP_SEND | 1 << OP_RECV,	/* and OP_SLEEP with a rate */
	.setup = memcached_setup,
	.step = memcached_step,
	.supported = memcached_supported,
};

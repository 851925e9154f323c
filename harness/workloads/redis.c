/*
 * redis - GET or SET keys of a Redis server, `pipeline` commands at a time, in its
 * own protocol (resp_parse.h).  How that is matched, see client.h; the keys, store.h.
 */
#include <stdio.h>
#include <string.h>

#include "workloads/resp_parse.h"
#include "workloads/store.h"

struct local {
	struct client client;
	struct resp_parse parse;
	uint64_t at;		/* bytes of the value so far */
};

static size_t redis_ask(const uint64_t *param, uint64_t key, unsigned char *out)
{
	static const char get[] = "*2\r\n$3\r\nGET\r\n$16\r\n", set[] = "*3\r\n$3\r\nSET\r\n$16\r\n";
	unsigned char *at = out;

	memcpy(at, param[STORE_OP] == STORE_SET ? set : get, sizeof get - 1);
	at += sizeof get - 1;
	store_key(key, at);
	at += STORE_KEY;
	if (param[STORE_OP] == STORE_SET) {
		at += sprintf((char *)at, "\r\n$%u\r\n", (unsigned)param[STORE_BYTES]);
		store_value(key, at, param[STORE_BYTES]);
		at += param[STORE_BYTES];
	}
	*at++ = '\r';
	*at++ = '\n';
	return (size_t)(at - out);
}

/* Whether @leaf is what must come next: OK, or more of the value. */
static bool redis_right(const struct task *t, uint64_t key, struct chars leaf)
{
	struct local *l = t->local;
	bool right;

	if (t->param[STORE_OP] == STORE_SET)
		return l->parse.type == '+' && chars_is(leaf, "OK");
	right = l->parse.type == '$' && store_value_is(key, l->at, leaf.at, leaf.n);
	l->at += leaf.n;
	return right;
}

static ssize_t redis_take(struct task *t, uint64_t key, const char *bytes, size_t n, bool *done)
{
	struct local *l = t->local;
	struct chars leaf;
	ssize_t took = resp_take(&l->parse, bytes, n, &leaf);

	if (took < 0 || (leaf.at && !redis_right(t, key, leaf)))
		return -1;
	*done = l->parse.done;
	if (*done) {
		if (!l->parse.leaves ||
		    (t->param[STORE_OP] == STORE_GET && l->at != t->param[STORE_BYTES]))
			return -1;
		resp_begin(&l->parse);
		l->at = 0;
	}
	return took;
}

static const struct protocol protocol = {
	.window = STORE_PIPELINE, .keys = STORE_KEYS, .rate = STORE_RATE,
	.ask = redis_ask, .take = redis_take,
};

static struct op redis_step(struct task *t)
{
	return client_step(t, &protocol);
}

static const char *const tcp[] = {
	"redis-server", "--bind", "127.0.0.1", "--port", "@port", "--save", "",
	"--appendonly", "no", "--daemonize", "no", "--maxclients", "@places",
	"--loglevel", "warning", NULL
}, *const local[] = {
	"redis-server", "--unixsocket", "@address", "--port", "0", "--save", "",
	"--appendonly", "no", "--daemonize", "no", "--maxclients", "@places",
	"--loglevel", "warning", NULL
};

static const struct backend server = {
	.program = "redis-server", .package = "redis-server",
	.tcp = tcp, .local = local,
	.ping = "INFO server\r\n", .pid = "process_id:", .version = "redis_version:",
};

static int redis_setup(struct run *r)
{
	return store_setup(r, &server, &protocol);
}

static const char *redis_supported(const uint64_t *param)
{
	(void)param;
	return backend_missing(&server);
}

const struct workload workload_redis = {
	.name = "redis",
	.summary = "GET or SET keys of a Redis server",
	.unit = "command",
	.bound = BOUND_IO,
	.in_flight = "pipeline",
	.params = store_params,
	.local_bytes = sizeof(struct local),
	.needs = 1 << OP_SEND | 1 << OP_RECV,	/* and OP_SLEEP with a rate */
	.setup = redis_setup,
	.step = redis_step,
	.supported = redis_supported,
};

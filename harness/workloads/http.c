/*
 * http - GET a page from nginx over a connection that is kept alive, and read the
 * reply with a parser that knows nothing of it beforehand (http_parse.h).  How
 * that is matched, see client.h.
 *
 * `inline` is the shortest reply nginx can make, "return 200": it says the number
 * in the request's query, so that no reply can be taken for another's.  `file` is
 * a file of `size` bytes, by sendfile() from the page cache.
 */
#include <string.h>

#include "workloads/backend.h"
#include "workloads/client.h"
#include "workloads/http_parse.h"

enum { PATH, SIZE, WINDOW, RATE, ARRIVALS };
enum { PATH_INLINE, PATH_FILE };
enum { SIZE_MAX_BYTES = 1 << 20 };
static const struct param params[] = {
	[PATH] = { "path", PATH_INLINE, 0, 1, "inline|file", "what is asked for" },
	[SIZE] = { "size", 612, 1, SIZE_MAX_BYTES, "bytes", "of the file" },
	[WINDOW] = { "window", 1, 1, CLIENT_WINDOW, "",
		     "requests sent at once on a connection; latency is of all" },
	OPEN_LOOP_ROWS(RATE),
	{ .name = NULL }
};

struct local {
	struct client client;
	struct http_parse parse;
};

static char page[SIZE_MAX_BYTES];	/* the file, from setup on */

static size_t http_ask(const uint64_t *param, uint64_t key, unsigned char *out)
{
	static const char inline_get[] = "GET /inline?0123456789abcdef HTTP/1.1\r\nHost: a\r\n\r\n";
	static const char file_get[] = "GET /file HTTP/1.1\r\nHost: a\r\n\r\n";

	if (param[PATH] == PATH_FILE) {
		memcpy(out, file_get, sizeof file_get - 1);
		return sizeof file_get - 1;
	}
	memcpy(out, inline_get, sizeof inline_get - 1);
	for (unsigned i = 0; i < 16; i++)
		out[sizeof "GET /inline?" - 1 + i] =
			(unsigned char)"0123456789abcdef"[key >> (60 - 4 * i) & 15];
	return sizeof inline_get - 1;
}

/* Whether @body, the page's bytes up to @end, is what @key must get. */
static bool http_right(const struct task *t, uint64_t key, struct chars body, uint64_t end)
{
	unsigned char get[CLIENT_REQUEST];
	const char *want = page;

	if (t->param[PATH] == PATH_INLINE) {
		http_ask(t->param, key, get);
		want = (char *)get + sizeof "GET /inline?" - 1;
	}
	return !memcmp(body.at, want + end - body.n, body.n);
}

static ssize_t http_take_reply(struct task *t, uint64_t key, const char *bytes, size_t n,
			       bool *done)
{
	struct http_parse *p = &((struct local *)t->local)->parse;
	uint64_t size = t->param[PATH] == PATH_INLINE ? 16 : t->param[SIZE];
	struct chars body;
	ssize_t took = http_take(p, bytes, n, &body);

	if (took < 0 || p->length > size || (body.at && !http_right(t, key, body, p->length)))
		return -1;
	*done = p->state == HTTP_DONE;
	if (*done) {
		if (p->status != 200 || p->length != size || p->close)
			return -1;
		http_begin(p);
	}
	return took;
}

static const struct protocol protocol = {
	.window = WINDOW, .keys = -1, .rate = RATE, .ask = http_ask, .take = http_take_reply,
};

static struct op http_step(struct task *t)
{
	return client_step(t, &protocol);
}

static const char *const arguments[] = {
	"nginx", "-e", "stderr", "-p", "/", "-c", "@config", NULL
};

/* One process, of whoever started it; of its folders only the names are needed,
 * because it takes no body and asks nobody else.  With `user root` their owner
 * stays who it is (it means nothing to anybody else).  Of its log only what keeps
 * it from running: it cannot remove what it has its pid in, and need not. */
static const char config[] =
	"daemon off; master_process off; pid @void; error_log stderr emerg; user root;\n"
	"events { worker_connections @places; multi_accept on; }\n"
	"http {\n"
	"	access_log off; default_type text/plain; sendfile on; tcp_nodelay on;\n"
	"	keepalive_requests 1000000000; keepalive_timeout 1h;\n"
	"	open_file_cache max=16 inactive=1h; open_file_cache_valid 1h;\n"
	"	client_max_body_size 1; client_body_temp_path /tmp; proxy_temp_path /tmp;\n"
	"	fastcgi_temp_path /tmp; uwsgi_temp_path /tmp; scgi_temp_path /tmp;\n"
	"	server {\n"
	"		listen @address backlog=@places;\n"
	"		location = /ready { return 200 \"pid $pid\\n\"; }\n"
	"		location = /inline { return 200 \"$args\"; }\n"
	"		location = /file { alias @file; }\n"
	"	}\n"
	"}\n";

static const struct backend nginx = {
	.program = "nginx", .package = "nginx-light",
	.tcp = arguments, .local = arguments, .config = config,
	.ping = "GET /ready HTTP/1.1\r\nHost: a\r\n\r\n",
	.pid = "pid ", .version = "Server: nginx/",
};

static int http_setup(struct run *r)
{
	size_t n = r->param[SIZE];

	if (client_setup(r, &protocol) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		page[i] = (char)file_byte(i);
	return run_backend(r, &nginx, BACKEND_TCP, page, n);
}

static const char *http_supported(const uint64_t *param)
{
	(void)param;
	return backend_missing(&nginx);
}

const struct workload workload_http = {
	.name = "http",
	.summary = "GET pages from nginx, keep-alive",
	.unit = "request",
	.bound = BOUND_IO,
	.in_flight = "window",
	.params = params,
	.local_bytes = sizeof(struct local),
	.needs = 1 << OP_SEND | 1 << OP_RECV,	/* and OP_SLEEP with a rate */
	.setup = http_setup,
	.kept = page,
	.kept_bytes = sizeof page,
	.step = http_step,
	.supported = http_supported,
};

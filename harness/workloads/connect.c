/*
 * connect - a connection for every request: connect, ask, wait, hang up.  What
 * a pool of connections saves is the difference to echo.
 *
 * Hanging up resets the connection (SO_LINGER of 0): one that was closed in
 * order would keep its port for a minute, and 28,000 ports would soon be gone.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "workloads/serve.h"

enum { BYTES };
enum {
	BYTES_MAX = 4096,
	CONNECTIONS_MAX = 20000,	/* a pass; fewer than there are ports */
};
static const struct param params[] = {
	[BYTES] = { "bytes", 64, 1, BYTES_MAX, "bytes", "request, and answer" },
	{ .name = NULL }
};

struct local {
	uint64_t unit, sum;
	int fd;
	struct sockaddr_in to;
	unsigned char out[BYTES_MAX], in[BYTES_MAX];
};

/* Where the server of this process's trial listens: set before there is a
 * worker, and not changed. */
static uint16_t port;

static int connect_setup(struct run *r)
{
	if (r->tasks * r->units > CONNECTIONS_MAX)
		return run_fail(r, STATUS_IO_ERROR, "%lu connections a pass; at most %d",
				(unsigned long)(r->tasks * r->units), CONNECTIONS_MAX);
	return run_serve(r, &(struct service){
		.bytes = r->param[BYTES], .window = 1, .port = &port,
	});
}

/* A socket, of which no trace will be left: 0, or -1 and t->res is -errno.  To
 * make one is no wait: nobody else is asked. */
static int connect_open(struct task *t, struct local *l)
{
	const struct linger reset = { .l_onoff = 1, .l_linger = 0 };
	int one = 1;

	l->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	l->to = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(port) };
	l->to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (l->fd >= 0 &&
	    !setsockopt(l->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset) &&
	    !setsockopt(l->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one))
		return 0;
	t->res = -errno;
	return -1;
}

static void connect_ask(const struct task *t, struct local *l)
{
	uint64_t r = task_random(t, l->unit, 0);

	bytes_fill(l->out, t->param[BYTES], r);
	l->sum += r;
}

static struct op op_connect(struct local *l)
{
	return (struct op){ .kind = OP_CONNECT, .fd = l->fd, .buf = &l->to,
			    .len = sizeof l->to };
}

static struct op connect_step(struct task *t)
{
	struct local *l = t->local;
	size_t n = t->param[BYTES];

	TASK_BEGIN(t);
	for (; l->unit < t->units; l->unit++) {
		if (connect_open(t, l) < 0)
			goto fail;
		TASK_AWAIT(t, op_connect(l));
		if (t->res < 0)
			goto fail;
		connect_ask(t, l);
		TASK_AWAIT(t, op_send(l->fd, l->out, n));
		if (t->res < 0)
			goto fail;
		TASK_AWAIT(t, op_recv(l->fd, l->in, n, OP_ALL | OP_WAITFIRST));
		if (t->res >= 0 && t->res != (int64_t)n)
			t->res = -EIO;
		else if (t->res >= 0 && memcmp(l->in, l->out, n))
			t->res = -EBADMSG;
		if (t->res < 0)
			goto fail;
		close(l->fd);
		TASK_AWAIT(t, op_units(1));
	}
	t->result = l->sum;
	TASK_END(t);
fail:
	if (l->fd >= 0)
		close(l->fd);
	return op_fail();
}

const struct workload workload_connect = {
	.name = "connect",
	.summary = "a new connection for every request",
	.unit = "connection",
	.bound = BOUND_IO,
	.params = params,
	.local_bytes = sizeof(struct local),
	.needs = 1 << OP_CONNECT | 1 << OP_SEND | 1 << OP_RECV,
	.setup = connect_setup,
	.kept = &port,
	.kept_bytes = sizeof port,
	.step = connect_step,
};

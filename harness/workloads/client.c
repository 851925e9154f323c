/* client.c - send a window of requests, take the replies, count the units. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "workloads/client.h"

/* No task has this number: it sets one key after another. */
static const uint64_t LOADER = UINT64_MAX;

static uint64_t key_of(const struct task *t, const struct protocol *p, uint64_t unit)
{
	uint64_t r;

	if (t->index == LOADER)
		return unit;
	r = task_random(t, unit, 0);
	return p->keys < 0 ? r : r % t->param[p->keys];
}

/* Requests of the window, as many more as fit into the buffer. */
static void client_ask(struct task *t, const struct protocol *p)
{
	struct client *c = t->local;
	uint64_t window = t->param[p->window], left = t->units - c->unit;

	if (window > left)
		window = left;
	c->length = 0;
	while (c->asked < window && c->length < CLIENT_BYTES)
		c->length += p->ask(t->param, key_of(t, p, c->unit + c->asked++),
				    c->out + c->length);
}

static bool client_full(const struct task *t, const struct protocol *p)
{
	const struct client *c = t->local;

	return c->asked == t->param[p->window] || c->unit + c->asked == t->units;
}

/* Take @n bytes of replies.  0, or -errno. */
static int client_take(struct task *t, const struct protocol *p, size_t n)
{
	struct client *c = t->local;
	size_t at = 0;

	while (at < n) {
		uint64_t key = key_of(t, p, c->unit + c->answered);
		bool done = false;
		ssize_t took;

		if (c->answered == c->asked)
			return -EBADMSG;	/* nobody asked for that */
		took = p->take(t, key, (char *)c->in + at, n - at, &done);
		if (took < 0)
			return -EBADMSG;
		at += (size_t)took;
		if (done) {
			c->answered++;
			c->sum += rng_mix(key);
		}
	}
	return 0;
}

int client_setup(struct run *r, const struct protocol *p)
{
	if (r->param[p->rate] && r->param[p->window] > 1)
		return run_fail(r, STATUS_NOT_APPLICABLE,
				"an open loop has one request at a time on a connection");
	return open_loop_setup(r, p->rate);
}

struct op client_step(struct task *t, const struct protocol *p)
{
	struct client *c = t->local;

	TASK_BEGIN(t);
	while (c->unit < t->units) {
		if (t->param[p->rate])
			TASK_AWAIT_ALL(t, 0, open_loop_await(t, p->rate, c->unit, &c->due_ns));
		c->asked = c->answered = 0;
		do {
			client_ask(t, p);
			TASK_AWAIT_ALL(t, c->length,
				       op_send(t->channel->out, c->out, c->length));
		} while (!client_full(t, p));
		while (c->answered < c->asked) {
			TASK_AWAIT(t, op_recv(t->channel->in, c->in, sizeof c->in,
					      OP_WAITFIRST));
			if (!t->res)
				t->res = -ECONNRESET;	/* before the reply's end */
			if (t->res > 0)
				t->res = client_take(t, p, (size_t)t->res);
			if (t->res < 0)
				return op_fail();
		}
		TASK_AWAIT(t, op_units(c->asked));
		c->unit += c->asked;
	}
	t->result = c->sum;
	TASK_END(t);
}

static int64_t load_op(const struct op *op)
{
	ssize_t n = 0;

	do
		if (op->kind == OP_SEND)
			n = send(op->fd, op->buf, op->len, MSG_NOSIGNAL);
		else if (op->kind == OP_RECV)
			n = recv(op->fd, op->buf, op->len, 0);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

int client_load(struct run *r, const struct protocol *p, const uint64_t *param, uint64_t keys)
{
	struct task t = { .workload = r->workload, .param = param, .index = LOADER,
			  .units = keys, .channel = r->channel,
			  .local = calloc(1, r->workload->local_bytes) };
	struct op op;

	if (!t.local)
		return run_fail(r, STATUS_ALLOC_FAIL, "no memory to load keys");
	while ((op = client_step(&t, p)).kind != OP_DONE && op.kind != OP_FAIL)
		t.res = load_op(&op);
	free(t.local);
	if (op.kind == OP_FAIL)
		return run_fail(r, STATUS_IO_ERROR, "loading keys: %s", strerror((int)-t.res));
	return 0;
}

/*
 * The clients of real servers, without one: what they ask, and that a reply in
 * pieces, a wrong one, one too many and half a one are told apart.
 */
#include <stdio.h>

#include "workloads/store.h"
#include "workloads/drive.h"

extern const struct workload workload_http, workload_redis, workload_memcached;
static const struct workload *const all[] = {
	&workload_http, &workload_redis, &workload_memcached, NULL
};

/* What a server has heard and will say. */
struct fake {
	const struct drive *drive;
	const char *head, *tail;	/* of a reply, instead of the right one */
	char out[1 << 18];
	size_t n, said;
};

static void say(struct fake *f, const void *bytes, size_t n)
{
	assert_true(n <= sizeof f->out - f->n);
	memcpy(f->out + f->n, bytes, n);
	f->n += n;
}

static void say_text(struct fake *f, const char *text)
{
	say(f, text, strlen(text));
}

static uint64_t param_of(const struct drive *d, const char *name)
{
	const struct param *p = d->run.workload->params;
	size_t i = 0;

	while (strcmp(p[i].name, name))
		i++;
	return d->param[i];
}

/* One request at @in: its reply.  How long it was. */
static size_t answer_http(struct fake *f, const char *in)
{
	const char *end = strstr(in, "\r\n\r\n");
	char query[17];

	assert_non_null(end);
	assert_int_equal(sscanf(in, "GET /inline?%16[0-9a-f] HTTP/1.1\r\n", query), 1);
	say_text(f, f->head ? f->head : "HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n");
	say_text(f, query);
	return (size_t)(end - in) + 4;
}

static void say_value(struct fake *f, const char *key)
{
	unsigned char value[STORE_VALUE];
	size_t n = param_of(f->drive, "bytes");

	store_value(strtoull(key + 4, NULL, 10), value, n);
	say(f, value, n);
	say_text(f, "\r\n");
}

/* Of a value that is sent: is it the key's? */
static void see_value(const struct fake *f, const char *key, const char *value)
{
	assert_true(store_value_is(strtoull(key + 4, NULL, 10), 0, value,
				    param_of(f->drive, "bytes")));
}

static size_t answer_redis(struct fake *f, const char *in)
{
	char command[4], key[17], head[32];
	int n;

	assert_int_equal(sscanf(in, "*%*d\r\n$3\r\n%3s\r\n$16\r\n%16s\r\n%n", command, key, &n), 2);
	sprintf(head, "$%ju\r\n", (uintmax_t)param_of(f->drive, "bytes"));
	if (!strcmp(command, "GET")) {
		say_text(f, head);
		say_value(f, key);
		return (size_t)n;
	}
	assert_memory_equal(in + n, head, strlen(head));
	see_value(f, key, in + n + strlen(head));
	say_text(f, "+OK\r\n");
	return (size_t)n + strlen(head) + param_of(f->drive, "bytes") + 2;
}

static size_t answer_memcached(struct fake *f, const char *in)
{
	char command[4], key[17], head[64];
	int n;

	assert_int_equal(sscanf(in, "%3s %16[key:0-9]%n", command, key, &n), 2);
	if (!strcmp(command, "get")) {
		sprintf(head, "VALUE %s 0 %ju\r\n", key, (uintmax_t)param_of(f->drive, "bytes"));
		say_text(f, head);
		say_value(f, key);
		say_text(f, f->tail ? f->tail : "END\r\n");
		return (size_t)n + 2;
	}
	sprintf(head, " 0 0 %ju\r\n", (uintmax_t)param_of(f->drive, "bytes"));
	assert_memory_equal(in + n, head, strlen(head));
	see_value(f, key, in + n + strlen(head));
	say_text(f, "STORED\r\n");
	return (size_t)n + strlen(head) + param_of(f->drive, "bytes") + 2;
}

static void answer(struct fake *f, const struct op *op)
{
	static char in[CLIENT_BYTES + CLIENT_REQUEST + 1];
	const struct workload *w = f->drive->run.workload;

	memcpy(in, op->buf, op->len);
	in[op->len] = '\0';
	for (size_t at = 0; at < op->len;)
		at += w == &workload_http ? answer_http(f, in + at) :
		      w == &workload_redis ? answer_redis(f, in + at) :
					     answer_memcached(f, in + at);
}

/* The bytes are spoilt at @spoil, or there are no more from @cut on (-1: neither);
 * they come @most at a time.  0 or -errno. */
struct way {
	size_t most;
	ssize_t spoil, cut;
	const char *more;	/* said without being asked */
};

static int64_t fake_exec(struct fake *f, const struct op *op, const struct way *way)
{
	size_t end = f->n, n;

	if (op->kind == OP_SEND) {
		answer(f, op);
		if (way->spoil >= 0 && (size_t)way->spoil < f->n)
			f->out[way->spoil] = (char)~f->out[way->spoil];
		if (way->more)
			say_text(f, way->more);
		return (int64_t)op->len;
	}
	if (op->kind != OP_RECV)
		return 0;
	if (way->cut >= 0 && (size_t)way->cut < end)
		end = (size_t)way->cut;
	assert_false(op->flags & OP_ALL);	/* nobody says how long it is */
	n = end - f->said < way->most ? end - f->said : way->most;
	n = n < op->len ? n : op->len;
	memcpy(op->buf, f->out + f->said, n);
	f->said += n;
	return (int64_t)n;
}

static unsigned reports;	/* of units, by the task that play() played last */

/* One task to its end: 0 or -errno; *@f holds all that was said. */
static int play(struct drive *d, struct fake *f, const struct way *way)
{
	struct task t = drive_task(d, 0, 0);
	struct op op;

	f->drive = d;
	f->n = f->said = 0;
	reports = 0;
	while ((op = t.workload->step(&t)).kind != OP_DONE && op.kind != OP_FAIL) {
		d->units += op.kind == OP_UNIT ? op.len : 0;
		reports += op.kind == OP_UNIT;
		t.res = fake_exec(f, &op, way);
	}
	free(t.local);
	d->sum = t.result;
	return op.kind == OP_FAIL ? (int)t.res : 0;
}

static struct fake fake;

/* Of every kind of request. */
static void each(void (*check)(struct drive *d))
{
	for (size_t i = 0; all[i]; i++)
		for (uint64_t op = 0; op < (all[i] == &workload_http ? 1 : 2); op++) {
			struct drive d;

			drive_init(&d, all[i], 1);
			if (op)
				drive_set(&d, "op", op);
			check(&d);
		}
}

static void check_pieces(struct drive *d)
{
	const struct way whole = { 1 << 20, -1, -1, NULL };
	uint64_t sum;

	assert_int_equal(play(d, &fake, &whole), 0);
	assert_int_equal(d->units, d->run.units);
	assert_int_equal(fake.said, fake.n);
	sum = d->sum;
	assert_true(sum != 0);
	for (size_t most = 1; most < 100; most++) {
		const struct way way = { most, -1, -1, NULL };

		assert_int_equal(play(d, &fake, &way), 0);
		assert_true(d->sum == sum);
	}
	d->run.seed++;
	assert_int_equal(play(d, &fake, &whole), 0);
	assert_true(d->sum != sum);	/* other keys */
}

static void replies_may_come_in_pieces(void **state)
{
	(void)state;
	each(check_pieces);
}

/* Every byte of a reply matters, but the text of a header nobody reads. */
static void check_spoilt(struct drive *d)
{
	const struct way whole = { 1 << 20, -1, -1, NULL };
	size_t n;

	d->run.units = 1;
	assert_int_equal(play(d, &fake, &whole), 0);
	n = fake.n;
	for (size_t at = 0; at < n; at++) {
		const struct way way = { 7, (ssize_t)at, -1, NULL };
		bool free_text = d->run.workload == &workload_http && at >= 13 && at < 15;
		int rc = play(d, &fake, &way);

		/* or it goes on waiting for what will not come */
		if (rc != -EBADMSG && rc != -ECONNRESET && !free_text &&
		    !(d->run.workload == &workload_memcached && at >= 6 && at < 23))
			fail_msg("%s: byte %zu of '%.*s': %d", d->run.workload->name, at, (int)n,
				 fake.out, rc);
	}
}

static void wrong_replies_are_noticed(void **state)
{
	(void)state;
	each(check_spoilt);
}

static void check_cut(struct drive *d)
{
	const struct way whole = { 1 << 20, -1, -1, NULL };
	size_t n;

	d->run.units = 1;
	assert_int_equal(play(d, &fake, &whole), 0);
	n = fake.n;
	for (size_t at = 0; at < n; at++) {
		const struct way way = { 1 << 20, -1, (ssize_t)at, NULL };

		assert_int_equal(play(d, &fake, &way), -ECONNRESET);
	}
}

static void half_a_reply_is_noticed(void **state)
{
	(void)state;
	each(check_cut);
}

static void check_more(struct drive *d)
{
	const struct way way = { 1 << 20, -1, -1, "x" };

	d->run.units = 1;
	assert_int_equal(play(d, &fake, &way), -EBADMSG);
}

static void what_nobody_asked_for_is_noticed(void **state)
{
	(void)state;
	each(check_more);
}

/* An error is no value, nor is another's, nor none. */
static void other_answers_are_refused(void **state)
{
	static const struct {
		const struct workload *workload;
		const char *reply;
		uint64_t op;
	} rows[] = {
		{ &workload_redis, ":1\r\n", 1 },
		{ &workload_redis, "-OK\r\n", 1 },
		{ &workload_redis, "+QUEUED\r\n", 1 },
		{ &workload_redis, "*0\r\n", 1 },
		{ &workload_memcached, "NOT_STORED\r\n", 1 },
		{ &workload_memcached, "END\r\n", 1 },
		{ &workload_http, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 0 },
		{ &workload_http, "HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n01234567890123456", 0 },
		{ &workload_http, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 0 },
		{ &workload_redis, "-ERR no such thing\r\n", 0 },
		{ &workload_redis, "$-1\r\n", 0 },
		{ &workload_redis, "$0\r\n\r\n", 0 },
		{ &workload_redis, "*0\r\n", 0 },
		{ &workload_redis, "*-1\r\n", 0 },
		{ &workload_redis, "+OK\r\n", 0 },
		{ &workload_memcached, "END\r\n", 0 },
		{ &workload_memcached, "VALUE k 0 0\r\n\r\nEND\r\n", 0 },
		{ &workload_memcached, "SERVER_ERROR out of memory\r\n", 0 },
		{ &workload_memcached, "STORED\r\n", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct drive d;
		struct task t;
		struct op op;

		drive_init(&d, rows[i].workload, 1);
		if (rows[i].op)
			drive_set(&d, "op", rows[i].op);
		t = drive_task(&d, 0, 0);
		op = t.workload->step(&t);
		assert_int_equal(op.kind, OP_SEND);
		t.res = (int64_t)op.len;
		op = t.workload->step(&t);
		assert_int_equal(op.kind, OP_RECV);
		t.res = (int64_t)strlen(rows[i].reply);
		memcpy(op.buf, rows[i].reply, (size_t)t.res);
		assert_int_equal(t.workload->step(&t).kind, OP_FAIL);
		assert_int_equal(t.res, -EBADMSG);
		free(t.local);
	}
}

/* The right body is not enough. */
static void a_right_body_may_be_wrong(void **state)
{
	static const char *const heads[] = {
		"HTTP/1.1 404 Not Found\r\nContent-Length: 16\r\n\r\n",
		"HTTP/1.1 201 Created\r\nContent-Length: 16\r\n\r\n",
		"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 16\r\n\r\n",
	};
	const struct way way = { 1 << 20, -1, -1, NULL };
	struct drive d;

	(void)state;
	drive_init(&d, &workload_http, 1);
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		fake.head = heads[i];
		assert_int_equal(play(&d, &fake, &way), -EBADMSG);
	}
	fake.head = NULL;
	drive_init(&d, &workload_memcached, 1);
	fake.tail = "SERVER_ERROR\r\n";
	assert_int_equal(play(&d, &fake, &way), -EBADMSG);
	fake.tail = NULL;
}

/* --- keys that are there before --- */

enum { LOADED = 100, LOAD_WINDOW = 7 };

/* A key is eight bytes, and is sent back. */
static size_t load_ask(const uint64_t *param, uint64_t key, unsigned char *out)
{
	(void)param;
	memcpy(out, &key, sizeof key);
	return sizeof key;
}

static ssize_t load_take(struct task *t, uint64_t key, const char *bytes, size_t n, bool *done)
{
	(void)t;
	*done = n >= sizeof key;
	return *done && !memcmp(bytes, &key, sizeof key) ? (ssize_t)sizeof key : -1;
}

/* Be the other end: send back what comes, until @keys have been. */
static void echo_keys(int fd, uint64_t keys)
{
	for (uint64_t i = 0, key; i < keys; i++)
		if (recv(fd, &key, sizeof key, MSG_WAITALL) != sizeof key || key != i ||
		    send(fd, &key, sizeof key, MSG_NOSIGNAL) != sizeof key)
			_exit(1);
	_exit(0);
}

/* Every key once, and what goes wrong is said. */
static void all_keys_are_loaded(void **state)
{
	static const struct param window[] = {
		{ "window", LOAD_WINDOW, 1, LOAD_WINDOW, "", "" }, { .name = NULL }
	};
	static const struct workload w = {
		.name = "load", .params = window, .local_bytes = sizeof(struct client),
	};
	static const struct protocol p = { .window = 0, .keys = -1, .ask = load_ask,
					   .take = load_take };

	(void)state;
	for (int breaks = 0; breaks < 2; breaks++) {
		int pair[2], status;
		struct drive d;
		pid_t pid;

		drive_init(&d, &w, 1);
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
		d.channel[0] = (struct channel){ pair[0], pair[0] };
		pid = fork();
		if (!pid) {
			close(pair[0]);
			echo_keys(pair[1], breaks ? LOADED / 2 : LOADED);
		}
		close(pair[1]);
		assert_int_equal(client_load(&d.run, &p, d.param, LOADED), -breaks);
		assert_int_equal(d.trouble.status, breaks ? STATUS_IO_ERROR : 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
		drive_close(&d);
	}
}

/* A window does not change what is asked for, nor the result; the last one may be
 * smaller, and one too large for the buffer goes out in parts. */
static void check_window(struct drive *d)
{
	static const uint64_t windows[] = { 1, 2, 3, 7, 64 };
	const char *name = d->run.workload == &workload_http ? "window" : "pipeline";
	const struct way way = { 1 << 20, -1, -1, NULL };
	uint64_t sum = 0;

	d->run.units = 100;
	for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) {
		drive_set(d, name, windows[i]);
		if (d->run.workload != &workload_http)
			drive_set(d, "bytes", 1000);
		d->units = 0;
		assert_int_equal(play(d, &fake, &way), 0);
		assert_int_equal(d->units, 100);
		assert_int_equal(reports, (100 + windows[i] - 1) / windows[i]);
		assert_true(!i || d->sum == sum);
		sum = d->sum;
	}
}

static void a_window_is_only_a_window(void **state)
{
	(void)state;
	each(check_window);
}

/* A request waits for its hour and counts from it, and is the one that it is in a
 * closed loop. */
static void check_hours(struct drive *d)
{
	enum { RATE = 1000, EACH_NS = 1000000 };
	const struct way way = { 1 << 20, -1, -1, NULL };
	uint64_t sleeps = 0, sum;
	struct task t;
	struct op op;

	assert_int_equal(play(d, &fake, &way), 0);
	sum = d->sum;
	drive_set(d, "rate", RATE);
	t = drive_task(d, 0, 0);
	fake.n = fake.said = 0;
	while ((op = t.workload->step(&t)).kind != OP_DONE) {
		uint64_t hour = t.start_ns + sleeps * t.tasks * EACH_NS;

		assert_int_not_equal(op.kind, OP_FAIL);
		if (op.kind == OP_SLEEP) {
			assert_int_equal(op.at, hour);
			sleeps++;
		} else {
			assert_int_equal(t.unit_ns, hour - t.tasks * EACH_NS);
		}
		t.res = fake_exec(&fake, &op, &way);
	}
	free(t.local);
	assert_int_equal(sleeps, d->run.units);
	assert_true(t.result == sum);
}

static void an_open_loop_keeps_its_hours(void **state)
{
	(void)state;
	each(check_hours);
}

/* Before a server is started. */
static void check_places(struct drive *d)
{
	const char *name = d->run.workload == &workload_http ? "window" : "pipeline";

	drive_set(d, "rate", 1000);
	drive_set(d, name, 2);
	assert_int_equal(drive_open(d), -1);
	assert_int_equal(d->trouble.status, STATUS_NOT_APPLICABLE);
	assert_non_null(strstr(d->trouble.reason, "one request at a time"));
	assert_int_equal(drive_close(d), 0);
	drive_set(d, name, 1);
	d->run.workers = 2;
	d->trouble = (struct trouble){ 0 };
	assert_int_equal(drive_open(d), -1);
	assert_int_equal(d->trouble.status, STATUS_NOT_APPLICABLE);
	assert_non_null(strstr(d->trouble.reason, "6 tasks needs as many workers"));
	assert_int_equal(drive_close(d), 0);
}

static void nothing_waits_for_a_place_in_an_open_loop(void **state)
{
	(void)state;
	each(check_places);
}

static void values_are_their_keys(void **state)
{
	unsigned char value[100];

	(void)state;
	store_value(7, value, sizeof value);
	for (size_t from = 0; from < sizeof value; from++)
		for (size_t n = 0; n <= sizeof value - from; n++)
			assert_true(store_value_is(7, from, (char *)value + from, n));
	assert_false(store_value_is(8, 0, (char *)value, sizeof value));
	assert_false(store_value_is(7, 8, (char *)value, 8));	/* nor like itself elsewhere */
	for (size_t i = 0; i < sizeof value; i++) {
		value[i] ^= 1;
		assert_false(store_value_is(7, 0, (char *)value, sizeof value));
		value[i] ^= 1;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replies_may_come_in_pieces),
		cmocka_unit_test(wrong_replies_are_noticed),
		cmocka_unit_test(half_a_reply_is_noticed),
		cmocka_unit_test(what_nobody_asked_for_is_noticed),
		cmocka_unit_test(other_answers_are_refused),
		cmocka_unit_test(a_right_body_may_be_wrong),
		cmocka_unit_test(all_keys_are_loaded),
		cmocka_unit_test(a_window_is_only_a_window),
		cmocka_unit_test(an_open_loop_keeps_its_hours),
		cmocka_unit_test(nothing_waits_for_a_place_in_an_open_loop),
		cmocka_unit_test(values_are_their_keys),
	};

	drive_watchdog();
	return cmocka_run_group_tests_name("client", tests, NULL, NULL);
}

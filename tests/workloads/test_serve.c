/* What the embedded server can be asked for: windows, delays that requests tell,
 * kinds of sockets, stops, connections that come and go, clients. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>

#include "workloads/drive.h"
#include "workloads/serve.h"

extern const struct workload workload_null;

enum { BYTES = 64 };

static void serve(struct drive *d, unsigned workers, struct service what)
{
	drive_init(d, &workload_null, workers);
	what.bytes = what.bytes ? what.bytes : BYTES;
	what.window = what.window ? what.window : 1;
	assert_int_equal(run_serve(&d->run, &what), 0);
}

/* A request that is told from others by @name, and says @delay_ns. */
static void ask(int fd, uint64_t name, uint64_t delay_ns)
{
	uint64_t request[BYTES / 8] = { delay_ns, name };

	assert_int_equal(send(fd, request, BYTES, 0), BYTES);
}

static void expect(int fd, uint64_t name)
{
	uint64_t answer[BYTES / 8];

	assert_int_equal(recv(fd, answer, BYTES, MSG_WAITALL), BYTES);
	assert_int_equal(answer[1], name);
}

static bool ready(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, ms) > 0;
}

static int family_of(int fd)
{
	int family;
	socklen_t n = sizeof family;

	assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &n), 0);
	return family;
}

static int nodelay_of(int fd)
{
	int on;
	socklen_t n = sizeof on;

	assert_int_equal(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, &n), 0);
	return !!on;
}

/* A reset when it is closed: nothing waits for a minute. */
static bool resets(int fd)
{
	struct linger l;
	socklen_t n = sizeof l;

	assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_LINGER, &l, &n), 0);
	return l.l_onoff && !l.l_linger;
}

static void sockets_are_as_wanted(void **state)
{
	struct drive d;

	(void)state;
	serve(&d, 2, (struct service){ .how = TRANSPORT_UNIX });
	assert_int_equal(family_of(d.channel[1].in), AF_UNIX);
	assert_int_equal(drive_close(&d), 0);
	for (int nagle = 0; nagle < 2; nagle++) {
		serve(&d, 2, (struct service){ .nagle = nagle });
		assert_int_equal(family_of(d.channel[1].in), AF_INET);
		assert_int_equal(nodelay_of(d.channel[1].in), !nagle);
		assert_true(resets(d.channel[1].in));
		assert_int_equal(drive_close(&d), 0);
	}
}

/* Some at a time, more at a time than there is room for, and none is lost. */
static void a_window_may_be_full(void **state)
{
	enum { WINDOW = 5, DELAY_NS = 5000000 };

	(void)state;
	for (enum transport how = TRANSPORT_TCP; how <= TRANSPORT_UNIX; how++) {
		struct drive d;
		int fd;

		serve(&d, 1, (struct service){ .how = how, .window = WINDOW,
					       .delay_ns = DELAY_NS });
		fd = d.channel[0].in;
		for (uint64_t n = 1; n < 4 * WINDOW; n += 3) {
			uint64_t asked = clock_ns();

			for (uint64_t i = 0; i < n; i++)
				ask(fd, i, 0);
			for (uint64_t i = 0; i < n; i++)
				expect(fd, i);
			assert_true(clock_ns() >= asked + DELAY_NS);
		}
		assert_int_equal(drive_close(&d), 0);
	}
}

/* Who does not read his answers makes nobody else wait, and gets them all in the end. */
static void answers_that_do_not_fit_wait(void **state)
{
	enum { MANY = 16384, ALL = MANY * BYTES };
	static unsigned char out[ALL], in[ALL];
	size_t sent = 0, got = 0;
	struct drive d;
	ssize_t n;
	int fd;

	(void)state;
	for (size_t i = 0; i < ALL; i++)
		out[i] = (unsigned char)rng_mix(i);
	serve(&d, 2, (struct service){ .how = TRANSPORT_UNIX, .window = MANY });
	fd = d.channel[0].in;
	for (uint64_t i = 0; i < 8; i++) {	/* until it takes no more */
		while (sent < ALL && (n = send(fd, out + sent, ALL - sent, MSG_DONTWAIT)) > 0)
			sent += (size_t)n;
		ask(d.channel[1].in, i, 0);
		expect(d.channel[1].in, i);
	}
	while (got < ALL) {
		n = sent < ALL ? send(fd, out + sent, ALL - sent, MSG_DONTWAIT) : 0;
		sent += n > 0 ? (size_t)n : 0;
		n = recv(fd, in + got, ALL - got, 0);
		assert_true(n > 0);
		got += (size_t)n;
	}
	assert_memory_equal(in, out, ALL);
	assert_int_equal(drive_close(&d), 0);
}

/* Whole requests are answered, although the ring's end cuts one in two. */
static void requests_go_round_the_ring(void **state)
{
	unsigned char out[7 * 3 * 4], in[sizeof out];
	struct drive d;
	int fd;

	(void)state;
	for (size_t i = 0; i < sizeof out; i++)
		out[i] = (unsigned char)rng_mix(i);
	serve(&d, 1, (struct service){ .bytes = 7, .window = 3 });
	fd = d.channel[0].in;
	for (size_t at = 0, n = 1; at < sizeof out; at += n, n = n % 5 + 1) {
		n = n < sizeof out - at ? n : sizeof out - at;
		assert_int_equal(send(fd, out + at, n, 0), n);
		for (size_t k = at / 7; k < (at + n) / 7; k++)
			assert_int_equal(recv(fd, in + 7 * k, 7, MSG_WAITALL), 7);
	}
	assert_memory_equal(in, out, sizeof out);
	assert_int_equal(drive_close(&d), 0);
}

/* The one that says that it can wait waits; another is answered meanwhile. */
static void a_request_tells_its_delay(void **state)
{
	struct drive d;
	uint64_t asked;

	(void)state;
	serve(&d, 2, (struct service){ .told = true });
	ask(d.channel[0].in, 1, 10000000000);
	ask(d.channel[1].in, 2, 1000);
	expect(d.channel[1].in, 2);
	asked = clock_ns();
	ask(d.channel[1].in, 3, 3000000);
	expect(d.channel[1].in, 3);
	assert_true(clock_ns() >= asked + 3000000);
	assert_false(ready(d.channel[0].in, 0));
	assert_int_equal(drive_close(&d), 0);
}

/* On one connection nobody overtakes; but who waited behind another goes with
 * it: the second was under way when the first was. */
static void answers_come_in_order(void **state)
{
	struct drive d;
	int fd;

	(void)state;
	serve(&d, 1, (struct service){ .told = true, .window = 4 });
	fd = d.channel[0].in;
	ask(fd, 1, 50000000);
	ask(fd, 2, 0);
	ask(fd, 3, 60000000);
	ask(fd, 4, 0);
	expect(fd, 1);
	assert_true(ready(fd, 0));
	for (uint64_t i = 2; i <= 4; i++)
		expect(fd, i);
	assert_int_equal(drive_close(&d), 0);
}

static int call(uint16_t port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	return fd;
}

/* More than it has places for, one after another and a few at a time. */
static void connections_come_and_go(void **state)
{
	uint16_t port = 0;
	struct drive d;
	int fd[3];

	(void)state;
	serve(&d, 3, (struct service){ .port = &port });
	assert_int_equal(d.channel[0].in, -1);
	for (uint64_t round = 0; round < 100; round++) {
		for (unsigned i = 0; i < 3; i++) {
			fd[i] = call(port);
			ask(fd[i], round + i, 0);
		}
		for (unsigned i = 3; i--;) {
			if (round % 2)	/* and some do not wait */
				expect(fd[i], round + i);
			close(fd[i]);
		}
	}
	assert_int_equal(drive_close(&d), 0);
}

static int take(int fd, struct question *q)
{
	unsigned char request[BYTES];
	ssize_t n = recv(fd, request, BYTES, MSG_WAITALL);

	if (n != BYTES)
		return -1;
	memcpy(q, request, sizeof *q);
	for (size_t i = sizeof *q; i < BYTES; i++)
		assert_int_equal(request[i], (unsigned char)(q->nonce >> (i & 7) * 8));
	return 0;
}

static void reply(int fd, struct question q, uint64_t pattern)
{
	unsigned char answer[BYTES];

	memcpy(answer, &q, sizeof q);
	for (size_t i = sizeof q; i < BYTES; i++)
		answer[i] = (unsigned char)(pattern >> (i & 7) * 8);
	assert_int_equal(send(fd, answer, BYTES, MSG_NOSIGNAL), BYTES);
}

/* Each asks a question of its own, and the next one once it has its reply. */
static void clients_ask(void **state)
{
	struct question q[2], next;
	struct drive d;

	(void)state;
	serve(&d, 2, (struct service){ .clients = true });
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(d.channel[i].in, d.channel[i].out);
		assert_int_equal(take(d.channel[i].in, &q[i]), 0);
		assert_true(q[i].sent_ns <= clock_ns());
		assert_false(ready(d.channel[i].in, 0));
	}
	assert_int_not_equal(q[0].nonce, q[1].nonce);
	for (unsigned i = 0; i < 10; i++) {
		uint64_t asked = q[0].nonce, before = clock_ns();

		q[0].nonce = rng_mix(asked);
		reply(d.channel[0].in, q[0], asked);
		assert_int_equal(take(d.channel[0].in, &next), 0);
		assert_int_not_equal(next.nonce, asked);
		assert_true(next.sent_ns >= before);
		q[0] = next;
	}
	assert_int_equal(drive_close(&d), 0);
}

static void a_backend_is_another_connection(void **state)
{
	struct question q;
	struct drive d;

	(void)state;
	serve(&d, 2, (struct service){ .clients = true, .backend = true });
	for (unsigned i = 0; i < 2; i++) {
		assert_int_not_equal(d.channel[i].in, d.channel[i].out);
		ask(d.channel[i].out, i, 0);
		expect(d.channel[i].out, i);
		assert_int_equal(take(d.channel[i].in, &q), 0);
		assert_true(resets(d.channel[i].in) && resets(d.channel[i].out));
	}
	assert_int_equal(drive_close(&d), 0);
}

/* A client hangs up on a reply that is not to its question. */
static void clients_check(void **state)
{
	(void)state;
	for (int way = 0; way < 3; way++) {
		struct question q, next;
		struct drive d;

		serve(&d, 1, (struct service){ .clients = true });
		assert_int_equal(take(d.channel[0].in, &q), 0);
		next = (struct question){ q.sent_ns + (way == 0),
					  rng_mix(q.nonce) + (way == 1) };
		reply(d.channel[0].in, next, q.nonce + (way == 2));
		assert_int_equal(take(d.channel[0].in, &q), -1);
		assert_int_equal(drive_close(&d), 0);
	}
}

/* How many may wait at door @fd, which listens. */
static unsigned room_at(int fd)
{
	struct tcp_info info;
	socklen_t n = sizeof info;

	assert_int_equal(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &n), 0);
	return info.tcpi_sacked;
}

/* Nobody who comes before we accept is turned away, to come again in a second. */
static void all_may_wait_at_the_door(void **state)
{
	enum { PLACES = 9 };
	struct drive d;

	(void)state;
	serve(&d, PLACES, (struct service){ .clients = true, .accept = true });
	assert_true(room_at(d.channel[0].in) >= PLACES);
	assert_int_equal(drive_close(&d), 0);
}

/* What was opened to begin is closed: only channels stay, and they are closed too. */
static void nothing_stays_open(void **state)
{
	static uint16_t port;
	static const struct service way[] = {
		{ .how = TRANSPORT_TCP }, { .how = TRANSPORT_UNIX }, { .how = TRANSPORT_PIPE },
		{ .how = TRANSPORT_MEMORY }, { .port = &port }, { .clients = true },
		{ .clients = true, .backend = true }, { .clients = true, .accept = true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof way / sizeof *way; i++) {
		unsigned before = open_fds();
		struct drive d;

		serve(&d, 3, way[i]);
		assert_int_equal(drive_close(&d), 0);
		assert_int_equal(open_fds(), before);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sockets_are_as_wanted),
		cmocka_unit_test(a_window_may_be_full),
		cmocka_unit_test(answers_that_do_not_fit_wait),
		cmocka_unit_test(requests_go_round_the_ring),
		cmocka_unit_test(a_request_tells_its_delay),
		cmocka_unit_test(answers_come_in_order),
		cmocka_unit_test(connections_come_and_go),
		cmocka_unit_test(clients_ask),
		cmocka_unit_test(a_backend_is_another_connection),
		cmocka_unit_test(clients_check),
		cmocka_unit_test(all_may_wait_at_the_door),
		cmocka_unit_test(nothing_stays_open),
	};

	drive_watchdog();
	return cmocka_run_group_tests_name("serve", tests, NULL, NULL);
}

/* Delays that requests tell, and open loops: what a server that stands still
 * does to those who could not even ask. */
#include "base/hist.h"
#include "workloads/drive.h"
#include "workloads/serve.h"

extern const struct workload workload_delay, workload_fanout;

enum { REQUESTS = 250, RATE = 1000, EVERY = 100, STALL_MS = 100, LATE_MS = 50 };

static const uint64_t ns_per_ms = 1000000;

/* Every latency, from where the workload says. */
static void run(struct drive *d, struct hist *h)
{
	struct task t = drive_task(d, 0, 0);
	struct op op;

	memset(h, 0, sizeof *h);
	while ((op = workload_delay.step(&t)).kind != OP_DONE) {
		uint64_t now = clock_ns();

		assert_int_not_equal(op.kind, OP_FAIL);
		d->asked |= 1u << op.kind;
		if (op.kind == OP_UNIT) {
			assert_true(t.unit_ns <= now);
			hist_add(h, now - t.unit_ns);
			t.unit_ns = now;
		}
		t.res = drive_exec(&op);
	}
	free(t.local);
}

/* How many units took LATE_MS, when the server stops after 100 and 200 requests. */
static unsigned late(uint64_t rate, enum arrivals how, uint64_t stall_ms, struct hist *h)
{
	struct drive d;
	unsigned n = 0;

	drive_init(&d, &workload_delay, 1);
	drive_set(&d, "delay", 0);
	drive_set(&d, "rate", rate);
	drive_set(&d, "arrivals", how);
	drive_set(&d, "stall", stall_ms * ns_per_ms);
	drive_set(&d, "every", EVERY);
	d.run.tasks = 1;
	d.run.units = REQUESTS;
	assert_int_equal(drive_open(&d), 0);
	run(&d, h);
	assert_int_equal(h->n, REQUESTS);
	assert_int_equal(d.asked >> OP_SLEEP & 1, rate > 0);
	assert_int_equal(drive_close(&d), 0);
	for (unsigned i = hist_bucket(LATE_MS * ns_per_ms); i < HIST_BUCKETS; i++)
		n += (unsigned)h->count[i];
	return n;
}

/* A closed loop meets each of two stops once: 2 of 250 are not in the 99th
 * percentile.  In an open loop all wait whose time came meanwhile, a hundred
 * each; half of them for half as long. */
static void a_stall_shows_in_an_open_loop(void **state)
{
	static struct hist closed, even, poisson;
	unsigned few = late(0, ARRIVALS_FIXED, STALL_MS, &closed);
	unsigned many = late(RATE, ARRIVALS_FIXED, STALL_MS, &even);
	unsigned random = late(RATE, ARRIVALS_POISSON, STALL_MS, &poisson);

	(void)state;
	assert_true(few >= 2);
	assert_true(many >= 60 && many > 2 * few);
	assert_true(random >= 40 && random > 2 * few);
	assert_true(hist_quantile(&even, 0.99) >= LATE_MS * ns_per_ms);
	assert_true(hist_quantile(&poisson, 0.99) >= LATE_MS * ns_per_ms);
}

/* Nobody starts early, and the last not before its time: what takes 250 requests
 * at 1000 a second takes a quarter of a second. */
static void an_open_loop_keeps_its_hours(void **state)
{
	static struct hist h;
	uint64_t begun = clock_ns();

	(void)state;
	late(RATE, ARRIVALS_FIXED, 0, &h);
	assert_true(clock_ns() - begun >= (REQUESTS - 1) * ns_per_ms);
}

/* Every request is meant for its own hour, and counts from it, however late the one
 * before it was answered. */
static void a_late_answer_moves_no_hour(void **state)
{
	(void)state;
	for (uint64_t how = ARRIVALS_FIXED; how <= ARRIVALS_POISSON; how++) {
		uint64_t at = 0;
		struct drive d;
		struct task t;

		drive_init(&d, &workload_delay, 1);
		drive_set(&d, "rate", RATE);
		drive_set(&d, "arrivals", how);
		t = drive_task(&d, 1, 0);
		t.units = 8;
		for (uint64_t unit = 0; unit < t.units; unit++) {
			struct op op = workload_delay.step(&t), sent;

			at = arrival_ns(&t, (enum arrivals)how, RATE, unit, at);
			assert_int_equal(op.kind, OP_SLEEP);
			assert_int_equal(op.at, t.start_ns + at);
			t.res = 0;
			sent = workload_delay.step(&t);
			t.res = (int64_t)sent.len;
			op = workload_delay.step(&t);
			assert_true(op.flags & OP_ALL);
			memcpy(op.buf, sent.buf, sent.len);
			assert_int_equal(workload_delay.step(&t).kind, OP_UNIT);
			assert_int_equal(t.unit_ns, t.start_ns + at);
			t.unit_ns += 1000 * ns_per_ms;	/* a second later */
		}
		free(t.local);
	}
}

/* The first request of task @i, as it goes to the server. */
static struct op first_of(struct drive *d, struct task *t, uint64_t i)
{
	*t = drive_task(d, i, 0);
	return workload_delay.step(t);
}

static void requests_tell_their_delay(void **state)
{
	(void)state;
	for (uint64_t law = LAW_EXPONENTIAL; law <= LAW_TAIL; law++) {
		struct drive d;
		struct task t;

		drive_init(&d, &workload_delay, 1);
		drive_set(&d, "delay", 100000);
		drive_set(&d, "law", law);
		drive_set(&d, "bytes", 1);	/* too small to say it */
		for (uint64_t i = 0; i < 100; i++) {
			struct op op = first_of(&d, &t, i);
			uint64_t told;

			assert_int_equal(op.kind, OP_SEND);
			assert_int_equal(op.len, sizeof told);
			memcpy(&told, op.buf, sizeof told);
			assert_int_equal(told, law_ns((enum law)law, 100000,
						      task_random(&t, 0, 1)));
			free(t.local);
		}
	}
}

/* The longest delay that a bundle of requests, of the default size, tells. */
static uint64_t told_by(const struct op *op)
{
	enum { BYTES = 64 };
	uint64_t most = 0, last = 0, ns;

	assert_int_equal(op->len % BYTES, 0);
	for (size_t at = 0; at < op->len; at += BYTES) {
		memcpy(&ns, (const char *)op->buf + at, sizeof ns);
		assert_true(!at || ns != last);	/* each its own */
		last = ns;
		most = ns > most ? ns : most;
	}
	return most;
}

static void no_answer_comes_before(const struct workload *w, uint64_t units)
{
	uint64_t begun = 0, told = 0, before;
	struct drive d;
	struct task t;
	struct op op;

	drive_init(&d, w, 1);
	drive_set(&d, "delay", 3 * ns_per_ms);
	drive_set(&d, "law", LAW_EXPONENTIAL);
	d.run.units = units;
	assert_int_equal(drive_open(&d), 0);
	t = drive_task(&d, 0, 0);
	while ((op = w->step(&t)).kind != OP_DONE) {
		assert_int_not_equal(op.kind, OP_FAIL);
		if (op.kind == OP_SEND) {
			before = told;
			begun = clock_ns();
			told = told_by(&op);
			assert_int_not_equal(told, before);
		}
		t.res = drive_exec(&op);
		if (op.kind == OP_RECV)
			assert_true(clock_ns() - begun >= told);
	}
	free(t.local);
	assert_int_equal(drive_close(&d), 0);
}

static void the_server_does_as_told(void **state)
{
	(void)state;
	no_answer_comes_before(&workload_delay, 50);
	no_answer_comes_before(&workload_fanout, 10);
}

/* One that waits for a place in flight would miss its hours. */
static void an_open_loop_has_a_place_for_each(void **state)
{
	(void)state;
	for (uint64_t tasks = 2; tasks <= 3; tasks++)
		for (uint64_t rate = 0; rate <= RATE; rate += RATE) {
			bool fits = !rate || tasks == 2;
			struct drive d;

			drive_init(&d, &workload_delay, 2);
			drive_set(&d, "rate", rate);
			d.run.tasks = tasks;
			assert_int_equal(drive_open(&d), fits ? 0 : -1);
			if (!fits)
				assert_int_equal(d.trouble.status, STATUS_NOT_APPLICABLE);
			assert_int_equal(drive_close(&d), 0);
		}
}

static void what_it_can_be_asked_for_works(void **state)
{
	static const struct {
		const char *name;
		uint64_t value;
	} way[] = { { "law", LAW_TAIL }, { "transport", TRANSPORT_UNIX },
		    { "arrivals", ARRIVALS_POISSON }, { "bytes", 4096 } };

	(void)state;
	for (size_t i = 0; i < sizeof way / sizeof way[0]; i++) {
		struct drive d;

		drive_init(&d, &workload_delay, 1);
		drive_set(&d, "delay", 1000);
		drive_set(&d, "rate", 100000);
		drive_set(&d, way[i].name, way[i].value);
		assert_int_equal(drive_open(&d), 0);
		drive_all(&d, false);
		assert_int_equal(d.units, 6 * 4);
		assert_int_equal(drive_close(&d), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stall_shows_in_an_open_loop),
		cmocka_unit_test(an_open_loop_keeps_its_hours),
		cmocka_unit_test(a_late_answer_moves_no_hour),
		cmocka_unit_test(requests_tell_their_delay),
		cmocka_unit_test(the_server_does_as_told),
		cmocka_unit_test(an_open_loop_has_a_place_for_each),
		cmocka_unit_test(what_it_can_be_asked_for_works),
	};

	drive_watchdog();
	return cmocka_run_group_tests_name("delay", tests, NULL, NULL);
}

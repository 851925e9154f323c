/*
 * samples.csv survives what can happen to it: cut at any byte it loses only its
 * end, and no changed byte before that goes unnoticed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "pipeline/capture.h"
#include "pipeline/metric.h"
#include "pipeline/record.h"

enum { ROWS = 4 };

struct file {
	struct arena arena;
	char path[64];
	char *text;		/* header and ROWS rows */
	size_t size;
	size_t end[ROWS + 1];	/* where the header and each row end */
};

static struct sample sample(uint64_t trial, uint64_t rep)
{
	struct sample s = {
		.run_id = "20260101t000000-abcd", .experiment = "e", .trial = trial,
		.workload = "primes", .params = "span=200;base=7", .strategy = "fine",
		.engine = "blocking", .workers = 2, .placement = "compact", .block = 1,
		.position = trial, .rep = rep, .seed = UINT64_MAX - 1, .status = "ok",
		.reason = "", .cpus = "0;1", .build = 0xb111d,
	};

	memset(&s.m, 0xff, sizeof s.m);		/* NONE everywhere */
	s.m.helpers_ns = 0;			/* in no column */
	memset(s.m.counter, 0, sizeof s.m.counter);	/* likewise */
	s.m.wall_ns = 1000 + trial;
	s.m.units = 10;
	s.m.user_ns = 1500;
	s.m.sys_ns = 500;
	s.m.checksum = 0xc0ffee;
	return s;
}

static void write_file(const char *path, const char *bytes, size_t n)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static int setup(void **state)
{
	struct file *f = calloc(1, sizeof *f);
	int fd;

	assert_non_null(f);
	strcpy(f->path, "/tmp/test_record.XXXXXX");
	fd = mkstemp(f->path);
	assert_true(fd >= 0);
	close(fd);
	f->text = samples_header(&f->arena);
	f->end[0] = strlen(f->text);
	for (size_t i = 1; i <= ROWS; i++) {
		struct sample s = sample(i, 1);

		f->text = arena_printf(&f->arena, "%s%s", f->text,
				       samples_line(&s, &f->arena));
		f->end[i] = strlen(f->text);
	}
	f->size = f->end[ROWS];
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct file *f = *state;

	unlink(f->path);
	arena_release(&f->arena);
	free(f);
	return 0;
}

/* What is said goes to @said. */
static int read_saying(const char *path, size_t *n, size_t *torn, char said[256])
{
	struct capture c = capture_start();
	struct arena a = { 0 };
	struct sample *rows;
	int rc = samples_read(path, &rows, n, torn, &a);

	capture_stop(&c, said, 256);
	arena_release(&a);
	return rc;
}

static int read_quietly(const char *path, size_t *n, size_t *torn)
{
	char said[256];

	return read_saying(path, n, torn, said);
}

static void test_columns(void **state)
{
	struct file *f = *state;

	assert_string_equal(samples_header(&f->arena),
		"run_id,experiment,trial,workload,params,strategy,engine,workers,placement,"
		"block,position,rep,seed,status,reason,tasks,units,wall_ns,spawn_ns,"
		"join_ns,user_ns,sys_ns,p50_ns,p90_ns,p99_ns,max_ns,switches,syscalls,"
		"voluntary,involuntary,migrations,max_rss_bytes,cpus,canary_before_ns,"
		"canary_after_ns,steal_ns,throttled_ns,foreign_ns,server_cpu_ns,checksum,"
		"state,ops,skew_ns,run_delay_ns,p999_ns,mean_ns,counters,server,build,check\n");
}

/* The seal by a second implementation, written from the specification of XXH32. */
static void test_line(void **state)
{
	struct file *f = *state;
	struct sample s = sample(1, 1);
	char seal[SEAL_LEN + 1];

	assert_string_equal(samples_line(&s, &f->arena),
		"20260101t000000-abcd,e,0000000000000001,primes,span=200;base=7,fine,"
		"blocking,2,compact,1,1,1,18446744073709551614,ok,,,10,1001,,,1500,500,,"
		",,,,,,,,,0;1,,,,,,,0000000000c0ffee,,,,,,,,,00000000000b111d,fdf88d35\n");
	seal_make(seal, "", 0);
	assert_string_equal(seal, "02cc5d05");		/* published: XXH32 of nothing */
}

static void test_round_trip(void **state)
{
	struct file *f = *state;
	struct sample *rows;
	size_t n, torn;

	write_file(f->path, f->text, f->size);
	assert_int_equal(samples_read(f->path, &rows, &n, &torn, &f->arena), 0);
	assert_int_equal(n, ROWS);
	assert_int_equal(torn, 0);
	for (size_t i = 0; i < n; i++) {
		struct sample s = sample(i + 1, 1);

		assert_string_equal(samples_line(&rows[i], &f->arena),
				    samples_line(&s, &f->arena));
		assert_memory_equal(&rows[i].m, &s.m, sizeof s.m);
	}
}

static void test_missing(void **state)
{
	struct file *f = *state;
	struct sample *rows;
	size_t n = 7, torn = 7;

	unlink(f->path);
	assert_int_equal(samples_read(f->path, &rows, &n, &torn, &f->arena), 0);
	assert_int_equal(n, 0);
	assert_int_equal(torn, 0);
}

/* Cut anywhere: the whole rows are read, the rest is counted. */
static void test_truncated(void **state)
{
	struct file *f = *state;

	for (size_t cut = 0; cut <= f->size; cut++) {
		size_t n, torn, whole = 0;

		while (whole < ROWS && f->end[whole + 1] <= cut)
			whole++;
		write_file(f->path, f->text, cut);
		assert_int_equal(read_quietly(f->path, &n, &torn), 0);
		assert_int_equal(n, whole);
		assert_int_equal(torn, cut < f->end[0] ? cut : cut - f->end[whole]);
	}
}

/* Whatever follows the last whole row, as long as it is not a whole row. */
static void test_garbage(void **state)
{
	static const char tails[][8] = {
		{ 0 }, "\0\0\0\n\0\0", "x\ny\nz", "\n\n\n", "\377\376,\n"
	};
	struct file *f = *state;

	for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
		char *text = arena_alloc(&f->arena, f->size + sizeof tails[i]);
		size_t n, torn;

		memcpy(text, f->text, f->size);
		memcpy(text + f->size, tails[i], sizeof tails[i]);
		write_file(f->path, text, f->size + sizeof tails[i]);
		assert_int_equal(read_quietly(f->path, &n, &torn), 0);
		assert_int_equal(n, ROWS);
		assert_int_equal(torn, sizeof tails[i]);
	}
}

/* The header was never written, but the file was made longer. */
static void test_unwritten_header(void **state)
{
	struct file *f = *state;
	char text[64] = { 0 };
	size_t n, torn;

	memcpy(text, f->text, 20);
	write_file(f->path, text, sizeof text);
	assert_int_equal(read_quietly(f->path, &n, &torn), 0);
	assert_int_equal(n, 0);
	assert_int_equal(torn, sizeof text);
}

/* Damage each byte of @from .. @to in three ways: none is accepted. */
static void damage(struct file *f, size_t from, size_t to)
{
	static const char flips[] = { 0x01, 0x20, (char)0x80 };
	size_t n, torn;

	for (size_t i = from; i < to; i++)
		for (size_t k = 0; k < sizeof flips; k++) {
			f->text[i] ^= flips[k];
			write_file(f->path, f->text, f->size);
			f->text[i] ^= flips[k];
			assert_int_equal(read_quietly(f->path, &n, &torn), -1);
		}
}

static void test_damaged_row(void **state)
{
	struct file *f = *state;

	damage(f, f->end[1], f->end[2]);
}

static void test_damaged_header(void **state)
{
	damage(*state, 0, 40);
}

/* The line that is named is that of the damage, not of the row after it. */
static void test_damage_is_located(void **state)
{
	struct file *f = *state;
	size_t n, torn;
	char said[256];

	f->text[f->end[2] - 3] ^= 1;
	write_file(f->path, f->text, f->size);
	assert_int_equal(read_saying(f->path, &n, &torn, said), -1);
	assert_non_null(strstr(said, ":3: damaged"));
}

/* Append @s to a file of one header; returns what reading it returns. */
static int read_rows(struct file *f, const struct sample *s, size_t rows)
{
	char *text = samples_header(&f->arena);
	size_t n, torn;

	for (size_t i = 0; i < rows; i++)
		text = arena_printf(&f->arena, "%s%s", text, samples_line(&s[i], &f->arena));
	write_file(f->path, text, strlen(text));
	return read_quietly(f->path, &n, &torn);
}

static void test_duplicates(void **state)
{
	struct sample s[] = { sample(1, 1), sample(2, 1), sample(1, 2), sample(1, 1) };
	struct sample stopped[] = { sample(1, 0), sample(1, 0), sample(1, 1) };

	assert_int_equal(read_rows(*state, s, 3), 0);
	assert_int_equal(read_rows(*state, s, 4), -1);
	stopped[0].status = stopped[1].status = "interrupted";
	assert_int_equal(read_rows(*state, stopped, 3), 0);
	stopped[0].status = stopped[1].status = "timeout";
	assert_int_equal(read_rows(*state, stopped, 3), -1);
}

/* Sealed, yet not a row: even as the last one it was not torn but miswritten. */
static void test_shape(void **state)
{
	static const char *const wrong[] = { "a,b,c", "" };
	struct file *f = *state;
	struct sample s = sample(1, 1);
	char seal[SEAL_LEN + 1], *text;
	size_t n, torn;

	s.status = "splendid";
	assert_int_equal(read_rows(f, &s, 1), -1);
	s = sample(1, 1);
	s.reason = "one,two";
	assert_int_equal(read_rows(f, &s, 1), -1);
	for (size_t i = 0; i < 2; i++) {
		seal_make(seal, wrong[i], strlen(wrong[i]));
		text = arena_printf(&f->arena, "%s%s,%s\n", samples_header(&f->arena),
				    wrong[i], seal);
		write_file(f->path, text, strlen(text));
		assert_int_equal(read_quietly(f->path, &n, &torn), -1);
	}
}

static double value(const char *metric, const struct sample *s)
{
	assert_non_null(metric_find(metric));
	return metric_value(metric_find(metric), s);
}

static void test_metrics(void **state)
{
	struct sample s = sample(1, 1);

	(void)state;
	assert_true(value("wall_ns", &s) == 1001);
	assert_true(value("cpu_ns", &s) == 2000);
	assert_true(value("cpu_ns_per_unit", &s) == 200);
	assert_true(value("cpu_share", &s) == 2000. / 1001);
	assert_true(value("p99_ns", &s) != value("p99_ns", &s));	/* NaN */
	s.m.units = 0;
	assert_true(value("ns_per_unit", &s) != value("ns_per_unit", &s));
	s.m.units = 10;
	s.m.mean_ns = 200;
	s.m.wall_ns = 1000;		/* 10 units of 200 ns by 2 workers in 1 us */
	s.workload = "delay";
	s.params = "delay=1000;rate=0";
	assert_true(value("little", &s) > .999999 && value("little", &s) < 1.000001);
	s.m.tasks = 1;
	assert_true(value("little", &s) > 1.999999 && value("little", &s) < 2.000001);
	s.m.tasks = NONE;
	s.params = "delay=1000;rate=7";
	assert_true(value("little", &s) != value("little", &s));
	s.workload = "redis";
	s.params = "bytes=64;pipeline=4";
	assert_true(value("little", &s) > .249999 && value("little", &s) < .250001);
	s.workload = "relay";
	assert_true(value("little", &s) != value("little", &s));
	s.workload = "primes";
	assert_true(value("little", &s) != value("little", &s));
	s.m.server_cpu_ns = 900;
	assert_true(value("server_share", &s) == .9);
	assert_true(value("expected_fail", &s) == 0);
	s.status = "expected_fail";
	assert_true(value("expected_fail", &s) == 1);
	assert_null(metric_find("speed"));
	for (const struct metric *m = metrics; m->name; m++)
		assert_ptr_equal(metric_find(m->name), m);
}

/* Every number is of its own field. */
static void test_every_metric(void **state)
{
	static const struct {
		const char *name;
		double want;
	} table[] = {
		{ "wall_ns", 8000 }, { "total_ns", 8005 }, { "ns_per_unit", 8000. / 7 },
		{ "units_per_s", 7e9 / 8000 }, { "user_ns", 11 }, { "sys_ns", 13 },
		{ "cpu_ns", 24 }, { "cpu_ns_per_unit", 24. / 7 }, { "cpu_share", 24. / 8000 },
		{ "server_cpu_ns", 17 }, { "server_cpu_ns_per_unit", 17. / 7 },
		{ "server_share", 17. / 8000 }, { "little", 7. / 8000 * 19 / 2 },
		{ "spawn_ns", 2 }, { "join_ns", 3 }, { "spawn_join_ns", 5 }, { "skew_ns", 23 },
		{ "p50_ns", 29 }, { "p90_ns", 31 }, { "p99_ns", 37 }, { "p999_ns", 41 },
		{ "mean_ns", 19 }, { "max_ns", 43 }, { "switches", 47 },
		{ "switches_per_unit", 47. / 7 }, { "syscalls", 53 },
		{ "syscalls_per_unit", 53. / 7 }, { "voluntary", 59 },
		{ "voluntary_per_unit", 59. / 7 }, { "context_switches_per_unit", 120. / 7 },
		{ "involuntary", 61 }, { "migrations", 67 },
		{ "run_delay_ns", 71 }, { "max_rss_bytes", 73 }, { "expected_fail", 0 },
	};
	struct sample s = sample(1, 1);
	size_t n = 0;

	(void)state;
	s.workload = "delay";
	s.params = "delay=1000;rate=0";
	s.m = (struct measure){
		.units = 7, .wall_ns = 8000, .spawn_ns = 2, .join_ns = 3, .skew_ns = 23,
		.user_ns = 11, .sys_ns = 13, .helpers_ns = 79, .p50_ns = 29, .p90_ns = 31,
		.p99_ns = 37, .p999_ns = 41, .max_ns = 43, .mean_ns = 19, .switches = 47,
		.syscalls = 53, .voluntary = 59, .involuntary = 61, .migrations = 67,
		.run_delay_ns = 71, .max_rss_bytes = 73, .server_cpu_ns = 17, .tasks = 5,
	};
	for (; n < sizeof table / sizeof *table; n++) {
		double got = value(table[n].name, &s), want = table[n].want;

		if (!(got >= want * .999999 && got <= want * 1.000001))
			fail_msg("%s is %g, not %g", table[n].name, got, want);
	}
	assert_null(metrics[n].name);	/* the table has all of them */
	/* times of a control that failed, or was disturbed, are none */
	for (const struct metric *m = metrics; m->name; m++)
		assert_int_equal(m->counts, !strcmp(m->name, "expected_fail"));
}

/* Whoever counts declares a name; the number is found by it alone. */
static void test_counters(void **state)
{
	struct sample s = sample(1, 1);

	(void)state;
	assert_null(metric_find("counter.no-such"));
	assert_null(metric_find("counter."));
	assert_true(value("counter.takes", &s) != value("counter.takes", &s));	/* NaN */
	s.counters = "retakes=3;takes=12;forced=0";
	assert_true(value("counter.takes", &s) == 12);
	assert_true(value("counter.forced", &s) == 0);
	assert_true(metric_find("counter.takes")->counts);
	assert_ptr_equal(metric_find("counter.takes"), metric_find("counter.takes"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_columns, setup, teardown),
		cmocka_unit_test_setup_teardown(test_line, setup, teardown),
		cmocka_unit_test_setup_teardown(test_round_trip, setup, teardown),
		cmocka_unit_test_setup_teardown(test_missing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_truncated, setup, teardown),
		cmocka_unit_test_setup_teardown(test_garbage, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unwritten_header, setup, teardown),
		cmocka_unit_test_setup_teardown(test_damaged_row, setup, teardown),
		cmocka_unit_test_setup_teardown(test_damaged_header, setup, teardown),
		cmocka_unit_test_setup_teardown(test_damage_is_located, setup, teardown),
		cmocka_unit_test_setup_teardown(test_duplicates, setup, teardown),
		cmocka_unit_test_setup_teardown(test_shape, setup, teardown),
		cmocka_unit_test(test_metrics),
		cmocka_unit_test(test_every_metric),
		cmocka_unit_test(test_counters),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Experiment files that are right are read as meant.  What is wrong, and how
 * that is said: test_bad_specs.c. */
#include <glob.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/capture.h"
#include "pipeline/spec.h"
#include "pipeline/specfile.h"

static const char whole[] =
	"# A comment.\n"
	"title: Everything that can be said\n"
	"question: 'Is it read?'\n"
	"workloads:\n"
	"  - ledger\n"
	"  - {name: delay, as: far, params: {bytes: 1Ki, delay: 2ms}, tasks: 48, units: 3}\n"
	"strategies: [single, {name: gil, as: gil-50us, params: {interval: 50us}}, fine]\n"
	"workers: [1, 2, 4, max]\n"
	"placements: [compact, '0.1', none]\n"
	"timeout: 3s\n"
	"claims:\n"
	"  - name: one\n"
	"    why: >-\n"
	"      a long\n"
	"      reason\n"
	"    left: far/gil-50us/0.1/max\n"
	"    right: far/single/none/1\n"
	"    metric: p99_ns\n"
	"    expect: 0.5 .. 1ms\n"
	"    published: 1.12\n"
	"    confirms: [C04, C129]\n"
	"    source: a book\n"
	"  - {name: two, why: it is so, left: ledger/fine/compact/8, expect: .. 1.03,\n"
	"     cores: 8, refutes: [C07], source: a paper}\n"
	"  - {name: three, why: it is so, left: ledger/fine/compact/4, expect: 7 ..,\n"
	"     source: a paper}\n"
	"  - {name: four, why: it is so, left: ledger/fine/compact/4, expect: 7 ..,\n"
	"     minus: ledger/single/compact/1, source: a paper}\n";

struct fixture {
	struct specfile file;
	struct arena arena;
	struct spec spec;
};

static int setup(void **state)
{
	static struct fixture f;

	f = (struct fixture){ .arena = { 0 } };
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	arena_release(&f->arena);
	specfile_remove(&f->file);
	return 0;
}

/* Read @n bytes of @text as an experiment; what it says on the way is lost. */
static int try_read(struct fixture *f, const char *text, size_t n)
{
	struct capture c = capture_start();
	char said[4096];
	int rc = -1;

	if (!specfile_write(&f->file, text, n))
		rc = spec_read(&f->spec, f->file.path, 2, &f->arena);
	capture_stop(&c, said, sizeof said);
	return rc;
}

static void test_matrix(void **state)
{
	struct fixture *f = *state;
	const struct spec *s = &f->spec;

	assert_int_equal(try_read(f, whole, strlen(whole)), 0);
	assert_string_equal(s->name, "try");
	assert_string_equal(s->title, "Everything that can be said");
	assert_string_equal(s->question, "Is it read?");
	assert_int_equal(s->workloads, 2);
	assert_string_equal(s->workload[0].label, "ledger");
	assert_int_equal(s->workload[0].tasks, 840);
	assert_int_equal(s->workload[0].units, 0);
	assert_string_equal(s->workload[1].label, "far");
	assert_string_equal(s->workload[1].workload->name, "delay");
	assert_int_equal(s->workload[1].tasks, 48);
	assert_int_equal(s->workload[1].units, 3);
	assert_string_equal(spec_params(s->workload[1].workload->params,
			    s->workload[1].param, &f->arena),
			    "delay=2000000;bytes=1024;work=0;law=fixed;transport=tcp;rate=0;"
			    "arrivals=fixed;stall=0;every=1000");
	assert_int_equal(s->strategies, 3);
	assert_string_equal(s->strategy[1].label, "gil-50us");
	assert_int_equal(s->strategy[1].option[0], 50000);
	assert_int_equal(s->nworkers, 4);
	assert_int_equal(s->workers[2], 4);
	assert_int_equal(s->workers[3], 0);
	assert_int_equal(s->placements, 3);
	assert_int_equal(s->timeout_ns, 3000000000);
}

static void test_claims(void **state)
{
	struct fixture *f = *state;
	const struct claim *c;

	assert_int_equal(try_read(f, whole, strlen(whole)), 0);
	assert_int_equal(f->spec.claims, 4);
	c = f->spec.claim;
	assert_string_equal(c->why, "a long reason");
	assert_string_equal(c->left, "far/gil-50us/0.1/2");
	assert_string_equal(c->right, "far/single/none/1");
	assert_string_equal(c->metric, "p99_ns");
	assert_true(c->lo == 0.5 && c->hi == 1e6);
	assert_true(c->published == 1.12);
	assert_int_equal(c->cores, 1);
	assert_string_equal(c->confirms, "C04 C129");
	assert_string_equal(c->refutes, "");
	c++;
	assert_null(c->right);
	assert_string_equal(c->metric, "wall_ns");
	assert_true(isinf(c->lo) && c->lo < 0 && c->hi == 1.03);
	assert_true(isnan(c->published));
	assert_int_equal(c->cores, 8);
	assert_string_equal(c->refutes, "C07");
	c++;
	assert_true(c->lo == 7 && isinf(c->hi) && c->hi > 0);
	assert_null(c->minus);
	c++;
	assert_null(c->right);
	assert_string_equal(c->minus, "ledger/single/compact/1");
}

static void test_defaults(void **state)
{
	static const char least[] = "title: t\nquestion: q\nworkloads: [primes]\n"
		"strategies: [single]\nworkers: [1]\n";
	struct fixture *f = *state;

	assert_int_equal(try_read(f, least, strlen(least)), 0);
	assert_int_equal(f->spec.placements, 1);
	assert_string_equal(f->spec.placement[0], "compact");
	assert_int_equal(f->spec.claims, 0);
	assert_int_equal(f->spec.timeout_ns, 0);
	assert_int_equal(f->spec.workload[0].param[0],
			 f->spec.workload[0].workload->params[0].value);
}

/* How a control may end: under the strategies that are named, or under all. */
static void test_ends(void **state)
{
	static const char text[] = "title: t\nquestion: q\n"
		"workloads: [primes, {name: counter, ends: {lock: crash, fork: wrong_checksum}},\n"
		"            {name: deadlock, ends: deadlock}]\n"
		"strategies: [single, {name: fine, as: lock}, fork]\nworkers: [1]\n";
	struct fixture *f = *state;
	const struct spec_workload *w;

	assert_int_equal(try_read(f, text, strlen(text)), 0);
	w = f->spec.workload;
	assert_null(w[0].ends);
	assert_null(w[1].ends[0]);
	assert_string_equal(w[1].ends[1], "crash");
	assert_string_equal(w[1].ends[2], "wrong_checksum");
	for (int i = 0; i < 3; i++)
		assert_string_equal(w[2].ends[i], "deadlock");
}

/* `single` once per placement, `max` and its equal merged. */
static void test_cells(void **state)
{
	struct fixture *f = *state;
	struct cell *cell;
	size_t n;

	assert_int_equal(try_read(f, whole, strlen(whole)), 0);
	cell = spec_cells(&f->spec, 2, &n, &f->arena);
	assert_int_equal(n, 2 * (1 + 3 + 3) * 3);
	assert_string_equal(cell[0].name, "ledger/single/compact/1");
	assert_string_equal(cell[1].name, "ledger/single/0.1/1");
	assert_string_equal(cell[5].name, "ledger/gil-50us/compact/4");
	assert_string_equal(cell[n - 1].name, "far/fine/none/4");
	spec_cells(&f->spec, 3, &n, &f->arena);
	assert_int_equal(n, 2 * (1 + 4 + 4) * 3);
}

/* Two workers at least, and a strategy for at most one: still there, at 1. */
static void test_cells_cut(void **state)
{
	static const char text[] = "title: t\nquestion: q\nworkloads: [primes]\n"
		"strategies: [single, fine]\nworkers: [2, 4]\n";
	struct fixture *f = *state;
	struct cell *cell;
	size_t n;

	assert_int_equal(try_read(f, text, strlen(text)), 0);
	cell = spec_cells(&f->spec, 2, &n, &f->arena);
	assert_int_equal(n, 3);
	assert_string_equal(cell[0].name, "primes/single/compact/1");
}

/* Shared state that cannot be folded together has no private copies. */
static void test_cells_left_out(void **state)
{
	static const char text[] = "title: t\nquestion: q\nworkloads: [ledger]\n"
		"strategies: [single, pool]\nworkers: [1, 2]\n";
	struct fixture *f = *state;
	struct workload w;
	size_t n;

	assert_int_equal(try_read(f, text, strlen(text)), 0);
	spec_cells(&f->spec, 2, &n, &f->arena);
	assert_int_equal(n, 3);
	w = *f->spec.workload[0].workload;
	w.merge = NULL;
	f->spec.workload[0].workload = &w;
	spec_cells(&f->spec, 2, &n, &f->arena);
	assert_int_equal(n, 1);
	w.shared_bytes = 0;
	spec_cells(&f->spec, 2, &n, &f->arena);
	assert_int_equal(n, 3);
}

static void test_params(void **state)
{
	static const struct param p[] = {
		{ "delay", 1000, 0, 5000, "ns", "" },
		{ "n", 7, 1, 9, "", "" },
		{ "files", 0, 0, 2, "inline|nowait|pool", "" },
		{ .name = NULL }
	};
	static const char *const bad[] = {
		"files=1", "files=", "files=in", "files=inline|nowait", "files=pools",
		"n=0", "n=10", "n=", "n", "m=1", "delay=1k", "n=1s", "=", "n=7;n=x",
		"n=00000000000000000000000000000000000000007",
	};
	struct fixture *f = *state;
	uint64_t v[3];

	assert_string_equal(spec_params(NULL, NULL, &f->arena), "");
	assert_int_equal(spec_params_parse(p, "", v), 0);
	assert_string_equal(spec_params(p, v, &f->arena), "delay=1000;n=7;files=inline");
	assert_int_equal(spec_params_parse(p, "n=9;files=pool;delay=5us", v), 0);
	assert_int_equal(v[2], 2);
	assert_string_equal(spec_params(p, v, &f->arena), "delay=5000;n=9;files=pool");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct capture c = capture_start();
		char said[256];
		int rc = spec_params_parse(p, bad[i], v);

		capture_stop(&c, said, sizeof said);
		assert_int_equal(rc, -1);
		assert_true(strlen(said) > 0);
	}
}

/* The experiments that come with the suite are right on every machine. */
static void test_shipped(void **state)
{
	static const unsigned cores[] = { 1, 2, 3, 4, 8, 12, 16, 128 };
	struct fixture *f = *state;
	size_t claims = 0;
	glob_t g;

	assert_int_equal(glob("experiments/*.yaml", 0, NULL, &g), 0);
	assert_int_equal(glob("experiments/*/*.yaml", GLOB_APPEND, NULL, &g), 0);
	for (size_t i = 0; i < g.gl_pathc; i++)
		for (size_t k = 0; k < sizeof cores / sizeof *cores; k++) {
			assert_int_equal(spec_read(&f->spec, g.gl_pathv[i], cores[k],
						   &f->arena), 0);
			claims += k == 0 ? f->spec.claims : 0;
			assert_true(f->spec.claims > 0);
		}
	assert_true(g.gl_pathc >= 9);
	assert_true(claims >= 28);
	globfree(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_matrix, setup, teardown),
		cmocka_unit_test_setup_teardown(test_claims, setup, teardown),
		cmocka_unit_test_setup_teardown(test_defaults, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ends, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cells, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cells_cut, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cells_left_out, setup, teardown),
		cmocka_unit_test_setup_teardown(test_params, setup, teardown),
		cmocka_unit_test_setup_teardown(test_shipped, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

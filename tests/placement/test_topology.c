/* What a topology says of itself, and binding on the machine we are on. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "placement/placement.h"

static const struct {
	const char *text;
	unsigned packages, cores, pus;
} shapes[] = {
	{ "pack:1 core:4 pu:2", 1, 4, 8 },
	{ "pack:2 core:4 pu:2", 2, 8, 16 },
	{ "pack:2 l3:2 core:4 pu:2", 2, 16, 32 },
	{ "pack:1 core:4 pu:2 fast:0-1", 1, 4, 8 },
	{ "pu:3", 1, 3, 3 },		/* neither packages nor cores are known */
	{ "pu:1", 1, 1, 1 },
};

static void counts_what_there_is(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
		struct topology *t = topology_load(shapes[i].text);

		assert_non_null(t);
		assert_false(topology_is_real(t));
		assert_int_equal(topology_packages(t), shapes[i].packages);
		assert_int_equal(topology_cores(t), shapes[i].cores);
		assert_int_equal(topology_pus(t), shapes[i].pus);
		assert_int_equal(topology_os(t, shapes[i].pus), -1);
		assert_int_equal(topology_pu(t, (int)shapes[i].pus), -1);
		for (unsigned pu = 0; pu < shapes[i].pus; pu++)
			assert_int_equal(topology_pu(t, topology_os(t, pu)), pu);
		topology_free(t);
	}
	topology_free(NULL);
}

static void wraps_around(void **state)
{
	struct topology *t = topology_load("pack:1 core:2 pu:2");

	(void)state;
	assert_int_equal(topology_pus_of_core(t, 3), 2);
	assert_int_equal(topology_pu_of_core(t, 3, 3), 3);
	assert_int_equal(topology_pu_of_core(t, 2, 2), 0);
	assert_int_equal(topology_spread(t, 5), topology_spread(t, 1));
	topology_free(t);
}

/* What a cpuset takes away is taken from every count and every order. */
static void restricts(void **state)
{
	struct topology *t = topology_load("pack:2 core:2 pu:2");
	static const int some[] = { 7, 6, 1, 99 }, none[] = { 99 };

	(void)state;
	assert_int_equal(topology_restrict(t, some, 4), 0);
	assert_int_equal(topology_packages(t), 2);
	assert_int_equal(topology_cores(t), 2);
	assert_int_equal(topology_pus(t), 3);
	assert_int_equal(topology_os(t, 0), 1);
	assert_int_equal(topology_pu(t, 7), 2);
	assert_int_equal(topology_pu(t, 0), -1);
	assert_int_equal(topology_pus_of_core(t, 0), 1);
	assert_int_equal(topology_pus_of_core(t, 1), 2);
	assert_int_equal(topology_restrict(t, none, 1), -1);
	assert_int_equal(topology_restrict(t, none, 0), -1);
	topology_free(t);
}

static void refuses_nonsense(void **state)
{
	static const char *const bad[] = {
		"", "core", "pack:0", "pack:2 core:x", "pack:1 core:2 pu:1 fast:",
		"pack:1 core:2 pu:1 fast:1-0", "pack:1 core:2 pu:1 fast:0-1x", "fast:0-1",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_null(topology_load(bad[i]));
}

static void refuses_a_disguise(void **state)
{
	static const char *const names[] = {
		"HWLOC_SYNTHETIC", "HWLOC_XMLFILE", "HWLOC_FSROOT", "HWLOC_THISSYSTEM",
	};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		setenv(names[i], "pack:2 core:4 pu:2", 1);
		assert_null(topology_load(NULL));
		unsetenv(names[i]);
	}
}

static void never_binds_to_a_made_up_machine(void **state)
{
	struct topology *t = topology_load("pack:1 core:1 pu:1");

	(void)state;
	setenv("HWLOC_THISSYSTEM", "1", 1);
	errno = 0;
	assert_int_equal(topology_bind(t, 0), -1);
	assert_int_equal(errno, EXDEV);
	assert_false(topology_is_bound(t, 0));
	unsetenv("HWLOC_THISSYSTEM");
	topology_free(t);
}

/* On a thread of its own, so that the others stay unbound. */
static void *bind_everywhere(void *arg)
{
	struct topology *t = topology_load(NULL), *bound;
	int first, last;
	intptr_t ok;

	(void)arg;
	if (!t)
		return NULL;
	first = topology_os(t, 0);
	last = topology_os(t, topology_pus(t) - 1);
	/* one of many is not alone */
	ok = topology_is_real(t) && topology_is_bound(t, first) == (first == last);
	ok = ok && !topology_bind(t, first) &&
		topology_is_bound(t, first) && sched_getcpu() == first &&
		!topology_bind(t, last) && topology_is_bound(t, last) &&
		sched_getcpu() == last && topology_is_bound(t, first) == (first == last);
	errno = 0;
	ok = ok && topology_bind(t, -1) < 0 && errno == EINVAL;
	ok = ok && topology_bind(t, 8191) < 0 && topology_is_bound(t, last);
	topology_free(t);

	/* what is loaded now has inherited the one PU */
	bound = topology_load(NULL);
	ok = ok && bound && topology_pus(bound) == 1 && topology_os(bound, 0) == last;
	if (first != last)
		ok = ok && topology_bind(bound, first) < 0;
	topology_free(bound);
	return (void *)ok;
}

static void binds_and_inherits(void **state)
{
	pthread_t thread;
	void *ok;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, bind_everywhere, NULL), 0);
	assert_int_equal(pthread_join(thread, &ok), 0);
	assert_non_null(ok);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_what_there_is),
		cmocka_unit_test(wraps_around),
		cmocka_unit_test(restricts),
		cmocka_unit_test(refuses_nonsense),
		cmocka_unit_test(refuses_a_disguise),
		cmocka_unit_test(never_binds_to_a_made_up_machine),
		cmocka_unit_test(binds_and_inherits),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What a run's folder is filled with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/csv.h"
#include "pipeline/capture.h"
#include "pipeline/folder.h"

#define SPEC "experiments/gil-cpu.yaml"

struct place {
	struct arena arena;
	struct topology *machine;
	char dir[40];
	char said[256];
};

static const char *path(struct place *p, const char *name)
{
	return arena_printf(&p->arena, "%s/%s", p->dir, name);
}

static int setup(void **state)
{
	struct place *p = calloc(1, sizeof *p);

	*state = p;
	if (!p)
		return -1;
	strcpy(p->dir, "/tmp/test_folder.XXXXXX");
	p->machine = topology_load("core:2 pu:2");
	return mkdtemp(p->dir) && p->machine ? 0 : -1;
}

static int teardown(void **state)
{
	struct place *p = *state;

	unlink(path(p, "machine.csv"));
	unlink(path(p, "experiments/e.yaml"));
	unlink(path(p, "experiments/e.yaml.tmp"));
	rmdir(path(p, "experiments"));
	rmdir(p->dir);
	topology_free(p->machine);
	arena_release(&p->arena);
	free(p);
	return 0;
}

static int fill(struct place *p, const char *spec)
{
	const struct spec s = { .name = "e", .path = spec };
	struct capture c = capture_start();
	int rc = folder_fill(p->dir, &s, 1, p->machine);

	capture_stop(&c, p->said, sizeof p->said);
	return rc;
}

static void holds_the_machine_and_the_experiments(void **state)
{
	struct place *p = *state;

	assert_int_equal(fill(p, SPEC), 0);
	assert_string_equal(csv_text(path(p, "machine.csv"), &p->arena),
			    "cores,pus,max_workers\n2,4,4\n");
	assert_string_equal(csv_text(path(p, "experiments/e.yaml"), &p->arena),
			    csv_text(SPEC, &p->arena));
}

/* A folder opens as a file does, but cannot be read; half a copy is none. */
static void what_cannot_be_read_is_an_error(void **state)
{
	struct place *p = *state;

	assert_int_equal(fill(p, "experiments"), -1);
	assert_non_null(strstr(p->said, "experiments: Is a directory"));
	assert_int_equal(access(path(p, "experiments/e.yaml"), F_OK), -1);
	assert_int_equal(access(path(p, "experiments/e.yaml.tmp"), F_OK), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(holds_the_machine_and_the_experiments,
						setup, teardown),
		cmocka_unit_test_setup_teardown(what_cannot_be_read_is_an_error, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

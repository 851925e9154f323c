/*
 * Every file in bad/ is refused, with exactly the line that bad/expected
 * gives: where, what is wrong, what is allowed.  A line of expected is a file,
 * a blank, and the message after "samework: PATH:"; where it ends in "..." the
 * rest, a list that grows with the suite, may be anything.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/capture.h"
#include "pipeline/spec.h"

#define FOLDER "tests/pipeline/bad"
enum { CORES = 2, LINE = 1024 };

/* The message in expected for @file, without its LF, or fail. */
static void expected(const char *file, char *message)
{
	FILE *f = fopen(FOLDER "/expected", "re");
	size_t n = strlen(file);
	char line[LINE];

	assert_non_null(f);
	*message = '\0';
	while (fgets(line, sizeof line, f))
		if (!strncmp(line, file, n) && line[n] == ' ')
			snprintf(message, LINE, "%.*s", (int)strcspn(line + n + 1, "\n"),
				 line + n + 1);
	fclose(f);
	if (!*message)
		fail_msg("%s is not in %s/expected", file, FOLDER);
}

static void check(const char *file)
{
	char path[512], said[LINE], want[LINE], message[LINE];
	struct arena a = { 0 };
	struct capture c;
	struct spec s;
	size_t n;
	int rc;

	expected(file, message);
	snprintf(path, sizeof path, FOLDER "/%s", file);
	n = (size_t)snprintf(want, sizeof want, "samework: %.300s:%.600s\n", path, message);
	c = capture_start();
	rc = spec_read(&s, path, CORES, &a);
	capture_stop(&c, said, sizeof said);
	arena_release(&a);
	assert_int_equal(rc, -1);
	if (!strcmp(want + n - 4, "...\n")) {
		n -= 4;
		want[n] = said[n] = '\0';
	}
	assert_string_equal(said, want);
}

static void test_every_file(void **state)
{
	DIR *d = opendir(FOLDER);
	unsigned n = 0;
	(void)state;

	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d));)
		if (*e->d_name != '.' && strcmp(e->d_name, "expected")) {
			check(e->d_name);
			n++;
		}
	closedir(d);
	assert_true(n > 30);
}

/* No line of expected is left over. */
static void test_every_line(void **state)
{
	FILE *f = fopen(FOLDER "/expected", "re");
	char line[LINE], path[LINE + 64];
	(void)state;

	assert_non_null(f);
	while (fgets(line, sizeof line, f)) {
		line[strcspn(line, " \n")] = '\0';
		snprintf(path, sizeof path, FOLDER "/%s", line);
		if (access(path, R_OK))
			fail_msg("%s is in expected but does not exist", path);
	}
	fclose(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_file),
		cmocka_unit_test(test_every_line),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

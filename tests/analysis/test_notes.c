/*
 * Statements of the notes against verdicts: every way a finding can come about.
 */
#include <glob.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "analysis/notes.h"
#include "pipeline/spec.h"

static struct verdict verdict(const char *v, const char *confirms, const char *refutes)
{
	return (struct verdict){
		.experiment = "e", .claim = "c", .verdict = v, .metric = "wall_ns",
		.ratio = NAN, .lo = NAN, .hi = NAN, .reason = "",
		.confirms = confirms, .refutes = refutes,
	};
}

static void test_one_claim(void **state)
{
	static const struct {
		const char *verdict, *confirms, *refutes;
		enum finding found;
	} cases[] = {
		{ "HOLDS", "C03", "", FOUND_CONFIRMED },
		{ "HOLDS", "", "C03", FOUND_REFUTED },
		{ "FAILS", "C03", "", FOUND_REFUTED },
		{ "FAILS", "", "C03", FOUND_CONFIRMED },
		{ "UNCLEAR", "C03", "", FOUND_UNCLEAR },
		{ "UNCLEAR", "", "C03", FOUND_UNCLEAR },
		{ "SKIPPED", "C03", "", FOUND_NOTHING },
		{ "HOLDS", "C01 C03 C04", "", FOUND_CONFIRMED },
		{ "HOLDS", "C034 C30 C0", "C", FOUND_NOTHING },
		{ "HOLDS", NULL, NULL, FOUND_NOTHING },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct verdict v = verdict(cases[i].verdict, cases[i].confirms, cases[i].refutes);

		assert_int_equal(note_judge("C03", &v, 1), cases[i].found);
	}
}

/* What is decided outweighs what is not; what contradicts itself depends. */
static void test_several(void **state)
{
	struct verdict v[] = {
		verdict("UNCLEAR", "C03", ""),
		verdict("SKIPPED", "", "C03"),
		verdict("HOLDS", "C03", ""),
		verdict("HOLDS", "", "C03"),
	};

	(void)state;
	assert_int_equal(note_judge("C03", v, 2), FOUND_UNCLEAR);
	assert_int_equal(note_judge("C03", v, 3), FOUND_CONFIRMED);
	assert_int_equal(note_judge("C03", v, 4), FOUND_DEPENDS);
	assert_int_equal(note_judge("C03", v + 3, 1), FOUND_REFUTED);
	assert_int_equal(note_judge("C03", NULL, 0), FOUND_NOTHING);
}

/* The list that comes with the suite: C01 .. C39 without a gap, and what is
 * said where. */
static void test_list(void **state)
{
	struct arena a = { 0 };
	size_t n;
	struct note *t = table_load("experiments/notes.csv", note_columns, sizeof *t, &n, &a);

	(void)state;
	assert_non_null(t);
	assert_true(n >= 39);
	for (size_t i = 0; i < n; i++) {
		if (i < 39)
			assert_string_equal(t[i].note, arena_printf(&a, "C%02zu", i + 1));
		assert_true(*t[i].says && *t[i].where);
	}
	arena_release(&a);
}

/* The claims of all experiments, each as a verdict that holds. */
static struct verdict *claimed(size_t *n, struct arena *a)
{
	struct verdict *v = NULL;
	glob_t g;

	*n = 0;
	assert_int_equal(glob("experiments/*.yaml", 0, NULL, &g), 0);
	assert_int_equal(glob("experiments/*/*.yaml", GLOB_APPEND, NULL, &g), 0);
	for (size_t i = 0; i < g.gl_pathc; i++) {
		struct spec s;

		assert_int_equal(spec_read(&s, g.gl_pathv[i], 2, a), 0);
		v = realloc(v, (*n + s.claims + 1) * sizeof *v);
		assert_non_null(v);
		for (size_t k = 0; k < s.claims; k++)
			v[(*n)++] = verdict("HOLDS", s.claim[k].confirms, s.claim[k].refutes);
	}
	globfree(&g);
	return v;
}

static bool is_listed(const struct note *t, size_t n, const char *note)
{
	while (n--)
		if (!strcmp(t++->note, note))
			return true;
	return false;
}

static void all_listed(const struct note *t, size_t n, const char *notes, struct arena *a)
{
	char *rest = arena_strdup(a, notes), *note;

	while ((note = strsep(&rest, " ")))
		if (*note && !is_listed(t, n, note))
			fail_msg("%s is not in experiments/notes.csv", note);
}

static void check_found(const struct note *t, enum finding f)
{
	if ((f == FOUND_NOTHING) != !!*t->untestable)
		fail_msg("%s: a claim or a reason, one of the two", t->note);
	if (f == FOUND_DEPENDS && !*t->depends)
		fail_msg("%s: claims on both sides, and nothing that it depends on", t->note);
}

/* What experiments name is in the list; and of what is in the list, each either
 * has a claim of an experiment that bears on it, or a reason why it cannot; on
 * what it depends is said where claims bear on both sides. */
static void test_covered(void **state)
{
	struct arena a = { 0 };
	size_t n, claims;
	struct note *t = table_load("experiments/notes.csv", note_columns, sizeof *t, &n, &a);
	struct verdict *v = claimed(&claims, &a);

	(void)state;
	assert_non_null(t);
	assert_true(is_listed(t, n, "C126"));
	for (size_t i = 0; i < claims; i++) {
		all_listed(t, n, v[i].confirms, &a);
		all_listed(t, n, v[i].refutes, &a);
	}
	for (size_t i = 0; i < n; i++)
		check_found(&t[i], note_judge(t[i].note, v, claims));
	free(v);
	arena_release(&a);
}

static void test_print(void **state)
{
	static const char *const nowhere = "/nonexistent";
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	(void)state;
	assert_int_equal(notes_print("experiments/notes.csv", NULL, 0, f), 0);
	fclose(f);
	assert_non_null(strstr(text, "C03   not measured  the GIL prevented"));
	assert_non_null(strstr(text, "C30   no claim      concurrent and parallel programming "
			       "(004:340): a heading; "));
	free(text);
	assert_int_equal(notes_print("experiments/notes.csv", &nowhere, 1, stderr), -1);
}

/* Each statement has a line, and is counted once; on what it depends is said of one
 * that does. */
static void test_counts(void **state)
{
	char list[] = "/tmp/test_notes.XXXXXX", *text = NULL;
	FILE *f = fdopen(mkstemp(list), "w");
	size_t size;
	int rc;

	(void)state;
	assert_non_null(f);
	fputs("note,says,where,depends,untestable\nC1,one,f:1,the load,\n"
	      "C2,two,f:2,,a heading\nC3,three,f:3,,\n", f);
	fclose(f);
	f = open_memstream(&text, &size);
	rc = notes_print(list, NULL, 0, f);
	fclose(f);
	assert_int_equal(unlink(list), 0);
	assert_int_equal(rc, 0);
	assert_string_equal(text, "C1    not measured  one (f:1)\n"
			    "C2    no claim      two (f:2): a heading\n"
			    "C3    not measured  three (f:3)\n3 statements: 0 depends, 0 refuted, "
			    "0 confirmed, 0 unclear, 2 not measured, 1 not testable\n");
	free(text);
}

static void put_verdict(const char *dir, const struct verdict *v)
{
	char path[160];
	FILE *f;

	assert_non_null(dir);
	snprintf(path, sizeof path, "%s/verdicts.csv", dir);
	f = fopen(path, "w");
	assert_non_null(f);
	table_header(f, verdict_columns);
	table_row(f, verdict_columns, v);
	assert_int_equal(fclose(f), 0);
}

static void remove_verdict(const char *dir)
{
	char path[160];

	snprintf(path, sizeof path, "%s/verdicts.csv", dir);
	assert_int_equal(unlink(path) | rmdir(dir), 0);
}

/* The verdicts of all folders are one body of evidence. */
static void test_folders(void **state)
{
	static const char *const expected[] = {
		"C03   depends       the GIL prevented",
		"       HOLDS   for:     e/yes  wall_ns 1.500 [1.250, 2.000], n=9\n",
		"       HOLDS   against: e/no  too few\n",
		" statements: 1 depends, 0 refuted, 1 confirmed, 1 unclear, ",
	};
	char folder[3][40] = { "/tmp/test_notes.XXXXXX", "/tmp/test_notes.XXXXXX",
			       "/tmp/test_notes.XXXXXX" };
	const char *const dir[] = { folder[0], folder[1], folder[2] };
	struct verdict v[] = { verdict("HOLDS", "C03 C04", ""), verdict("UNCLEAR", "", "C05"),
			       verdict("HOLDS", "", "C03") };
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	int rc;

	(void)state;
	v[0].claim = "yes";
	v[0].ratio = 1.5, v[0].lo = 1.25, v[0].hi = 2, v[0].n = 9;
	v[2].claim = "no";
	v[2].reason = "too few";
	for (int i = 0; i < 3; i++)
		put_verdict(mkdtemp(folder[i]), &v[i]);
	rc = notes_print("experiments/notes.csv", dir, 3, f);
	fclose(f);
	for (int i = 0; i < 3; i++)
		remove_verdict(folder[i]);
	assert_int_equal(rc, 0);
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
		if (!strstr(text, expected[i]))
			fail_msg("'%s' is not in\n%s", expected[i], text);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_claim),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_covered),
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_folders),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * A tree is what was written, each part with its place; bytes that are no such
 * file are refused, or read as some other file, and do no harm.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/capture.h"
#include "pipeline/node.h"
#include "pipeline/specfile.h"

static const char whole[] =
	"# A comment.\n"
	"title: 'Everything: quoted'\n"
	"list:\n"
	"  - one\n"
	"  - {key: value, other: [a, b]}\n"
	"folded: >-\n"
	"  two\n"
	"  lines\n"
	"\xc3\xa9: \"\\u20ac\"\n";

struct fixture {
	struct specfile file;
	struct arena arena;
	char said[512];		/* on the way */
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

static const struct node *try_path(struct fixture *f, const char *path)
{
	struct capture c = capture_start();
	const struct node *n = node_read(path, &f->arena);

	capture_stop(&c, f->said, sizeof f->said);
	return n;
}

static const struct node *try_read(struct fixture *f, const char *text, size_t n)
{
	assert_int_equal(specfile_write(&f->file, text, n), 0);
	return try_path(f, f->file.path);
}

static void test_tree(void **state)
{
	struct fixture *f = *state;
	const struct node *root = try_read(f, whole, strlen(whole)), *n;

	assert_non_null(root);
	assert_int_equal(root->kind, NODE_MAP);
	assert_int_equal(root->n, 4);
	assert_string_equal(node_get(root, "title")->text, "Everything: quoted");
	assert_string_equal(node_get(root, "folded")->text, "two lines");
	assert_string_equal(node_get(root, "\xc3\xa9")->text, "\xe2\x82\xac");
	assert_null(node_get(root, "none"));
	n = node_get(root, "list");
	assert_int_equal(n->kind, NODE_LIST);
	assert_int_equal(n->n, 2);
	assert_string_equal(n->child->text, "one");
	assert_null(n->child->key);
	n = node_get(n->child->next, "other");
	assert_string_equal(n->key->text, "other");
	assert_string_equal(n->child->next->text, "b");
	assert_int_equal(n->child->next->line, 5);
	assert_int_equal(n->child->next->column, 29);
	assert_null(n->child->next->next);
}

static void test_fail(void **state)
{
	struct fixture *f = *state;
	const struct node *root = try_read(f, whole, strlen(whole));
	struct capture c = capture_start();
	int rc = node_fail(node_get(root, "list")->child, "%s!", "no");
	char want[128];

	capture_stop(&c, f->said, sizeof f->said);
	snprintf(want, sizeof want, "samework: %s:4:5: no!\n", f->file.path);
	assert_int_equal(rc, -1);
	assert_string_equal(f->said, want);
}

static void test_files(void **state)
{
	static const struct {
		const char *path, *said;
	} cases[] = {
		{ "/tmp", "samework: /tmp: Is a directory\n" },
		{ "/dev/zero", "samework: /dev/zero: larger than 1048576 bytes\n" },
		{ "/dev/null", "samework: /dev/null: the file is empty\n" },
		{ "/nonexistent", "samework: /nonexistent: No such file or directory\n" },
	};
	static char big[NODE_FILE_MAX + 1];
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_null(try_path(f, cases[i].path));
		assert_string_equal(f->said, cases[i].said);
	}
	memset(big, '#', sizeof big);
	assert_null(try_read(f, big, sizeof big));
	assert_non_null(strstr(f->said, "larger than"));
}

/* A file cut anywhere, or with any one byte changed, is read or refused, and
 * where it is refused one line says so. */
static void test_damage(void **state)
{
	static const char bytes[] = "\0\n\t :-[]{}&*!|>'\"%@`,#?\x80\xff";
	struct fixture *f = *state;
	char text[sizeof whole];

	for (size_t i = 0; i < strlen(whole); i++) {
		const struct node *cut = try_read(f, whole, i), *changed;

		assert_true(!cut == (strchr(f->said, '\n') != NULL));
		memcpy(text, whole, sizeof whole);
		text[i] = bytes[i % (sizeof bytes - 1)];
		changed = try_read(f, text, strlen(whole));
		assert_true(!changed == (strchr(f->said, '\n') != NULL));
		arena_release(&f->arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_tree, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fail, setup, teardown),
		cmocka_unit_test_setup_teardown(test_files, setup, teardown),
		cmocka_unit_test_setup_teardown(test_damage, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Arenas keep everything until they are released; shared memory is the same
 * bytes in a child. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <stdalign.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"

enum { PIECES = 200 };

static int all_zero(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i])
			return 0;
	return 1;
}

/* Zeroed, aligned, and no piece moves or overlaps another. */
static void pieces_are_apart(void **state)
{
	struct arena a = { 0 };
	unsigned char *piece[PIECES];

	(void)state;
	for (size_t i = 0; i < PIECES; i++) {
		piece[i] = arena_alloc(&a, i);
		assert_int_equal((uintptr_t)piece[i] % alignof(max_align_t), 0);
		assert_true(all_zero(piece[i], i));
		memset(piece[i], (int)i, i);
	}
	for (size_t i = 0; i < PIECES; i++)
		for (size_t k = 0; k < i; k++)
			assert_int_equal(piece[i][k], i);
	arena_release(&a);
}

static void strings_are_copied(void **state)
{
	struct arena a = { 0 };
	char text[] = "text", *copy = arena_strdup(&a, text);

	(void)state;
	text[0] = 'n';
	assert_string_equal(copy, "text");
	assert_string_equal(arena_strdup(&a, ""), "");
	assert_string_equal(arena_printf(&a, "%s %d", copy, 7), "text 7");
	assert_int_equal(strlen(arena_printf(&a, "%05000d", 1)), 5000);
	arena_release(&a);
}

static void released_it_can_be_used_again(void **state)
{
	struct arena a = { 0 };

	(void)state;
	arena_release(&a);
	assert_non_null(arena_alloc(&a, 1));
	arena_release(&a);
	assert_null(a.head);
	arena_release(&a);
	assert_non_null(arena_alloc(&a, 1));
	arena_release(&a);
}

static void shared_memory_is_whole_pages_of_zero(void **state)
{
	static const size_t bytes[] = { 0, 1, 4096, 4097, 1 << 20 };

	(void)state;
	for (size_t i = 0; i < sizeof bytes / sizeof *bytes; i++) {
		unsigned char *p = shared_map(bytes[i]);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % (uintptr_t)sysconf(_SC_PAGESIZE), 0);
		assert_true(all_zero(p, bytes[i] ? bytes[i] : 1));
		p[0] = 1;	/* also where none were asked for */
		shared_unmap(p, bytes[i]);
	}
	shared_unmap(NULL, 4096);
}

static void a_child_writes_to_the_same_bytes(void **state)
{
	int *p = shared_map(sizeof *p), status;
	pid_t pid = fork();

	(void)state;
	if (!pid) {
		*p = 42;
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(*p, 42);
	shared_unmap(p, sizeof *p);
}

static void too_much_is_refused_with_a_reason(void **state)
{
	(void)state;
	errno = 0;
	assert_null(shared_map(SIZE_MAX / 2));
	assert_int_equal(errno, ENOMEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_apart),
		cmocka_unit_test(strings_are_copied),
		cmocka_unit_test(released_it_can_be_used_again),
		cmocka_unit_test(shared_memory_is_whole_pages_of_zero),
		cmocka_unit_test(a_child_writes_to_the_same_bytes),
		cmocka_unit_test(too_much_is_refused_with_a_reason),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

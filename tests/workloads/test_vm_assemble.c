/* The assembler: what good text becomes, and what each bad one is told. */
#include <stdio.h>

#include "workloads/drive.h"
#include "workloads/vm.h"

#define MAIN "function main x\n"

static void text_becomes_bytecode(void **state)
{
	static const char text[] =
		"; a comment\n"
		"field a b\n"
		"method grow f\n"
		"\n"
		"function main x	; with one argument\n"
		"	local y\n"
		"again:\n"
		"	load x\n"
		"	const 300\n"
		"	less\n"
		"	unless end\n"
		"	const -1\n"
		"	while again\n"
		"end:\n"
		"	const 300\n"
		"	store y\n"
		"	new\n"
		"	load y\n"
		"	invoke grow\n"
		"	call g\n"
		"	return\n"
		"function f self n\n"
		"	load self\n"
		"	get b\n"
		"	return\n"
		"function g n\n"
		"	load n\n"
		"	return";
	static const struct vm_insn want[] = {
		{ VM_load, 0 }, { VM_const, 0 }, { VM_less, 0 }, { VM_unless, 6 },
		{ VM_const, 1 }, { VM_while, 0 }, { VM_const, 0 }, { VM_store, 1 },
		{ VM_new, 0 }, { VM_load, 1 }, { VM_invoke, 3 }, { VM_call, 2 },
		{ VM_return, 0 }, { VM_load, 0 }, { VM_get, 2 }, { VM_return, 0 },
		{ VM_load, 0 }, { VM_return, 0 },
	};
	struct vm_program p;
	char why[128] = "";

	(void)state;
	if (vm_assemble(&p, text, why, sizeof why) < 0)
		fail_msg("%s", why);
	assert_int_equal(p.ncode, sizeof want / sizeof *want);
	assert_memory_equal(p.code, want, sizeof want);
	assert_int_equal(p.nconstants, 2);
	assert_int_equal(p.constant[0], 300);
	assert_int_equal(p.constant[1], -1);
	assert_int_equal(p.nfunctions, 3);
	assert_memory_equal(&p.function[0], &((struct vm_function){ 0, 1, 2, 2 }), 4);
	assert_memory_equal(&p.function[1], &((struct vm_function){ 13, 2, 2, 1 }), 4);
	assert_memory_equal(&p.function[2], &((struct vm_function){ 16, 1, 1, 1 }), 4);
	assert_int_equal(p.nfields, 2);
}

static const struct {
	const char *text, *why;
} bad[] = {
	{ "", "there is no code" },
	{ MAIN, "there is no code" },
	{ MAIN "lod x\n", "line 2: no instruction 'lod'" },
	{ MAIN "load\n", "line 2: 'load' wants one operand" },
	{ MAIN "load x x\n", "line 2: 'load' wants one operand" },
	{ MAIN "load x\nreturn x\n", "line 3: 'return' wants no operand" },
	{ MAIN "load y\n", "line 2: no local 'y'" },
	{ MAIN "const x\n", "line 2: 'x' is no number" },
	{ MAIN "const 12a\n", "line 2: '12a' is no number" },
	{ MAIN "const 0x10\n", "line 2: '0x10' is no number" },
	{ MAIN "const 9223372036854775808\n", "line 2: '9223372036854775808' is no number" },
	{ MAIN "call f\nreturn\n", "line 2: no function 'f'" },
	{ MAIN "load x\nget f\nreturn\n", "line 3: no field 'f'" },
	{ "field f\n" MAIN "load x\ninvoke f\nreturn\n", "line 4: no method 'f'" },
	{ MAIN "load x\nwhile up\nreturn\n", "line 3: no label 'up'" },
	{ "load x\n", "line 1: 'load' outside of a function" },
	{ "local x\n", "line 1: local outside of a function" },
	{ "up:\n", "line 1: label 'up' outside of a function" },
	{ "function f x\n", "line 1: the first function is main, with one argument" },
	{ "function main\n", "line 1: the first function is main, with one argument" },
	{ "function\n", "line 1: function wants a name" },
	{ "field\n", "line 1: field wants names" },
	{ "method m\n", "line 1: method wants a name and a function" },
	{ MAIN "local\n", "line 2: local wants names" },
	{ MAIN "load x\nlocal y\nreturn\n", "line 3: local behind an instruction" },
	{ MAIN "local x\n", "line 2: 'x' is there already" },
	{ MAIN "l:\nl:\n", "line 3: 'l' is there already" },
	{ "field a a\n", "line 1: 'a' is there already" },
	{ "field a\nmethod a f\n", "line 2: 'a' is there already" },
	{ MAIN "load x\nreturn\n" MAIN, "line 4: 'main' is there already" },
	{ MAIN "load x\nreturn\nfield a\n",
	  "line 4: 'a' must be named before the first function" },
	{ "method m f\n" MAIN "load x\nreturn\n", "line 1: no function 'f'" },
	{ "method m f\n" MAIN "load x\nreturn\nfunction f\nconst 1\nreturn\n",
	  "line 1: 'f' takes no instance" },
	{ "function main X\n", "line 1: 'X' is no name" },
	{ "field a_name_that_is_far_too_long\n",
	  "line 1: 'a_name_that_is_far_too_long' is no name" },
	{ "field a b c d e\n", "line 1: more than 4 fields" },
	{ "field a b c d e f g h\n", "line 1: more than 8 words" },
	{ "; 3456789 123456789 123456789 123456789 123456789 123456789 123456789 1234567890\n",
	  "line 1: more than 79 characters" },
	/* found by following the stack */
	{ MAIN "load x\nreturn\nfunction f\n", "function 2 has no code" },
	{ MAIN "load x\n", "line 2: 'load' may run out of its function" },
	{ MAIN "load x\nadd\nreturn\n", "line 3: 'add' finds too little on the stack" },
	{ MAIN "load x\nload x\nreturn\n", "line 4: 'return' leaves values on the stack" },
	{ MAIN "return\n", "line 2: 'return' finds too little on the stack" },
	{ MAIN "load x\nreturn\nload x\nreturn\n", "line 4: 'load' is never reached" },
	{ MAIN "up:\nload x\nload x\nwhile up\nload x\nreturn\n",
	  "line 5: 'while' leads where the stack is not as deep" },
	{ MAIN "load x\nunless on\nload x\non:\nload x\nreturn\n",
	  "line 4: 'load' leads where the stack is not as deep" },
	{ MAIN "up:\nload x\nunless up\nload x\nreturn\n",
	  "line 4: 'unless' must lead forward" },
	{ MAIN "load x\nwhile on\non:\nload x\nreturn\n", "line 3: 'while' must lead back" },
	{ MAIN "load x\ncall f\nreturn\nfunction f a b\nload a\nreturn\n",
	  "line 3: 'call' finds too little on the stack" },
	{ "method m f\n" MAIN "new\ninvoke m\nreturn\nfunction f s a\nload a\nreturn\n",
	  "line 4: 'invoke' finds too little on the stack" },
	{ MAIN "load x\nunless on\nload x\nreturn\nfunction f\non:\nconst 1\nreturn\n",
	  "line 3: no label 'on'" },
};

static void bad_text_is_refused_with_its_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct vm_program p;
		char why[128] = "";

		if (!vm_assemble(&p, bad[i].text, why, sizeof why))
			fail_msg("accepted: %s", bad[i].text);
		if (!strstr(why, bad[i].why))
			fail_msg("'%s', not '%s'", why, bad[i].why);
	}
}

/* Text of @n times @line between @head and @tail. */
static const char *many(const char *head, unsigned n, const char *line, const char *tail)
{
	static char text[8192];
	size_t at = (size_t)snprintf(text, sizeof text, "%s", head);

	for (unsigned i = 0; i < n; i++)
		at += (size_t)snprintf(text + at, sizeof text - at, line, i);
	snprintf(text + at, sizeof text - at, "%s", tail);
	return text;
}

static void limits_are_met_and_not_passed(void **state)
{
	static const struct {
		unsigned most;
		const char *head, *line, *tail, *why;
	} cases[] = {
		{ VM_CONSTANTS, MAIN, "const %u\nstore x\n", "load x\nreturn\n",
		  "more than 16 constants" },
		{ VM_FUNCTIONS - 1, MAIN "load x\nreturn\n",
		  "function f%u\nconst 1\nreturn\n", "", "more than 4 functions" },
		{ VM_CODE / 2 - 1, MAIN, "load x\nstore x\n", "load x\nreturn\n",
		  "more than 192 instructions" },
		{ 62, MAIN, "l%u:\n", "load x\nreturn\n", "more than 64 names" },
	};
	struct vm_program p;
	char why[128];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *text = many(cases[i].head, cases[i].most, cases[i].line,
					cases[i].tail);

		assert_int_equal(vm_assemble(&p, text, why, sizeof why), 0);
		text = many(cases[i].head, cases[i].most + 1, cases[i].line, cases[i].tail);
		assert_int_equal(vm_assemble(&p, text, why, sizeof why), -1);
		if (!strstr(why, cases[i].why))
			fail_msg("'%s', not '%s'", why, cases[i].why);
	}
}

static void a_stack_may_not_be_deep(void **state)
{
	struct vm_program p;
	char why[128];

	(void)state;
	/* what it complains of is not the depth, which is just not too large */
	assert_int_equal(vm_assemble(&p, many(MAIN, 64, "load x\n", "return\n"), why,
				     sizeof why), -1);
	assert_non_null(strstr(why, "leaves values"));
	assert_int_equal(vm_assemble(&p, many(MAIN, 65, "load x\n", "return\n"), why,
				     sizeof why), -1);
	assert_non_null(strstr(why, "too much on the stack"));
}

static void a_short_message_is_cut(void **state)
{
	struct vm_program p;
	char why[8] = "";

	(void)state;
	assert_int_equal(vm_assemble(&p, MAIN "lod x\n", why, sizeof why), -1);
	assert_string_equal(why, "line 2:");
	assert_int_equal(vm_assemble(&p, MAIN "add\n", why, sizeof why), -1);
	assert_string_equal(why, "line 2:");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_becomes_bytecode),
		cmocka_unit_test(bad_text_is_refused_with_its_line),
		cmocka_unit_test(limits_are_met_and_not_passed),
		cmocka_unit_test(a_stack_may_not_be_deep),
		cmocka_unit_test(a_short_message_is_cut),
	};

	drive_watchdog();
	return cmocka_run_group_tests_name("vm_assemble", tests, NULL, NULL);
}

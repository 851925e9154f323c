/*
 * The programs, in the machine's assembly; vm_assemble.c says how it is written.
 * One run of each is VM_UNIT instructions: the loop takes most, and what is
 * around it makes up the rest.  The comment is the Python that it stands for.
 */
#include "workloads/vm.h"

/* while seed != stop: seed -= 1 */
static const char countdown[] =
	"function main seed\n"
	"	local stop\n"
	"	load seed\n"
	"	const 124\n"
	"	sub\n"
	"	store stop\n"
	"again:\n"
	"	load seed\n"
	"	const 1\n"
	"	sub\n"
	"	store seed\n"
	"	load seed\n"
	"	load stop\n"
	"	differ\n"
	"	while again\n"
	"	load seed\n"
	"	const 1\n"
	"	sub\n"
	"	return\n";

/* for i in range(71): sum += i * i */
static const char squares[] =
	"function main sum\n"
	"	local i\n"
	"	const 0\n"
	"	store i\n"
	"again:\n"
	"	load sum\n"
	"	load i\n"
	"	load i\n"
	"	mul\n"
	"	add\n"
	"	store sum\n"
	"	load i\n"
	"	const 1\n"
	"	add\n"
	"	store i\n"
	"	load i\n"
	"	const 71\n"
	"	differ\n"
	"	while again\n"
	"	load sum\n"
	"	load i\n"
	"	add\n"
	"	return\n";

/* fib(8) + fib(6) + fib(3) + fib(2) */
static const char fib[] =
	"function main seed\n"
	"	load seed\n"
	"	const 8\n"
	"	call fib\n"
	"	add\n"
	"	const 6\n"
	"	call fib\n"
	"	add\n"
	"	const 3\n"
	"	call fib\n"
	"	add\n"
	"	const 2\n"
	"	call fib\n"
	"	add\n"
	"	load seed\n"
	"	add\n"
	"	return\n"
	"function fib n\n"
	"	load n\n"
	"	const 2\n"
	"	less\n"
	"	unless large\n"
	"	load n\n"
	"	return\n"
	"large:\n"
	"	load n\n"
	"	const 1\n"
	"	sub\n"
	"	call fib\n"
	"	load n\n"
	"	const 2\n"
	"	sub\n"
	"	call fib\n"
	"	add\n"
	"	return\n";

/* n = account.add(61); while n: account.add(n); n -= 1 */
static const char method[] =
	"field total\n"
	"method add deposit\n"
	"function main seed\n"
	"	local account n\n"
	"	new\n"
	"	store account\n"
	"	load seed\n"
	"	load account\n"
	"	set total\n"
	"	load account\n"
	"	const 61\n"
	"	invoke add\n"
	"	store n\n"
	"again:\n"
	"	load account\n"
	"	load n\n"
	"	invoke add\n"
	"	const 1\n"
	"	sub\n"
	"	store n\n"
	"	load n\n"
	"	while again\n"
	"	load account\n"
	"	get total\n"
	"	load n\n"
	"	add\n"
	"	load seed\n"
	"	add\n"
	"	return\n"
	"function deposit self k\n"
	"	load self\n"
	"	get total\n"
	"	load k\n"
	"	add\n"
	"	load self\n"
	"	set total\n"
	"	load k\n"
	"	return\n";

/* while o.n: o.x += o.y; o.n -= 1 */
static const char attribute[] =
	"field x y n\n"
	"function main seed\n"
	"	local o\n"
	"	new\n"
	"	store o\n"
	"	load seed\n"
	"	load o\n"
	"	set x\n"
	"	const 3\n"
	"	load o\n"
	"	set y\n"
	"	const 61\n"
	"	load o\n"
	"	set n\n"
	"again:\n"
	"	load o\n"
	"	get x\n"
	"	load o\n"
	"	get y\n"
	"	add\n"
	"	load o\n"
	"	set x\n"
	"	load o\n"
	"	get n\n"
	"	const 1\n"
	"	sub\n"
	"	load o\n"
	"	set n\n"
	"	load o\n"
	"	get n\n"
	"	while again\n"
	"	load o\n"
	"	get x\n"
	"	load o\n"
	"	get y\n"
	"	add\n"
	"	load o\n"
	"	get n\n"
	"	add\n"
	"	load seed\n"
	"	add\n"
	"	const 3\n"
	"	sub\n"
	"	return\n";

/* `for _ in range(n): cell += 1` in four ways.  As in CPython, what the loop itself
 * does comes behind the back edge and before the body. */
#define LOOP(body)			\
	"again:\n"			\
	"	load n\n"		\
	"	const 1\n"		\
	"	sub\n"			\
	"	store n\n"		\
	body				\
	"	load n\n"		\
	"	while again\n"
#define INCREMENT			\
	"	load_cell\n"		\
	"	const 1\n"		\
	"	add\n"			\
	"	store_cell\n"
#define CALL_AND_INCREMENT		\
	"	load_cell\n"		\
	"	call one\n"		\
	"	add\n"			\
	"	store_cell\n"

static const char counter[] =
	"function main seed\n"
	"	local n\n"
	INCREMENT
	"	const 99\n"
	"	store n\n"
	LOOP(INCREMENT)
	"	load seed\n"
	"	load n\n"
	"	add\n"
	"	return\n";

/* cell += one(): another may run between the read and the write */
static const char counter_call[] =
	"function main seed\n"
	"	local n\n"
	CALL_AND_INCREMENT
	"	const 82\n"
	"	store n\n"
	LOOP(CALL_AND_INCREMENT)
	"	load seed\n"
	"	load n\n"
	"	add\n"
	"	const 0\n"
	"	add\n"
	"	const 0\n"
	"	add\n"
	"	return\n"
	"function one\n"
	"	const 1\n"
	"	return\n";

#define COUNTER(how)			\
	"function main seed\n"		\
	"	local n\n"		\
	"	const 1\n"		\
	"	" how "\n"		\
	"	const 124\n"		\
	"	store n\n"		\
	LOOP("	const 1\n	" how "\n")	\
	"	load seed\n"		\
	"	load n\n"		\
	"	add\n"			\
	"	return\n"
static const char counter_atomic[] = COUNTER("add_cell");
static const char counter_locked[] = COUNTER("lock_cell");

const struct vm_source vm_sources[] = {
	{ "countdown", countdown, 0, vm_native_countdown },
	{ "squares", squares, 0, vm_native_squares },
	{ "fib", fib, 0, vm_native_fib },
	{ "method", method, 0, vm_native_method },
	{ "attribute", attribute, 0, vm_native_attribute },
	{ "counter", counter, 100, vm_native_counter },
	{ "counter-call", counter_call, 83, vm_native_counter_call },
	{ "counter-atomic", counter_atomic, 125, vm_native_counter_atomic },
	{ "counter-locked", counter_locked, 125, vm_native_counter_locked },
	{ .name = NULL }
};

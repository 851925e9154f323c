/*
 * The parsers of HTTP, of Redis's protocol and of memcached's: what they find in
 * replies, wherever those are cut in two, and in replies spoilt at random.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

#include "workloads/parsers.h"

enum { HTTP, RESP, MEMCACHE };

/* @found: the bodies and values, each complete reply as describe() has it, and at
 * the end the one not complete. */
static const struct sample {
	int parser;
	const char *bytes, *found;
} samples[] = {
	{ HTTP, "", "[0 0 0]" },
	{ HTTP, "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 5\r\n\r\nhello",
		"hello[6 200 5][0 0 0]" },
	{ HTTP, "HTTP/1.1 200 OK\r\ncOnTeNt-LeNgTh:5 \r\n\r\nhelloHTTP/1.1 404 Not Found\r\n"
		"Content-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n",
		"hello[6 200 5][6 404 0][1 200 0]" },
	{ HTTP, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		"5\r\nhello\r\nA;x=y\r\n, world...\r\n0\r\n\r\n",
		"hello, world...[6 200 15 chunked][0 0 0]" },
	{ HTTP, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		"1\r\n\n\r\n000\r\nTrailer: a\r\nAnother: b\r\n\r\n", "\n[6 200 1 chunked][0 0 0]" },
	{ HTTP, "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\n"
		"Content-Length: \t0\t\r\n\r\n", "[6 103 0][6 200 0][0 0 0]" },
	{ HTTP, "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 304 \r\nETag: a\r\n\r\n",
		"[6 204 0][6 304 0][0 0 0]" },
	{ HTTP, "HTTP/1.1 200\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx",
		"x[6 200 1 close][0 0 0]" },
	{ HTTP, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", "hel[2 200 3]" },
	{ HTTP, "HTTP/1.1 200 OK\r\n\r\n", "<refused>[1 200 0]" },
	{ HTTP, "HTTP/1.0 200 OK\r\n", "<refused>[0 0 0]" },
	{ HTTP, "HTTP/1.1 20 OK\r\n", "<refused>[0 0 0]" },
	{ HTTP, "HTTP/1.1 2000 OK\r\n", "<refused>[0 0 0]" },
	{ HTTP, "HTTP/1.1 099 OK\r\n", "<refused>[0 0 0]" },
	{ HTTP, "HTTP/1.1 200 OK\r\nContent: 5\r\n\r\n", "<refused>[1 200 0]" },
	{ HTTP, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "[6 200 0][0 0 0]" },
	{ HTTP, "HTTP/1.1 2x0 OK\r\n", "<refused>[0 0 0]" },
	{ HTTP, "HTTP/1.1 200 OK\n", "<refused>[0 0 0]" },
	{ HTTP, "\n", "<refused>[0 0 0]" },
	{ HTTP, "HTTP/1.1 200 OK\r\nno colon\r\n", "<refused>[1 200 0]" },
	{ HTTP, "HTTP/1.1 200 OK\r\n: no name\r\n", "<refused>[1 200 0]" },
	{ HTTP, "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n", "<refused>[1 200 0]" },
	{ HTTP, "HTTP/1.1 200 OK\r\nContent-Length:\r\n", "<refused>[1 200 0]" },
	{ HTTP, "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n", "<refused>[1 200 0]" },
	{ HTTP, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n", "<refused>[1 200 0]" },
	{ HTTP, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n",
		"<refused>[1 200 0]" },
	{ HTTP, "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n", "<refused>[1 200 0]" },
	{ HTTP, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\ng\r\n",
		"<refused>[3 200 0 chunked]" },
	{ HTTP, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
		"a<refused>[3 200 1 chunked]" },

	{ RESP, "+OK\r\n", "OK[+ 0 1][open ? 0 0]" },
	{ RESP, "+\r\n-ERR no\r\n:-42\r\n", "[+ 0 1]ERR no[- 0 1]-42[: -42 1][open ? 0 0]" },
	{ RESP, "$5\r\nhello\r\n$0\r\n\r\n", "hello[$ 5 1][$ 0 1][open ? 0 0]" },
	{ RESP, "$2\r\n\r\n\r\n", "\r\n[$ 2 1][open ? 0 0]" },
	{ RESP, "$-1\r\n*-1\r\n:-1\r\n", "[$ nil -1 1][* nil -1 0]-1[: -1 1][open ? 0 0]" },
	{ RESP, "*0\r\n*3\r\n$1\r\na\r\n:2\r\n$-1\r\n", "[* 0 0]a2[* 3 3][open ? 0 0]" },
	{ RESP, "*2\r\n*2\r\n+a\r\n*0\r\n*1\r\n$1\r\nb\r\n+z\r\n", "ab[* 2 2]z[+ 0 1][open ? 0 0]" },
	{ RESP, "*2\r\n$3\r\nab", "ab[open * 2 1]" },
	{ RESP, "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n", "1[* 1 1][open ? 0 0]" },
	{ RESP, "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n", "<refused>[open * 1 0]" },
	{ RESP, "\r\n", "<refused>[open ? 0 0]" },
	{ RESP, "OK\r\n", "<refused>[open ? 0 0]" },
	{ RESP, "+OK\n", "<refused>[open ? 0 0]" },
	{ RESP, "$-2\r\n", "<refused>[open $ -2 1]" },
	{ RESP, "*-2\r\n", "<refused>[open * -2 0]" },
	{ RESP, "$\r\n", "<refused>[open ? 0 0]" },
	{ RESP, ":1x\r\n", "<refused>[open ? 0 0]" },
	{ RESP, "$9223372036854775808\r\n", "<refused>[open ? 0 0]" },
	{ RESP, "$1\r\nab\r\n", "a<refused>[open $ 1 1]" },
	{ RESP, "$1\r\na\rb", "a<refused>[open $ 1 1]" },

	{ MEMCACHE, "END\r\n", "[1 0 0][0 0 0]" },
	{ MEMCACHE, "VALUE k 0 5\r\nhello\r\nEND\r\n", "hello[1 1 5][0 0 0]" },
	{ MEMCACHE, "VALUE k 7 5 99\r\nEND\r\n\r\nVALUE l 0 0\r\n\r\nEND\r\n", "END\r\n[1 2 0][0 0 0]" },
	{ MEMCACHE, "STORED\r\nNOT_STORED\r\nVERSION 1.6\r\n12\r\n",
		"[2 0 0][3 0 0][3 0 0][3 0 0][0 0 0]" },
	{ MEMCACHE, "ERROR\r\nCLIENT_ERROR bad\r\nSERVER_ERROR out of memory\r\n",
		"[4 0 0][4 0 0][4 0 0][0 0 0]" },
	{ MEMCACHE, "VALUE k 0 1\r\na\r\nSERVER_ERROR x\r\n", "a[4 1 1][0 0 0]" },
	{ MEMCACHE, "VALUE k 0 3\r\nab", "ab[0 1 3]" },
	{ MEMCACHE, "VALUE k 0\r\n", "<refused>[0 0 0]" },
	{ MEMCACHE, "VALUE k 0 x\r\n", "<refused>[0 0 0]" },
	{ MEMCACHE, "VALUE k x 1\r\n", "<refused>[0 0 0]" },
	{ MEMCACHE, "VALUE  0 1\r\n", "<refused>[0 0 0]" },
	{ MEMCACHE, "VALUE k 0 1 x\r\n", "<refused>[0 0 1]" },
	{ MEMCACHE, "VALUE k 0 1\r\nab\r\n", "a<refused>[0 1 1]" },
	{ MEMCACHE, "VALUE k 0 1\r\naxxEND\r\n", "a<refused>[0 1 1]" },
	{ MEMCACHE, "VALUE k 0 1\r\na\r\nSTORED\r\n", "a<refused>[2 1 1]" },
	{ MEMCACHE, "\r\n", "<refused>[0 0 0]" },
};
enum { SAMPLES = sizeof samples / sizeof *samples };

static struct found found;

static void expect(const struct sample *s, size_t cut)
{
	found.text[found.n] = '\0';
	if (strcmp(found.text, s->found))
		fail_msg("sample %td cut at %zu: %s\nwanted: %s", s - samples, cut, found.text,
			 s->found);
}

static void replies_are_understood(void **state)
{
	(void)state;
	for (const struct sample *s = samples; s < samples + SAMPLES; s++) {
		parse(&parsers[s->parser], s->bytes, strlen(s->bytes), cut_never, 0, &found);
		expect(s, 0);
	}
}

static void wherever_they_are_cut(void **state)
{
	(void)state;
	for (const struct sample *s = samples; s < samples + SAMPLES; s++) {
		size_t n = strlen(s->bytes);

		for (size_t at = 1; at < n; at++) {
			parse(&parsers[s->parser], s->bytes, n, cut_at, at, &found);
			expect(s, at);
		}
		parse(&parsers[s->parser], s->bytes, n, cut_always, 0, &found);
		expect(s, n);
	}
}

static void a_line_has_an_end(void **state)
{
	static char bytes[LINE_BYTES + 3];

	(void)state;
	for (int i = 0; i < PARSERS; i++)
		for (size_t n = LINE_BYTES - 2; n <= LINE_BYTES; n++) {
			bool fits = n + 2 <= LINE_BYTES;

			memset(bytes, 'x', n);
			memcpy(bytes, i == HTTP ? "HTTP/1.1 200 " : i == RESP ? "+" : "WORD ",
			       i == HTTP ? 13 : i == RESP ? 1 : 5);
			memcpy(bytes + n, "\r\n", 2);
			parse(&parsers[i], bytes, n + 2, cut_never, 0, &found);
			assert_int_equal(!memmem(found.text, found.n, "<refused>", 9), fits);
			assert_true(pieces_agree(&parsers[i], bytes, n + 2, n));
		}
}

static void a_large_body_is_not_kept(void **state)
{
	enum { SIZE = 40000 };
	static char bytes[SIZE + 100];
	size_t head = (size_t)sprintf(bytes, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", SIZE);

	(void)state;
	for (size_t i = 0; i < SIZE; i++)
		bytes[head + i] = (char)(i * 7);
	parse(&parsers[HTTP], bytes, head + SIZE, cut_randomly, 5, &found);
	assert_true(found.n > SIZE);
	assert_memory_equal(found.text, bytes + head, SIZE);
}

/* Spoilt replies are refused or taken for others, but by the book: wherever they
 * are cut the same is found, and no byte is read that is not there. */
static void spoilt_replies_do_no_harm(void **state)
{
	enum { ROUNDS = 400 };
	char bytes[512];

	(void)state;
	for (uint64_t round = 0; round < ROUNDS; round++)
		for (size_t i = 0; i < SAMPLES; i++) {
			const struct sample *s = &samples[i];
			uint64_t seed = round * SAMPLES + i;
			size_t n = strlen(s->bytes);

			memcpy(bytes, s->bytes, n);
			n = mutate(bytes, n, sizeof bytes, seed);
			if (!pieces_agree(&parsers[s->parser], bytes, n, seed))
				fail_msg("sample %zu, seed %ju", i, (uintmax_t)seed);
		}
}

static void numbers_are_strict(void **state)
{
	static const struct {
		const char *text;
		unsigned base;
		int rc;
		uint64_t value;
	} rows[] = {
		{ "0", 10, 0, 0 }, { "007", 10, 0, 7 }, { "", 10, -1, 0 }, { "-1", 10, -1, 0 },
		{ "+1", 10, -1, 0 }, { "1 ", 10, -1, 0 }, { "a", 10, -1, 0 }, { "aF", 16, 0, 175 },
		{ "g", 16, -1, 0 }, { "9223372036854775807", 10, 0, INT64_MAX },
		{ "9223372036854775808", 10, -1, 0 }, { "7fffffffffffffff", 16, 0, INT64_MAX },
		{ "8000000000000000", 16, -1, 0 }, { "99999999999999999999999", 10, -1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		uint64_t v = 0;
		struct chars t = { rows[i].text, strlen(rows[i].text) };

		assert_int_equal(chars_number(t, rows[i].base, &v), rows[i].rc);
		if (!rows[i].rc)
			assert_true(v == rows[i].value);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replies_are_understood),
		cmocka_unit_test(wherever_they_are_cut),
		cmocka_unit_test(a_line_has_an_end),
		cmocka_unit_test(a_large_body_is_not_kept),
		cmocka_unit_test(spoilt_replies_do_no_harm),
		cmocka_unit_test(numbers_are_strict),
	};

	alarm(60);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("parse", tests, NULL, NULL);
}

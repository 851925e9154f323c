#include <stddef.h>
#include <string.h>

#include "workloads/memcache_parse.h"

void memcache_begin(struct memcache_parse *p)
{
	memset(p, 0, offsetof(struct memcache_parse, line));
	p->line.n = 0;
}

/* Behind "VALUE ": "key 0 64", and perhaps one number more. */
static int begin_value(struct memcache_parse *p, struct chars line)
{
	struct chars key = chars_cut(&line, ' '), flags = chars_cut(&line, ' ');
	struct chars bytes = chars_cut(&line, ' ');
	uint64_t ignored;

	if (!key.n || chars_number(flags, 10, &ignored) < 0 ||
	    chars_number(bytes, 10, &p->bytes) < 0 ||
	    (line.n && chars_number(line, 10, &ignored) < 0))
		return -1;
	p->values++;
	p->block = true;
	p->left = p->bytes + 2;
	return 0;
}

static int take_line(struct memcache_parse *p, struct chars line)
{
	static const struct {
		const char *word;
		enum memcache_kind kind;
	} words[] = {
		{ "END", MEMCACHE_VALUES },
		{ "STORED", MEMCACHE_STORED },
		{ "ERROR", MEMCACHE_ERROR },
		{ "CLIENT_ERROR", MEMCACHE_ERROR },
		{ "SERVER_ERROR", MEMCACHE_ERROR },
	};
	struct chars rest = line, word = chars_cut(&rest, ' ');

	if (chars_is(word, "VALUE"))
		return begin_value(p, rest);
	if (!word.n)
		return -1;
	p->kind = MEMCACHE_WORD;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (chars_is(word, words[i].word))
			p->kind = words[i].kind;
	/* only a reply to get has values, and it ends with END */
	return p->values && p->kind != MEMCACHE_VALUES && p->kind != MEMCACHE_ERROR ? -1 : 0;
}

/* Of a value's bytes, and of the CR LF behind those.  -1 when that is else. */
static ssize_t take_block(struct memcache_parse *p, const char *bytes, size_t n,
			  struct chars *value)
{
	size_t took = p->left - 2 < n ? (size_t)(p->left - 2) : n;

	if (p->left > 2) {
		*value = (struct chars){ bytes, took };
		p->left -= took;
		return (ssize_t)took;
	}
	if (*bytes != (p->left == 2 ? '\r' : '\n'))
		return -1;
	p->block = --p->left;
	return 1;
}

ssize_t memcache_take(struct memcache_parse *p, const char *bytes, size_t n,
		      struct chars *value)
{
	size_t at = 0;

	value->at = NULL;
	while (at < n && !p->kind && !value->at) {
		struct chars line = { NULL, 0 };
		ssize_t took = p->block ? take_block(p, bytes + at, n - at, value) :
					  line_take(&p->line, bytes + at, n - at, &line);

		if (took < 0 || (line.at && take_line(p, line) < 0))
			return -1;
		at += (size_t)took;
	}
	return (ssize_t)at;
}

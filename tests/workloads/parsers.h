/* parsers.h - the three parsers as pieces.h wants them. */
#ifndef TESTS_PARSERS_H
#define TESTS_PARSERS_H

#include "workloads/http_parse.h"
#include "workloads/memcache_parse.h"
#include "workloads/pieces.h"
#include "workloads/resp_parse.h"

static struct http_parse http;
static struct resp_parse resp;
static struct memcache_parse memcache;

static inline void http_start(void)
{
	http_begin(&http);
}

static inline ssize_t http_give(const char *bytes, size_t n, struct chars *piece, bool *done)
{
	ssize_t took = http_take(&http, bytes, n, piece);

	*done = took >= 0 && http.state == HTTP_DONE;
	return took;
}

static inline int http_describe(char *out, size_t n)
{
	return snprintf(out, n, "[%d %u %ju%s%s]", (int)http.state, http.status,
			(uintmax_t)http.length, http.chunked ? " chunked" : "",
			http.close ? " close" : "");
}

static inline void resp_start(void)
{
	resp_begin(&resp);
}

static inline ssize_t resp_give(const char *bytes, size_t n, struct chars *piece, bool *done)
{
	ssize_t took = resp_take(&resp, bytes, n, piece);

	*done = took >= 0 && resp.done;
	return took;
}

static inline int resp_describe(char *out, size_t n)
{
	return snprintf(out, n, "[%s%c%s %jd %ju]", resp.done ? "" : "open ",
			resp.type ? resp.type : '?', resp.nil ? " nil" : "",
			(intmax_t)resp.number, (uintmax_t)resp.leaves);
}

static inline void memcache_start(void)
{
	memcache_begin(&memcache);
}

static inline ssize_t memcache_give(const char *bytes, size_t n, struct chars *piece, bool *done)
{
	ssize_t took = memcache_take(&memcache, bytes, n, piece);

	*done = took >= 0 && memcache.kind;
	return took;
}

static inline int memcache_describe(char *out, size_t n)
{
	return snprintf(out, n, "[%d %ju %ju]", (int)memcache.kind, (uintmax_t)memcache.values,
			(uintmax_t)memcache.bytes);
}

static const struct parser parsers[] = {
	{ "http", http_start, http_give, http_describe },
	{ "resp", resp_start, resp_give, resp_describe },
	{ "memcache", memcache_start, memcache_give, memcache_describe },
};
enum { PARSERS = sizeof parsers / sizeof *parsers };

#endif

/*
 * wrk: our nginx, asked by wrk, over as many connections as there are workers, in
 * one thread, for one second.  Its rate is taken at its word.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

static const struct tool wrk = { "wrk", "wrk", .apart = false };

static double wrk_rate(const struct pass *p, const char *text)
{
	static const char mark[] = "Requests/sec:";
	const char *at = strstr(text, mark);

	if (strstr(text, "Non-2xx") || strstr(text, "Socket errors")) {
		trouble_set(p->trouble, STATUS_IO_ERROR, "wrk met errors");
		return 0;
	}
	return at ? strtod(at + sizeof mark - 1, NULL) : 0;
}

/* The number that ends at @end, in @text: "\n  129886 requests in". */
static double last_number(const char *text, const char *end)
{
	while (end > text && end[-1] >= '0' && end[-1] <= '9')
		end--;
	return strtod(end, NULL);
}

static int wrk_run(struct pass *p)
{
	char connections[16], url[96];
	const char *in;
	char *argv[] = { "wrk", "-t", "1", "-c", connections, "-d", "1s", url, NULL };
	char *text;
	double rate, share;

	snprintf(connections, sizeof connections, "%u", p->run->workers);
	snprintf(url, sizeof url, "http://127.0.0.1:%u/inline?0123456789abcdef", tool_port(p));
	/* "wrk debian/4.1.0-3+b2 [epoll] ..." */
	tool_version(p, &wrk, "-v", "wrk %*[^0-9]%15[0-9.]");
	if (tool_begin(p) < 0)
		return -1;
	text = tool_output(p, &wrk, argv, -1);
	if (!text)
		return -1;
	rate = wrk_rate(p, text);
	in = strstr(text, " requests in ");
	share = in ? (double)tool_units(p) / last_number(text, in) : 0;
	free(text);
	return tool_end(p, (double)tool_units(p) / rate * 1e9, share * tool_cpu_ns());
}

const struct strategy strategy_wrk = {
	.name = "wrk",
	.summary = "wrk, for http",
	.engine = "wrk",
	.streams = STREAMS_ONE,
	.run = wrk_run,
};

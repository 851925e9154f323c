/*
 * redis-benchmark: our Redis, asked by redis-benchmark, over as many connections as
 * there are workers, for as many commands as the pass has.  The keys that it picks
 * at random are those that are there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

static const struct tool redis_benchmark = { "redis-benchmark", "redis-tools", .apart = false };

/* In "GET","91185.41",...: commands a second. */
static double redis_rate(const char *text, const char *command)
{
	char mark[16];
	const char *at;

	snprintf(mark, sizeof mark, "\"%s\",\"", command);
	at = strstr(text, mark);
	return at ? strtod(at + strlen(mark), NULL) : 0;
}

static int redis_benchmark_run(struct pass *p)
{
	bool set = tool_param(p, "op");
	char port[16], c[16], n[24], r[24], depth[16], bytes[16];
	char *argv[] = { "redis-benchmark", "-p", port, "-c", c, "-n", n, "-r", r, "-P", depth,
			 "-d", bytes, "-t", set ? "set" : "get", "--csv", NULL };
	char *text;
	double rate;

	snprintf(port, sizeof port, "%u", tool_port(p));
	snprintf(c, sizeof c, "%u", p->run->workers);
	snprintf(n, sizeof n, "%ju", (uintmax_t)tool_units(p));
	snprintf(r, sizeof r, "%ju", (uintmax_t)tool_param(p, "keys"));
	snprintf(depth, sizeof depth, "%ju", (uintmax_t)tool_param(p, "pipeline"));
	snprintf(bytes, sizeof bytes, "%ju", (uintmax_t)tool_param(p, "bytes"));
	tool_version(p, &redis_benchmark, "--version", "redis-benchmark %15[0-9.]");
	if (tool_begin(p) < 0)
		return -1;
	text = tool_output(p, &redis_benchmark, argv, -1);
	if (!text)
		return -1;
	rate = redis_rate(text, set ? "SET" : "GET");
	free(text);
	return tool_end(p, (double)tool_units(p) / rate * 1e9, tool_cpu_ns());
}

const struct strategy strategy_redis_benchmark = {
	.name = "redis-benchmark",
	.summary = "redis-benchmark, for redis",
	.engine = "redis-benchmark",
	.streams = STREAMS_ONE,
	.run = redis_benchmark_run,
};

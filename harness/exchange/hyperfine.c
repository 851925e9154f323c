/*
 * hyperfine.c - the JSON of `hyperfine --export-json`, for the scripts that
 * read it.  Seconds; mean and deviation over trials.
 */
#include <inttypes.h>
#include <math.h>

#include "base/stats.h"
#include "exchange/export.h"

static double mean(const double *x, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += x[i];
	return sum / (double)n;
}

/* With n - 1, as there; null for a single one. */
static json_t *deviation(const double *x, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (x[i] - mean(x, n)) * (x[i] - mean(x, n));
	return n < 2 ? json_null() : json_real(sqrt(sum / (double)(n - 1)));
}

static json_t *parameters(const struct trial *t, struct arena *a)
{
	json_t *o = json_pack("{ss ss ss ss}", "experiment", t->experiment,
			      "strategy", t->strategy, "placement", t->placement,
			      "workers", arena_printf(a, "%" PRIu64, t->workers));

	export_text(o, "workload", t->workload);
	export_text(o, "params", t->params);
	export_text(o, "options", t->options);
	return o;
}

/* Mean CPU time in the kernel if @sys, else outside, in seconds. */
static double mean_cpu(const struct shots *s, int sys)
{
	double sum = 0;

	for (size_t i = 0; i < s->n; i++)
		sum += sys ? s->shot[i].sys_ns : s->shot[i].user_ns;
	return sum / (double)s->n / 1e9;
}

static json_t *outcome(const struct shots *s, struct arena *a)
{
	double *x = arena_alloc(a, s->n * sizeof *x);
	json_t *times = json_array(), *codes = json_array();

	for (size_t i = 0; i < s->n; i++) {
		x[i] = s->shot[i].wall_ns / 1e9;
		json_array_append_new(times, json_real(x[i]));
		json_array_append_new(codes, json_integer(0));	/* or it would not count */
	}
	return json_pack("{ss sf so sf sf sf sf sf so so so}",
		"command", export_name(s->arm, "", a), "mean", mean(x, s->n),
		"stddev", deviation(x, s->n), "median", stats_median(x, s->n),
		"user", mean_cpu(s, 0), "system", mean_cpu(s, 1),
		"min", stats_quantile(x, s->n, 0), "max", stats_quantile(x, s->n, 1),
		"times", times, "exit_codes", codes,
		"parameters", parameters(s->arm->trial, a));
}

static int write_hyperfine(const struct result *r, const struct shots *s, size_t n,
			   FILE *out, struct arena *a)
{
	json_t *all = json_array();

	(void)r;
	for (size_t i = 0; i < n; i++)
		json_array_append_new(all, outcome(&s[i], a));
	return export_json(json_pack("{so}", "results", all), out);
}

const struct format format_hyperfine = {
	.name = "hyperfine",
	.lacks = "the single passes, latencies, start-up times and the machine",
	.least = 1,
	.write = write_hyperfine,
};

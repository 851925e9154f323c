/*
 * pyperf.c - the JSON that pyperf reads: `show`, `stats`, `check`, `compare_to`.
 * A trial is a run of one value: compare_to takes all values for independent,
 * and unequal numbers of them for a significant difference.
 */
#include "base/num.h"
#include "exchange/export.h"

static json_t *suite(const struct result *r)
{
	static const char *const same[] = {
		"run_id", "started", "commit", "build", "compiler", "cflags", "profile", NULL
	};
	json_t *o = json_pack("{ss}", "unit", "second");
	uint64_t cpus;

	for (const char *const *k = same; *k; k++)
		export_text(o, *k, condition_find(r, *k));
	export_text(o, "hostname", condition_find(r, "host"));
	export_text(o, "platform", condition_find(r, "kernel"));
	export_text(o, "cpu_model_name", condition_find(r, "cpu_model"));
	if (!num_parse(condition_find(r, "pus"), &cpus) && cpus)
		json_object_set_new(o, "cpu_count", json_integer((json_int_t)cpus));
	return o;
}

static json_t *describe(const struct arm *c, struct arena *a)
{
	const struct trial *t = c->trial;
	json_t *o = json_pack("{ss si ss sI ss}", "name", export_name(c, "", a), "loops", 1,
			      "strategy", t->strategy, "workers", (json_int_t)t->workers,
			      "placement", t->placement);

	export_text(o, "workload", t->workload);
	export_text(o, "params", t->params);
	export_text(o, "options", t->options);
	return o;
}

static json_t *run(const struct shots *s, const struct shot *t)
{
	double rss = shot_value(s, t, "max_rss_bytes");
	json_t *o = json_pack("{s[f] s{sI}}", "values", t->wall_ns / 1e9,
			      "metadata", "block", (json_int_t)t->block);

	if (rss >= 1)
		json_object_set_new(json_object_get(o, "metadata"), "mem_max_rss",
				    json_integer((json_int_t)rss));
	return o;
}

static json_t *benchmark(const struct shots *s, struct arena *a)
{
	json_t *runs = json_array();

	for (size_t i = 0; i < s->n; i++)
		json_array_append_new(runs, run(s, &s->shot[i]));
	return json_pack("{so so}", "metadata", describe(s->arm, a), "runs", runs);
}

static int write_pyperf(const struct result *r, const struct shots *s, size_t n, FILE *out,
			struct arena *a)
{
	json_t *all = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(all, benchmark(&s[i], a));
	return export_json(json_pack("{ss so so}", "version", "1.0", "metadata", suite(r),
				     "benchmarks", all), out);
}

const struct format format_pyperf = {
	.name = "pyperf",
	.lacks = "the single passes, latencies, CPU and start-up times",
	.least = 2,	/* of one value pyperf has no deviation */
	.write = write_pyperf,
};

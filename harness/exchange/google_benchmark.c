/*
 * google_benchmark.c - the JSON that Google Benchmark writes and compare.py
 * reads.  A trial is a repetition of one iteration; equal names are what its U
 * test takes for one sample.  `compare.py filters` compares strategies.
 */
#include <string.h>

#include "base/num.h"
#include "exchange/export.h"

/* Numbers of a trial that become user counters, under which names. */
static const struct {
	const char *counter, *metric;
} counters[] = {
	{ "items_per_second", "units_per_s" },
	{ "spawn_ns", "spawn_ns" }, { "join_ns", "join_ns" },
	{ "p50_ns", "p50_ns" }, { "p90_ns", "p90_ns" }, { "p99_ns", "p99_ns" },
	{ "max_ns", "max_ns" }, { "max_rss_bytes", "max_rss_bytes" },
};

/* Conditions that have another name there, or none. */
static const struct {
	const char *key, *condition;
} texts[] = {
	{ "date", "started" }, { "host_name", "host" },
	{ "run_id", "run_id" }, { "commit", "commit" }, { "build", "build" },
	{ "compiler", "compiler" }, { "cflags", "cflags" }, { "profile", "profile" },
	{ "cpu_model", "cpu_model" }, { "kernel", "kernel" },
};

static json_t *context(const struct result *r)
{
	json_t *o = json_pack("{ss si}", "executable", "samework", "json_schema_version", 1);
	const char *aslr = condition_find(r, "aslr");
	uint64_t cpus;

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		export_text(o, texts[i].key, condition_find(r, texts[i].condition));
	if (!num_parse(condition_find(r, "pus"), &cpus))
		json_object_set_new(o, "num_cpus", json_integer((json_int_t)cpus));
	if (*aslr)
		json_object_set_new(o, "aslr_enabled", json_boolean(strcmp(aslr, "0")));
	return o;
}

static json_t *repetition(const struct shots *s, size_t i, size_t family, const char *name)
{
	const struct shot *t = &s->shot[i];
	json_t *o = json_pack("{ss sI si ss ss sI sI sI si sf sf ss sI}",
		"name", name, "family_index", (json_int_t)family,
		"per_family_instance_index", 0, "run_name", name, "run_type", "iteration",
		"repetitions", (json_int_t)s->n, "repetition_index", (json_int_t)i,
		"threads", (json_int_t)s->arm->trial->workers, "iterations", 1,
		"real_time", t->wall_ns, "cpu_time", t->user_ns + t->sys_ns,
		"time_unit", "ns", "block", (json_int_t)t->block);

	for (size_t k = 0; k < sizeof counters / sizeof *counters; k++)
		export_number(o, counters[k].counter, shot_value(s, t, counters[k].metric));
	export_text(o, "label", s->arm->trial->params);
	return o;
}

static int write_google_benchmark(const struct result *r, const struct shots *s, size_t n,
				  FILE *out, struct arena *a)
{
	json_t *all = json_array();

	for (size_t i = 0; i < n; i++) {
		const char *name = export_name(s[i].arm, "workers:", a);

		for (size_t k = 0; k < s[i].n; k++)
			json_array_append_new(all, repetition(&s[i], k, i, name));
	}
	return export_json(json_pack("{so so}", "context", context(r), "benchmarks", all), out);
}

const struct format format_google_benchmark = {
	.name = "google-benchmark",
	.lacks = "the single passes",
	.least = 1,
	.write = write_google_benchmark,
};

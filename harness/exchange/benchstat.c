/*
 * benchstat.c - the Go benchmark format, one line per trial:
 * `benchstat -col /strategy`, or two files for two runs.
 *
 * Each key: value line that differs between two files would put them into
 * separate tables, so only the machine is told that way; the rest is comment.
 */
#include <math.h>
#include <string.h>

#include "exchange/export.h"

static const char *const parts[] = { "workload", "strategy", "placement", "workers" };

static const char *bench_name(const struct arm *c, struct arena *a)
{
	const char *name = arena_printf(a, "BenchmarkSamework/experiment=%s",
					c->trial->experiment);
	char *rest = arena_strdup(a, c->trial->cell), *part;

	for (size_t i = 0; i < 4 && (part = strsep(&rest, "/")); i++)
		name = arena_printf(a, "%s/%s=%s", name, parts[i], part);
	return name;
}

static void print_trial(const struct shots *s, const struct shot *t, const char *name,
			FILE *out)
{
	double rate = shot_value(s, t, "units_per_s");

	fprintf(out, "%s 1 %.15g ns/op %.15g cpu-ns/op", name, t->wall_ns,
		t->user_ns + t->sys_ns);
	if (isfinite(rate))
		fprintf(out, " %.15g units/s", rate);
	fputc('\n', out);
}

static int write_benchstat(const struct result *r, const struct shots *s, size_t n,
			   FILE *out, struct arena *a)
{
	static const char *const told[] = { "run_id", "commit", "build", "profile", NULL };

	fputs("# samework", out);
	for (const char *const *k = told; *k; k++)
		fprintf(out, " %s=%s", *k, condition_find(r, *k));
	fprintf(out, "\ncpu: %s\ncores: %s\n", condition_find(r, "cpu_model"),
		condition_find(r, "cores"));
	fputs("Unit units/s better=higher\n", out);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < s[i].n; k++)
			print_trial(&s[i], &s[i].shot[k], bench_name(s[i].arm, a), out);
	return 0;
}

const struct format format_benchstat = {
	.name = "benchstat",
	.lacks = "the single passes, latencies, memory and start-up times",
	.least = 1,
	.write = write_benchstat,
};

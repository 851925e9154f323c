#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xxhash.h>

#include "base/err.h"
#include "machine/cpus.h"
#include "machine/machine.h"
#include "machine/wake.h"
#include "pipeline/manifest.h"

#ifndef COMMIT
#define COMMIT "unknown"
#endif
#ifndef CFLAGS_USED
#define CFLAGS_USED ""
#endif
#define VERSION "0.1.0"

enum { FACTS_MAX = 96 };

const char *manifest_version(void)
{
	return VERSION;
}

void manifest_print(FILE *out)
{
	fprintf(out, "samework %s (%s), Apache-2.0\n", VERSION, COMMIT);
	fprintf(out, "compiler %s, flags %s\n", __VERSION__, CFLAGS_USED);
	fprintf(out, "with hwloc, libyaml, jansson %s, xxhash %d.%d.%d, OpenMP\n",
		JANSSON_VERSION, XXH_VERSION_MAJOR, XXH_VERSION_MINOR, XXH_VERSION_RELEASE);
}

uint64_t manifest_build(void)
{
	static uint64_t build;
	XXH64_state_t *state;
	char buf[65536];
	FILE *f;
	size_t n;

	if (build)
		return build;
	f = fopen("/proc/self/exe", "re");
	state = XXH64_createState();
	if (f && state) {
		XXH64_reset(state, 0);
		while ((n = fread(buf, 1, sizeof buf, f)))
			XXH64_update(state, buf, n);
		build = XXH64_digest(state);
	}
	XXH64_freeState(state);
	if (f)
		fclose(f);
	return build;
}

static json_t *hex(uint64_t v)
{
	return json_sprintf("%016" PRIx64, v);
}

static json_t *utc_now(void)
{
	time_t now = time(NULL);
	char text[32];
	struct tm tm;

	strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &tm));
	return json_string(text);
}

static json_t *facts(void)
{
	static struct fact f[FACTS_MAX];
	size_t n = machine_facts(f, FACTS_MAX);
	json_t *o = json_object();

	for (size_t i = 0; i < n; i++)
		json_object_set_new(o, f[i].name, json_string(f[i].value));
	return o;
}

/* What a wake-up costs says how to read all that waits, see doctor. */
static void add_wake(json_t *o)
{
	int first, last;

	cpus_ends(&first, &last);
	json_object_set_new(o, "wake_same_ns",
			    json_integer((json_int_t)wake_round_trip_ns(first, first)));
	if (first != last)
		json_object_set_new(o, "wake_cross_ns",
				    json_integer((json_int_t)wake_round_trip_ns(first, last)));
}

static int save(const char *dir, json_t *o)
{
	char path[DIR_MAX + 16];
	FILE *f;
	int rc;

	snprintf(path, sizeof path, "%s/manifest.json", dir);
	f = table_create(path);
	if (!f)
		return -1;
	rc = json_dumpf(o, f, JSON_INDENT(2) | JSON_ENSURE_ASCII);
	fputc('\n', f);
	if (table_commit(f, path) < 0)
		return -1;
	return rc < 0 ? fail("%s: cannot be written", path) : 0;
}

static json_t *load(const char *dir)
{
	char path[DIR_MAX + 16];
	json_error_t err;
	json_t *o;

	snprintf(path, sizeof path, "%s/manifest.json", dir);
	o = json_load_file(path, 0, &err);
	if (!o)
		fail("%s:%d:%d: %s", path, err.line, err.column, err.text);
	return o;
}

static json_t *paths(const struct request *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->paths; i++)
		json_array_append_new(list, json_string(r->path[i]));
	return list;
}

int manifest_write(const char *dir, const char *run_id, const struct request *r,
		   const struct topology *t)
{
	char host[17];
	json_t *o;
	int rc;

	machine_id(host);
	o = json_pack("{ss ss ss ss so ss ss ss si sI si si si so so so}",
		      "schema", "samework-1", "run_id", run_id,
		      "version", VERSION, "commit", COMMIT, "build", hex(manifest_build()),
		      "compiler", __VERSION__, "cflags", CFLAGS_USED,
		      "profile", r->profile->name, "blocks", (int)r->profile->blocks,
		      "seed", (json_int_t)r->seed,
		      "packages", (int)topology_packages(t),
		      "cores", (int)topology_cores(t), "pus", (int)topology_pus(t),
		      "experiments", paths(r), "started", utc_now(), "facts", facts());
	if (!o)
		return fail("manifest.json: out of memory");
	json_object_set_new(o, "host", json_string(host));
	add_wake(o);
	rc = save(dir, o);
	json_decref(o);
	return rc;
}

int manifest_end(const char *dir, const uint64_t *count)
{
	json_t *o = load(dir), *trials;
	int rc;

	if (!o)
		return -1;
	trials = json_object();
	for (unsigned s = 0; s < STATUS_COUNT; s++)
		if (count[s])
			json_object_set_new(trials, status_name(s),
					    json_integer((json_int_t)count[s]));
	json_object_set_new(o, "ended", utc_now());
	json_object_set_new(o, "trials", trials);
	rc = save(dir, o);
	json_decref(o);
	return rc;
}

static int same(const char *dir, const char *what, const json_t *o, const char *here)
{
	const char *there = json_string_value(json_object_get(o, what));

	if (there && !strcmp(there, here))
		return 0;
	return fail("%s was made by another %s: %s there, %s here; start a new run",
		    dir, what, there ? there : "none", here);
}

int manifest_same(const char *dir, const char **run_id, struct arena *a)
{
	char host[17], build[17];
	json_t *o = load(dir);
	const char *id;
	int rc;

	if (!o)
		return -1;
	machine_id(host);
	snprintf(build, sizeof build, "%016" PRIx64, manifest_build());
	rc = same(dir, "build", o, build);
	if (!rc)
		rc = same(dir, "host", o, host);
	id = json_string_value(json_object_get(o, "run_id"));
	*run_id = arena_strdup(a, id ? id : "");
	json_decref(o);
	return rc;
}

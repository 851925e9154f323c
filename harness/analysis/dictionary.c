#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "analysis/analyse.h"
#include "analysis/dictionary.h"
#include "analysis/latency.h"
#include "pipeline/bins.h"
#include "pipeline/plan.h"
#include "pipeline/record.h"
#include "pipeline/usable.h"

static const struct {
	const char *name, *about;
	const struct column *columns;
	const struct column *last;	/* one more, or NULL */
} tables[] = {
	{ "plan", "one row per trial: what is run, and in which order", plan_columns, NULL },
	{ "machine", "what of the machine the run could use", usable_columns, NULL },
	{ "samples", "one row per timed pass: the raw data", sample_columns, &seal_column },
	{ "bins", "one row per histogram of a timed pass", bins_columns, NULL },
	{ "latency", "one row per bucket of a cell's latencies", latency_columns, NULL },
	{ "summary", "one row per cell: medians over trials", summary_columns, NULL },
	{ "contrasts", "one row per ratio of two cells", contrast_columns, NULL },
	{ "verdicts", "one row per claim", verdict_columns, NULL },
};

/* Digests are bit patterns: as numbers they would lose digits. */
static const char *const types[] = {
	[FIELD_TEXT] = "string",
	[FIELD_WHOLE] = "integer",
	[FIELD_HEX] = "string",
	[FIELD_REAL] = "number",
};

static json_t *field(const struct column *c)
{
	return json_pack("{s:s, s:s, s:s, s:s}", "name", c->name, "type", types[c->kind],
			 "description", c->help, "unit", c->unit);
}

static json_t *fields(const struct column *c, const struct column *last)
{
	json_t *all = json_array();

	for (; c->name; c++)
		json_array_append_new(all, field(c));
	if (last)
		json_array_append_new(all, field(last));
	return all;
}

static json_t *resource(size_t i)
{
	return json_pack("{s:s, s:s+, s:s, s:s, s:s, s:s, s:s, s:{s:o, s:[s]}}",
			 "name", tables[i].name, "path", tables[i].name, ".csv",
			 "profile", "tabular-data-resource", "format", "csv",
			 "mediatype", "text/csv", "encoding", "utf-8",
			 "description", tables[i].about,
			 "schema", "fields", fields(tables[i].columns, tables[i].last),
			 "missingValues", "");
}

/* What somebody passed on may be without the largest of them. */
static bool is_there(const char *dir, const char *table, struct arena *a)
{
	return !access(arena_printf(a, "%s/%s.csv", dir, table), F_OK);
}

/* The whole document as text that the caller frees, or NULL. */
static char *document(const char *dir, struct arena *a)
{
	json_t *resources = json_array(), *package;
	char *text;

	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		if (is_there(dir, tables[i].name, a))
			json_array_append_new(resources, resource(i));
	package = json_pack("{s:s, s:s, s:s, s:o}", "profile", "tabular-data-package",
			    "name", "samework-run", "title", "One run of samework",
			    "resources", resources);
	text = package ? json_dumps(package, JSON_INDENT(2)) : NULL;
	json_decref(package);
	return text;
}

int dictionary_write(const char *dir)
{
	struct arena a = { 0 };
	const char *path = arena_printf(&a, "%s/datapackage.json", dir);
	char *text = document(dir, &a);
	FILE *f = text ? table_create(path) : NULL;
	int rc = -1;

	if (!text)
		fail("%s: out of memory", path);
	if (f) {
		fprintf(f, "%s\n", text);
		rc = table_commit(f, path);
	}
	free(text);
	arena_release(&a);
	return rc;
}

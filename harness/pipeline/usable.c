#include "base/err.h"
#include "pipeline/usable.h"

#define AT(field) offsetof(struct usable, field)

const struct column usable_columns[] = {
	{ "cores", FIELD_WHOLE, AT(cores), "", "cores the run could use" },
	{ "pus", FIELD_WHOLE, AT(pus), "", "processing units it could use" },
	{ "max_workers", FIELD_WHOLE, AT(max_workers), "", "what `max` workers meant" },
	{ NULL, FIELD_TEXT, 0, NULL, NULL }
};

int usable_write(const struct usable *u, const char *path)
{
	FILE *f = table_create(path);

	if (!f)
		return -1;
	table_header(f, usable_columns);
	table_row(f, usable_columns, u);
	return table_commit(f, path);
}

int usable_read(struct usable *u, const char *path)
{
	struct arena a = { 0 };
	struct csv csv;
	int rc = -1;

	if (!csv_read(&csv, path, &a) && !table_check(&csv, usable_columns)) {
		if (csv.rows != 1)
			fail("%s: %zu rows, not one", path, csv.rows);
		else
			rc = table_read(&csv, 0, usable_columns, u);
	}
	arena_release(&a);
	return rc;
}

/*
 * page.c - the frame of the page, and the file it is written to.
 */
#include "base/err.h"
#include "report/html.h"
#include "report/page.h"
#include "report/parts.h"

static void print(FILE *out, const struct source *s)
{
	const char *id = source_run(s, "run_id");

	html(out, "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n"
	     "<head>\n<meta charset=\"utf-8\"/>\n");
	/* nothing is fetched and nothing runs, whatever the page holds */
	html(out, "<meta http-equiv=\"Content-Security-Policy\" "
	     "content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n");
	html(out, "<meta name=\"viewport\" content=\"width=device-width\"/>\n"
	     "<meta name=\"color-scheme\" content=\"light dark\"/>\n");
	html(out, "<title>samework: run %s</title>\n<style>\n", *id ? id : "report");
	fputs(style_sheet, out);
	html(out, "</style>\n</head>\n<body>\n");
	front_print(out, s);
	html(out, "<main>\n");
	for (size_t i = 0; i < s->specs; i++)
		experiment_print(out, s, i);
	html(out, "</main>\n");
	back_print(out, s);
	html(out, "</body>\n</html>\n");
}

int page_write(const char *dir)
{
	struct arena a = { 0 };
	struct source s;
	const char *path;
	FILE *out;
	int rc = source_read(&s, dir, &a);

	if (!rc) {
		path = arena_printf(&a, "%s/report.html", dir);
		out = table_create(path);
		rc = -1;
		if (out) {
			print(out, &s);
			rc = table_commit(out, path);
		}
	}
	arena_release(&a);
	return rc;
}

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "pipeline/bins.h"

#define AT(field) offsetof(struct bins_row, field)

const struct column bins_columns[] = {
	{ "trial", FIELD_HEX, AT(trial), "", "the trial, as in plan.csv" },
	{ "rep", FIELD_WHOLE, AT(rep), "", "its pass, as in samples.csv" },
	{ "kind", FIELD_TEXT, AT(kind), "", "unit: latency per unit; or what the strategy times" },
	{ "bins", FIELD_TEXT, AT(bins), "ns", "non-empty buckets: lower end=count;..." },
	{ NULL, FIELD_TEXT, 0, NULL, NULL }
};

int bins_send(uint64_t rep, const char *kind, const struct hist *h)
{
	const char *fd = getenv(BINS_ENV), *sep = "";
	FILE *f;
	int copy;

	if (!fd || !h->n)
		return 0;
	copy = dup(atoi(fd));
	f = copy < 0 ? NULL : fdopen(copy, "a");
	if (!f)
		return -1;
	fprintf(f, "%" PRIu64 ",%s,", rep, kind);
	for (unsigned i = 0; i < HIST_BUCKETS; i++) {
		if (!h->count[i])
			continue;
		fprintf(f, "%s%" PRIu64 "=%" PRIu64, sep, hist_lo(i), h->count[i]);
		sep = ";";
	}
	fputc('\n', f);
	return fclose(f) ? -1 : 0;
}

int bins_open(void)
{
	return memfd_create("bins", MFD_CLOEXEC);
}

/* How many of the @n bytes at @s are whole lines. */
static size_t whole_lines(const char *s, size_t n)
{
	while (n && s[n - 1] != '\n')
		n--;
	return n;
}

/* Cut half a line, which a killed supervisor left, off the end of @f. */
static int mend(FILE *f, struct arena *a)
{
	off_t size = lseek(fileno(f), 0, SEEK_END);
	char last = '\n', *all;

	if (size <= 0)
		return (int)size;
	if (pread(fileno(f), &last, 1, size - 1) != 1)
		return -1;
	if (last == '\n')
		return 0;
	all = arena_alloc(a, (size_t)size);
	if (pread(fileno(f), all, (size_t)size, 0) != size)
		return -1;
	return ftruncate(fileno(f), (off_t)whole_lines(all, (size_t)size));
}

/* Copy the lines of @text to @out, each with the trial and its pass in front. */
static void copy_lines(FILE *out, char *text, uint64_t trial, uint64_t rep)
{
	for (char *line, *rest; (line = strsep(&text, "\n")) && text;) {
		uint64_t pass = strtoull(line, &rest, 10);

		fprintf(out, "%016" PRIx64 ",%" PRIu64 "%s\n", trial, rep + pass, rest);
	}
}

int bins_append(const char *dir, int fd, uint64_t trial, uint64_t rep)
{
	struct arena a = { 0 };
	const char *path = arena_printf(&a, "%s/bins.csv", dir);
	struct stat st;
	char *text;
	FILE *f;
	int rc = -1;

	if (fstat(fd, &st) < 0)
		return fail_errno("%s", path);
	text = arena_alloc(&a, (size_t)st.st_size + 1);
	f = fopen(path, "a+e");
	if (f && !mend(f, &a) && pread(fd, text, (size_t)st.st_size, 0) == st.st_size) {
		if (!lseek(fileno(f), 0, SEEK_END))
			table_header(f, bins_columns);
		copy_lines(f, text, trial, rep);
		rc = ferror(f) ? -1 : 0;
	}
	if (!f || fclose(f) || rc < 0)
		rc = fail_errno("%s", path);
	arena_release(&a);
	return rc;
}

int bins_read(const char *dir, struct bins_row **rows, size_t *n, struct arena *a)
{
	const char *path = arena_printf(a, "%s/bins.csv", dir);
	struct csv csv;
	char *text;

	*n = 0;
	if (access(path, F_OK) < 0)
		return 0;
	text = csv_text(path, a);
	if (!text)
		return -1;
	text[whole_lines(text, strlen(text))] = '\0';
	if (!*text)
		return 0;
	if (csv_parse(&csv, path, text, a) < 0 || table_check(&csv, bins_columns) < 0)
		return -1;
	*rows = arena_alloc(a, (csv.rows + 1) * sizeof **rows);
	for (; *n < csv.rows; ++*n) {
		if (table_read(&csv, *n, bins_columns, &(*rows)[*n]) < 0)
			return -1;
		(*rows)[*n].line = *n;
	}
	return 0;
}

int bins_add(const struct bins_row *row, struct hist *h)
{
	for (const char *s = row->bins; *s;) {
		char *end;
		uint64_t lo = strtoull(s, &end, 10), count;

		if (end == s || *end != '=')
			break;
		s = end + 1;
		count = strtoull(s, &end, 10);
		if (end == s || (*end && *end != ';'))
			break;
		h->count[hist_bucket(lo)] += count;
		h->n += count;
		s = *end ? end + 1 : end;
		if (!*s)
			return 0;
	}
	return fail("bins.csv: trial %016" PRIx64 ": '%.40s' are not bins", row->trial, row->bins);
}

/*
 * troubles.c - what went wrong in an experiment, in words.
 */
#include <inttypes.h>
#include <string.h>

#include "report/html.h"
#include "report/parts.h"

enum { SHOWN = 3 };		/* of the cells and of the reasons */

static const char *const meanings[STATUS_COUNT] = {
	[STATUS_WRONG_CHECKSUM] = "result, shared state or operations differ",
	[STATUS_CRASH] = "died of a signal",
	[STATUS_ABORT] = "gave itself up (SIGABRT)",
	[STATUS_EXIT_CODE] = "ended without saying why",
	[STATUS_NO_RESULT] = "ended without a whole result",
	[STATUS_TIMEOUT] = "took longer than its deadline",
	[STATUS_DEADLOCK] = "every worker slept on a lock",
	[STATUS_OOM_KILL] = "killed for want of memory",
	[STATUS_ALLOC_FAIL] = "memory was refused",
	[STATUS_SPAWN_FAIL] = "a process was refused",
	[STATUS_THREAD_FAIL] = "a thread was refused",
	[STATUS_FD_FAIL] = "out of descriptors",
	[STATUS_BIND_FAIL] = "could not be pinned where the plan says",
	[STATUS_ENV_CHANGED] = "measured, but the machine was disturbed",
	[STATUS_THROTTLED] = "measured, but a CPU quota stopped it",
	[STATUS_SERVER_LOST] = "the server died in mid-run",
	[STATUS_IO_ERROR] = "an operation failed",
	[STATUS_INTERRUPTED] = "stopped by the user",
	[STATUS_LEAKED] = "left a process behind",
	[STATUS_EXPECTED_FAIL] = "a control that is meant to fail, and did",
	[STATUS_SKIPPED] = "cannot run here",
	[STATUS_NOT_APPLICABLE] = "makes no sense anywhere",
	[STATUS_INTERNAL_ERROR] = "a bug of the harness",
};

static const char *meaning(enum status s)
{
	return s < STATUS_COUNT && meanings[s] ? meanings[s] : "";
}

/* The first few of @n, and how many more there are. */
static void print_names(FILE *out, const struct names *n, struct arena *a)
{
	html(out, "<td>");
	for (size_t i = 0; i < n->n && i < SHOWN; i++)
		html(out, "%s%s", i ? "; " : "", n->name[i]);
	if (n->n > SHOWN)
		html(out, " and %s more", arena_printf(a, "%zu", n->n - SHOWN));
	html(out, "</td>");
}

static void print_row(FILE *out, const struct failure *f, struct arena *a)
{
	html(out, "<tr><th scope=\"row\"><code>%s</code><small>%s</small></th>", f->name,
	     meaning(f->status));
	html(out, "<td class=\"number\">%s</td><td class=\"number\">%s</td>",
	     arena_printf(a, "%" PRIu64, f->trials), arena_printf(a, "%" PRIu64, f->saved));
	print_names(out, &f->cells, a);
	print_names(out, &f->reasons, a);
	html(out, "</tr>\n");
}

static void print_table(FILE *out, const struct source *s, const char *experiment)
{
	static const char *const heads[] = {
		"Status", "Trials", "Counted after another try", "Cells", "Reasons",
		NULL
	};

	sheet_begin(out, arena_printf(s->arena, "Trials of %s that were not ok at the first try, "
				      "by status", experiment), heads);
	for (size_t i = 0; i < s->failures; i++)
		if (!strcmp(s->failure[i].experiment, experiment))
			print_row(out, &s->failure[i], s->arena);
	sheet_end(out);
}

void troubles_print(FILE *out, const struct source *s, size_t i)
{
	const char *experiment = s->spec[i].name;
	const struct tally *t = &s->tally[i];
	size_t n = 0;

	if (!s->rows) {
		html(out, "<p class=\"note\">plan.csv or samples.csv could not be read: "
		     "which trials failed is not known.</p>\n");
		return;
	}
	for (size_t k = 0; k < s->failures; k++)
		n += !strcmp(s->failure[k].experiment, experiment);
	html(out, "<p>%s trials were planned, %s were run%s</p>\n",
	     arena_printf(s->arena, "%" PRIu64, t->planned),
	     arena_printf(s->arena, "%" PRIu64, t->run),
	     n ? "." : "; all were ok at the first try.");
	if (n)
		print_table(out, s, experiment);
}

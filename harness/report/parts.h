/*
 * parts.h - the parts of the page, each written to @out as it stands.
 */
#ifndef REPORT_PARTS_H
#define REPORT_PARTS_H

#include <stdio.h>

#include "report/source.h"

/* --- in the order of the page --- */

/* front.c: title, machine, how many claims hold, the headline figure. */
void front_print(FILE *out, const struct source *s);

/* experiment.c: question, verdicts, figures, cells, what failed. */
void experiment_print(FILE *out, const struct source *s, size_t i);

/* back.c: figures of no experiment, methods, limits, how to cite, the files. */
void back_print(FILE *out, const struct source *s);

/* --- what they are made of --- */

extern const char style_sheet[];	/* style.c */

/* --- sheet.c: a table; @heads ends with NULL, the rows come between the two --- */
void sheet_begin(FILE *out, const char *caption, const char *const *heads);
void sheet_end(FILE *out);

/* --- verdicts.c --- */
enum { VERDICTS = 4 };
extern const struct verdict_word {
	const char *name;		/* as in verdicts.csv */
	const char *counted, *class, *shape, *meaning;
} verdict_words[VERDICTS];

/* How many verdicts of @experiment, or with NULL of all, read @verdict (NULL: any). */
size_t verdicts_count(const struct source *s, const char *experiment, const char *verdict);

/* A verdict as shape and word. */
void verdict_print(FILE *out, const char *verdict);

/* The claims of @experiment, a row each. */
void verdicts_print(FILE *out, const struct source *s, const char *experiment);

/* --- cells.c: the cells of @experiment, a row each --- */
void cells_print(FILE *out, const struct source *s, const char *experiment);

/* --- troubles.c: what did not simply count in experiment @i, a row per status --- */
void troubles_print(FILE *out, const struct source *s, size_t i);

/* --- gallery.c --- */
#define HEADLINE "gil-versus-multiprocessing"

/* The figures of @experiment, or with "" those of the run: its headline if @first,
 * else the others.  Returns how many there were. */
size_t gallery_print(FILE *out, const struct source *s, const char *experiment, bool first);

#endif

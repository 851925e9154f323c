/*
 * notes.h - what the study notes say, against what was measured.
 *
 * experiments/notes.csv lists their statements.  A claim of an experiment names
 * those that it confirms or refutes when it HOLDS; when it FAILS it speaks the
 * other way round.  Several claims, and several runs, may bear on a statement.
 */
#ifndef ANALYSIS_NOTES_H
#define ANALYSIS_NOTES_H

#include "analysis/analyse.h"

/* A statement of the notes; a row of experiments/notes.csv. */
struct note {
	const char *note;	/* "C03" */
	const char *says;	/* what it says, in few words */
	const char *where;	/* "000:43", file and line of the notes */
	const char *depends;	/* on what, when both are found; or "" */
	const char *untestable;	/* why nothing can be measured; or "" */
};
extern const struct column note_columns[];

/* Confirmed, refuted, or, when claims that hold say both: depends. */
enum finding {
	FOUND_NOTHING,		/* no claim bears on it, or all are SKIPPED */
	FOUND_UNCLEAR,		/* some do, but none is decided */
	FOUND_CONFIRMED,
	FOUND_REFUTED,
	FOUND_DEPENDS,
};
const char *finding_name(enum finding f);

/* What the @n verdicts of @v say of statement @note.  A pure function. */
enum finding note_judge(const char *note, const struct verdict *v, size_t n);

/* Print the table of the statements in @list, with the verdicts of the @n run
 * folders @dir.  0, or -1, reported. */
int notes_print(const char *list, const char *const *dir, size_t n, FILE *out);

#endif

/*
 * source.h - all that a run's folder says, read for its page.
 */
#ifndef REPORT_SOURCE_H
#define REPORT_SOURCE_H

#include "analysis/analyse.h"
#include "base/status.h"
#include "pipeline/names.h"
#include "pipeline/spec.h"
#include "pipeline/usable.h"

/* One thing that manifest.json says. */
struct entry {
	const char *name, *value;	/* the value "" when it says nothing */
};

/* Trials of an experiment that met the same trouble. */
struct failure {
	const char *experiment;
	enum status status;
	const char *name;		/* of the status, as in samples.csv */
	uint64_t trials;
	uint64_t saved;			/* of these, counted after another try */
	struct names cells, reasons;	/* distinct ones */
};

/* How far an experiment came. */
struct tally {
	uint64_t planned, run;		/* trials; run: that have a row */
};

struct figure_file {
	const char *name;		/* figures/NAME.svg */
	const char *experiment;		/* "": of the run */
	const char *kind;		/* what follows "EXPERIMENT-" */
};

struct source {
	const char *dir;
	struct usable usable;
	struct summary *summary;	/* with what the page shows of them */
	struct contrast *contrast;
	struct verdict *verdict;
	size_t summaries, contrasts, verdicts;
	struct spec *spec;		/* the experiments, in the order of summary */
	struct tally *tally;		/* [specs] */
	size_t specs;
	struct entry *run, *machine;	/* manifest.json: its own, and of the machine */
	size_t runs, machines;
	struct failure *failure;
	size_t failures;
	bool rows;			/* samples.csv and plan.csv could be read */
	struct figure_file *figure;	/* by experiment, in reading order */
	size_t figures;
	struct arena *arena;
};

/* Read analysed folder @dir.  0; 1, reported, when it is no such folder; or -1,
 * reported.  All memory is @a's. */
int source_read(struct source *s, const char *dir, struct arena *a);

/* --- manifest: see facts.c --- */

/* Fill run and machine.  A manifest that is missing or damaged gives none. */
void facts_read(struct source *s);

/* The value of @name, or "". */
const char *source_run(const struct source *s, const char *name);
const char *source_machine(const struct source *s, const char *name);

/* --- failures.c: fill failure, tally, rows; sums up what did not count --- */
void failures_read(struct source *s);

/* --- gallery.c: fill figure --- */
void gallery_read(struct source *s);

/* The claim of that name, or NULL. */
const struct claim *source_claim(const struct source *s, const struct verdict *v);

#endif

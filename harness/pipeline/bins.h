/*
 * bins.h - histograms that a trial fills, on their way to bins.csv.
 *
 * A histogram is too large for a report.  The trial writes one line per pass
 * and histogram into a memory file that its supervisor opened; the supervisor
 * appends them to bins.csv, behind the rows of samples.csv that they belong to:
 * those come first.  A line whose trial and pass have no row there counts for nothing, and of two
 * for the same pass the last one counts.
 */
#ifndef PIPELINE_BINS_H
#define PIPELINE_BINS_H

#include "base/hist.h"
#include "base/table.h"

/* The environment variable that tells a trial the descriptor. */
#define BINS_ENV "SAMEWORK_BINS"

/* --- in the trial --- */

/* Write @h, of kind "unit" or as the strategy names its extra one, of pass @rep
 * (from 1).  Does nothing when nobody asked for it, or @h is empty.  0, or -1
 * with errno. */
int bins_send(uint64_t rep, const char *kind, const struct hist *h);

/* --- in the supervisor --- */

/* A new memory file for one trial, or -1 with errno. */
int bins_open(void);

/* Append what is in @fd, passes counted on from @rep, to DIR/bins.csv.  0, or
 * -1, reported. */
int bins_append(const char *dir, int fd, uint64_t trial, uint64_t rep);

/* --- for the analysis --- */

struct bins_row {
	uint64_t trial, rep;
	const char *kind;
	const char *bins;	/* "lo=count;lo=count", lo in ns, increasing */
	size_t line;		/* in the file: a later one replaces */
};
extern const struct column bins_columns[];

/* The rows of DIR/bins.csv but for a torn last line; none when there is no
 * file.  0, or -1, reported. */
int bins_read(const char *dir, struct bins_row **rows, size_t *n, struct arena *a);

/* Add the bins of @row to @h.  0, or -1, reported. */
int bins_add(const struct bins_row *row, struct hist *h);

#endif

/*
 * page.h - report.html: a run as one page that can be mailed.
 *
 * Everything is in the page: style, figures, tables.  It fetches nothing, runs
 * nothing, and is a pure function of the run's folder: equal tables and figures
 * give equal bytes.  It is HTML5 and well-formed XML at once.
 */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

/* Write DIR/report.html from the tables, experiments, manifest and figures there.
 * 0; 1, reported, when @dir is not the folder of an analysed run; -1, reported. */
int page_write(const char *dir);

#endif

/*
 * dictionary.h - datapackage.json: what every column of a run's tables means,
 * for programs (a Frictionless tabular data package).
 */
#ifndef ANALYSIS_DICTIONARY_H
#define ANALYSIS_DICTIONARY_H

/* Write DIR/datapackage.json from the tables of columns, for the tables that are
 * in @dir; always the same bytes.  0, or -1, reported. */
int dictionary_write(const char *dir);

#endif

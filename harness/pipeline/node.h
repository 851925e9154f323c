/*
 * node.h - a YAML file as a small tree in which everything knows its place.
 * node.c is the only file of the suite that includes libyaml.
 *
 * Only what an experiment needs: one document of mappings, lists and texts.
 * Refused: anchors, aliases, tags, empty texts, control characters, duplicate
 * keys, deep nesting, long lists and big files.  What is left can neither
 * surprise its reader nor exhaust the machine.
 */
#ifndef PIPELINE_NODE_H
#define PIPELINE_NODE_H

#include <stddef.h>

#include "base/mem.h"

enum {
	NODE_FILE_MAX = 1 << 20,	/* bytes of a file */
	NODE_DEPTH_MAX = 8,
	NODE_LENGTH_MAX = 256,		/* entries of one list or mapping */
};

enum node_kind { NODE_TEXT, NODE_LIST, NODE_MAP };

struct node {
	const char *path;
	size_t line, column;	/* of its first character, from 1 */
	enum node_kind kind;
	const char *text;	/* of NODE_TEXT: not empty, printable UTF-8 */
	size_t n;		/* entries of a list or mapping */
	struct node *child;	/* the first of them, or NULL */
	struct node *next;	/* the entry after this one, or NULL */
	struct node *key;	/* of an entry of a mapping; else NULL */
};

/* Read @path; the tree is the arena's.  NULL on error, reported. */
const struct node *node_read(const char *path, struct arena *a);

/* The entry of mapping @map under @key, or NULL. */
const struct node *node_get(const struct node *map, const char *key);

/* Report "path:line:column: message".  Always returns -1. */
int node_fail(const struct node *n, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* 0 when @n is of @kind, or -1 having reported what it is instead. */
int node_expect(const struct node *n, enum node_kind kind);

#endif

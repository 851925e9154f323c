#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/err.h"
#include "pipeline/node.h"

struct loader {
	yaml_parser_t parser;
	const char *path;
	struct arena *a;
};

int node_fail(const struct node *n, const char *fmt, ...)
{
	char message[2048];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof message, fmt, ap);
	va_end(ap);
	return fail("%s:%zu:%zu: %s", n->path, n->line, n->column, message);
}

int node_expect(const struct node *n, enum node_kind kind)
{
	static const char *const name[] = {
		[NODE_TEXT] = "a single value",
		[NODE_LIST] = "a list",
		[NODE_MAP] = "a mapping",
	};

	if (n->kind == kind)
		return 0;
	return node_fail(n, "%s must be %s, not %s", n->key ? n->key->text :
			 "an entry here", name[kind], name[n->kind]);
}

const struct node *node_get(const struct node *map, const char *key)
{
	for (const struct node *n = map->child; n; n = n->next)
		if (!strcmp(n->key->text, key))
			return n;
	return NULL;
}

/* The next event, which the caller deletes.  0, or -1, reported. */
static int event_next(struct loader *l, yaml_event_t *e)
{
	const yaml_parser_t *p = &l->parser;
	yaml_mark_t at;

	if (yaml_parser_parse(&l->parser, e))
		return 0;
	at = p->error == YAML_READER_ERROR ? p->mark : p->problem_mark;
	return fail("%s:%zu:%zu: not YAML: %s", l->path, at.line + 1,
		    at.column + 1, p->problem ? p->problem : "out of memory");
}

static struct node *node_new(struct loader *l, const yaml_event_t *e,
			     enum node_kind kind)
{
	struct node *n = arena_alloc(l->a, sizeof *n);

	n->path = l->path;
	n->line = e->start_mark.line + 1;
	n->column = e->start_mark.column + 1;
	n->kind = kind;
	return n;
}

/* C0, DEL and, in UTF-8, C1: what could rewrite a terminal or split a row. */
static bool has_control(const unsigned char *s, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (s[i] < 0x20 || s[i] == 0x7f ||
		    (s[i] == 0xc2 && i + 1 < length && s[i + 1] < 0xa0))
			return true;
	return false;
}

static int text_read(struct loader *l, struct node *n, const yaml_event_t *e)
{
	size_t length = e->data.scalar.length;

	if (!length)
		return node_fail(n, "an empty value is not allowed");
	if (has_control(e->data.scalar.value, length))
		return node_fail(n, "a value must be one line without control "
				 "characters ('>-' folds many lines into one)");
	n->text = arena_strdup(l->a, (const char *)e->data.scalar.value);
	return 0;
}

static int refuse_extras(const struct node *n, const void *anchor, const void *tag)
{
	if (anchor)
		return node_fail(n, "anchors are not allowed: repeat the text");
	if (tag)
		return node_fail(n, "tags are not allowed: every value is text");
	return 0;
}

static struct node *build(struct loader *l, const yaml_event_t *e, unsigned depth);

/* Append @child, under @key in a mapping, to @n.  0, or -1, reported. */
static int adopt(struct node *n, struct node ***end, struct node *child,
		 struct node *key)
{
	if (n->n++ == NODE_LENGTH_MAX)
		return node_fail(child, "more than %d entries", NODE_LENGTH_MAX);
	if (key && key->kind != NODE_TEXT)
		return node_fail(key, "a key must be a name");
	if (key && node_get(n, key->text))
		return node_fail(key, "duplicate key '%s'", key->text);
	child->key = key;
	**end = child;
	*end = &child->next;
	return 0;
}

/* The entries of @n, up to and with its end.  0, or -1, reported. */
static int build_entries(struct loader *l, struct node *n, unsigned depth)
{
	struct node **end = &n->child, *key = NULL, *got;
	yaml_event_t e;
	bool last;

	if (depth == NODE_DEPTH_MAX)
		return node_fail(n, "nested more than %d deep", NODE_DEPTH_MAX);
	for (;;) {
		if (event_next(l, &e) < 0)
			return -1;
		last = e.type == YAML_SEQUENCE_END_EVENT ||
			e.type == YAML_MAPPING_END_EVENT;
		got = last ? NULL : build(l, &e, depth + 1);
		yaml_event_delete(&e);
		if (!got)
			return last ? 0 : -1;
		if (n->kind == NODE_MAP && !key) {
			key = got;
			continue;
		}
		if (adopt(n, &end, got, key) < 0)
			return -1;
		key = NULL;
	}
}

static struct node *build(struct loader *l, const yaml_event_t *e, unsigned depth)
{
	struct node *n;
	int rc;

	switch (e->type) {
	case YAML_SCALAR_EVENT:
		n = node_new(l, e, NODE_TEXT);
		rc = refuse_extras(n, e->data.scalar.anchor, e->data.scalar.tag);
		return rc < 0 || text_read(l, n, e) < 0 ? NULL : n;
	case YAML_SEQUENCE_START_EVENT:
		n = node_new(l, e, NODE_LIST);
		rc = refuse_extras(n, e->data.sequence_start.anchor,
				   e->data.sequence_start.tag);
		break;
	case YAML_MAPPING_START_EVENT:
		n = node_new(l, e, NODE_MAP);
		rc = refuse_extras(n, e->data.mapping_start.anchor,
				   e->data.mapping_start.tag);
		break;
	default:
		n = node_new(l, e, NODE_TEXT);
		rc = node_fail(n, "aliases are not allowed: repeat the text");
	}
	return rc < 0 || build_entries(l, n, depth) < 0 ? NULL : n;
}

/* The events around the document itself: there must be exactly one. */
static struct node *build_document(struct loader *l)
{
	struct node *root = NULL;
	yaml_event_t e;

	while (event_next(l, &e) == 0) {
		bool last = e.type == YAML_STREAM_END_EVENT, bad = false;

		if (last && !root)
			fail("%s: the file is empty", l->path);
		if (e.type == YAML_DOCUMENT_START_EVENT && root)
			bad = node_fail(node_new(l, &e, NODE_TEXT),
					"only one document is allowed") < 0;
		if (e.type == YAML_SCALAR_EVENT || e.type == YAML_ALIAS_EVENT ||
		    e.type == YAML_SEQUENCE_START_EVENT ||
		    e.type == YAML_MAPPING_START_EVENT)
			bad = !(root = build(l, &e, 0));
		yaml_event_delete(&e);
		if (bad)
			return NULL;
		if (last)
			return root;
	}
	return NULL;
}

/* All bytes of @path, or NULL, reported. */
static unsigned char *slurp(const char *path, size_t *n, struct arena *a)
{
	unsigned char *bytes = arena_alloc(a, NODE_FILE_MAX + 1);
	FILE *f = fopen(path, "re");

	if (!f) {
		fail_errno("%s", path);
		return NULL;
	}
	*n = fread(bytes, 1, NODE_FILE_MAX + 1, f);
	if (ferror(f))
		fail_errno("%s", path);
	else if (*n > NODE_FILE_MAX)
		fail("%s: larger than %d bytes", path, NODE_FILE_MAX);
	else {
		fclose(f);
		return bytes;
	}
	fclose(f);
	return NULL;
}

const struct node *node_read(const char *path, struct arena *a)
{
	struct loader l = { .path = arena_strdup(a, path), .a = a };
	struct arena file = { 0 };
	struct node *root = NULL;
	unsigned char *bytes;
	size_t n;

	bytes = slurp(path, &n, &file);
	if (bytes && !yaml_parser_initialize(&l.parser)) {
		fail("out of memory");
		bytes = NULL;
	}
	if (bytes) {
		yaml_parser_set_input_string(&l.parser, bytes, n);
		yaml_parser_set_encoding(&l.parser, YAML_UTF8_ENCODING);
		root = build_document(&l);
		yaml_parser_delete(&l.parser);
	}
	arena_release(&file);
	return root;
}

/*
 * spec_keys.h - the keys of an experiment file as data, and the values they
 * take.
 *
 * A mapping is read by a const table of its keys: the same table refuses the
 * unknown ones, misses the required ones, and names them all in its messages.
 */
#ifndef PIPELINE_SPEC_KEYS_H
#define PIPELINE_SPEC_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/names.h"
#include "pipeline/node.h"
#include "pipeline/spec.h"

struct reader {
	struct spec *spec;		/* being filled */
	const struct cell *cell;	/* its matrix, once that is known */
	size_t cells;
	const struct node *claims;	/* NULL: none */
	unsigned max_workers;
	struct arena *a;
};

struct key {
	const char *name;	/* NULL ends a table */
	bool required;
	size_t offset;		/* of the field in the struct being filled */

	/* Read @v into @field.  0, or -1, reported. */
	int (*read)(struct reader *r, const struct node *v, void *field);
};

/* Read mapping @map, called @what in messages, into the struct @into: the keys
 * in the order of the table, whatever their order in the file. */
int keys_read(struct reader *r, const struct node *map, const char *what,
	      const struct key *keys, void *into);

/* Values that stand alone.  All return 0, or -1, reported. */
int value_text(struct reader *r, const struct node *v, void *field);
int value_name(struct reader *r, const struct node *v, void *field);
/* As value_parse() below; @v is under a key. */
int value_number(struct reader *r, const struct node *v, uint64_t min,
		 uint64_t max, const char *unit, uint64_t *out);
int value_fraction(const char *s, double *out);	/* -1 silently */

/* "64Ki" for bytes, "10s" for ns, a word, or the number: @value as people write
 * it. */
const char *value_show(uint64_t value, const char *unit, struct arena *a);

/* Parse @s as a parameter's value: a word where its unit is words, a duration
 * where it is ns, and only there.  0, or -1 silently when malformed or not within [min, max]. */
int value_parse(const char *s, uint64_t min, uint64_t max, const char *unit,
		uint64_t *out);

/* Zeroed room for the entries of @list, @each bytes.  NULL, reported, when it is
 * empty or no list. */
void *spec_room(struct reader *r, const struct node *list, size_t each);

/* The parts of the file that have a file of their own here. */
int spec_workloads(struct reader *r, const struct node *list, void *spec);
int spec_strategies(struct reader *r, const struct node *list, void *spec);
int spec_claims(struct reader *r, const struct node *list);

#endif

#include <inttypes.h>
#include <string.h>

#include "base/num.h"
#include "pipeline/spec_keys.h"

static const struct key *key_find(const struct key *keys, const char *name)
{
	for (; keys->name; keys++)
		if (!strcmp(keys->name, name))
			return keys;
	return NULL;
}

static int key_unknown(struct reader *r, const struct node *key,
		       const char *what, const struct key *keys)
{
	struct names known = { 0 };

	for (; keys->name; keys++)
		names_add(&known, keys->name, r->a);
	return node_fail(key, "%s", names_unknown(&known, "key", key->text,
			 arena_printf(r->a, " in %s", what), r->a));
}

int keys_read(struct reader *r, const struct node *map, const char *what,
	      const struct key *keys, void *into)
{
	if (map->kind != NODE_MAP)
		return node_fail(map, "%s must be a mapping of keys to values", what);
	for (const struct node *n = map->child; n; n = n->next)
		if (!key_find(keys, n->key->text))
			return key_unknown(r, n->key, what, keys);
	for (; keys->name; keys++) {
		const struct node *v = node_get(map, keys->name);

		if (!v && keys->required)
			return node_fail(map, "%s lacks '%s'", what, keys->name);
		if (v && keys->read(r, v, (char *)into + keys->offset) < 0)
			return -1;
	}
	return 0;
}

int value_text(struct reader *r, const struct node *v, void *field)
{
	(void)r;
	if (node_expect(v, NODE_TEXT) < 0)
		return -1;
	memcpy(field, &v->text, sizeof v->text);
	return 0;
}

int value_name(struct reader *r, const struct node *v, void *field)
{
	if (value_text(r, v, field) < 0)
		return -1;
	if (!name_valid(v->text))
		return node_fail(v, "'%s' is not a name, allowed: 1 to %d of "
				 "a-z 0-9 _ . - beginning with a letter or digit",
				 v->text, NAME_MAX_LENGTH);
	return 0;
}

static const struct scale {
	const char *unit, *suffix;
	uint64_t size;
} scales[] = {
	{ "ns", "s", 1000000000 }, { "ns", "ms", 1000000 },
	{ "ns", "us", 1000 }, { "ns", "ns", 1 },
	{ "bytes", "Gi", 1u << 30 }, { "bytes", "Mi", 1u << 20 },
	{ "bytes", "Ki", 1u << 10 }, { "bytes", "", 1 },
};

/* Word @i of "inline|pool" and its length, or NULL when there are not so many. */
static const char *word(const char *words, uint64_t i, size_t *length)
{
	for (; i--; words++) {
		words += strcspn(words, "|");
		if (!*words)
			return NULL;
	}
	*length = strcspn(words, "|");
	return words;
}

static bool is_words(const char *unit)
{
	return strchr(unit, '|') != NULL;
}

/* The number that word @s stands for.  0, or -1 silently. */
static int word_parse(const char *s, const char *words, uint64_t *out)
{
	const char *w;
	size_t n;

	for (*out = 0; (w = word(words, *out, &n)); ++*out)
		if (strlen(s) == n && !memcmp(s, w, n))
			return 0;
	return -1;
}

const char *value_show(uint64_t value, const char *unit, struct arena *a)
{
	size_t n;
	const char *w = is_words(unit) ? word(unit, value, &n) : NULL;

	if (w)
		return arena_printf(a, "%.*s", (int)n, w);
	for (size_t i = 0; i < sizeof scales / sizeof *scales; i++)
		if (!strcmp(scales[i].unit, unit) && value % scales[i].size == 0)
			return arena_printf(a, "%" PRIu64 "%s",
					    value / scales[i].size, scales[i].suffix);
	return arena_printf(a, "%" PRIu64, value);
}

/* Whether the suffix of number @s suits @unit: 5ms is no count of bytes. */
static bool unit_suits(const char *s, const char *unit)
{
	const char *suffix = s + strspn(s, "0123456789");
	bool duration = *suffix && suffix[strlen(suffix) - 1] == 's';

	return !*suffix || duration == !strcmp(unit, "ns");
}

int value_parse(const char *s, uint64_t min, uint64_t max, const char *unit,
		uint64_t *out)
{
	if (is_words(unit) ? word_parse(s, unit, out) < 0 :
	    num_parse(s, out) < 0 || !unit_suits(s, unit))
		return -1;
	return *out < min || *out > max ? -1 : 0;
}

int value_number(struct reader *r, const struct node *v, uint64_t min,
		 uint64_t max, const char *unit, uint64_t *out)
{
	bool duration;

	if (node_expect(v, NODE_TEXT) < 0)
		return -1;
	if (!value_parse(v->text, min, max, unit, out))
		return 0;
	if (is_words(unit))
		return node_fail(v, "%s is '%s', allowed: %s", v->key->text, v->text, unit);
	duration = !strcmp(unit, "ns");
	return node_fail(v, "%s is '%s', allowed: %s .. %s%s%s", v->key->text, v->text,
			 value_show(min, unit, r->a), value_show(max, unit, r->a),
			 *unit && !duration ? " " : "", duration ? "" : unit);
}

int value_fraction(const char *s, double *out)
{
	uint64_t whole;

	if (!num_parse_real(s, out))
		return 0;
	if (num_parse(s, &whole) < 0)
		return -1;
	*out = (double)whole;
	return 0;
}

void *spec_room(struct reader *r, const struct node *list, size_t each)
{
	if (node_expect(list, NODE_LIST) < 0)
		return NULL;
	if (!list->n) {
		node_fail(list, "the list of %s is empty", list->key->text);
		return NULL;
	}
	return arena_alloc(r->a, list->n * each);
}

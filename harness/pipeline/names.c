#include <string.h>

#include "pipeline/names.h"

bool name_valid(const char *s)
{
	static const char first[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	static const char rest[] = "abcdefghijklmnopqrstuvwxyz0123456789_.-";
	size_t length = strlen(s);

	return length && length <= NAME_MAX_LENGTH && strchr(first, *s) &&
		strspn(s, rest) == length;
}

bool names_have(const struct names *n, const char *name)
{
	for (size_t i = 0; i < n->n; i++)
		if (!strcmp(n->name[i], name))
			return true;
	return false;
}

void names_add(struct names *n, const char *name, struct arena *a)
{
	if (names_have(n, name))
		return;
	if (!(n->n & (n->n - 1))) {	/* full: 0, 1, 2, 4, ... */
		const char **more = arena_alloc(a, (n->n ? 2 * n->n : 1) * sizeof *more);

		if (n->n)
			memcpy(more, n->name, n->n * sizeof *more);
		n->name = more;
	}
	n->name[n->n++] = name;
}

/* Levenshtein's distance; texts too long to be names are far from all. */
static size_t distance(const char *a, const char *b)
{
	size_t row[NAME_MAX_LENGTH + 1], n = strlen(b);

	if (n > NAME_MAX_LENGTH || strlen(a) > NAME_MAX_LENGTH)
		return NAME_MAX_LENGTH;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; *a; i++, a++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t best = diagonal + (*a != b[j - 1]);

			diagonal = row[j];
			if (best > diagonal + 1)
				best = diagonal + 1;
			if (best > row[j - 1] + 1)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[n];
}

const char *names_nearest(const struct names *n, const char *s)
{
	size_t limit = strlen(s) < 3 ? strlen(s) : 3;
	const char *nearest = NULL;

	for (size_t i = 0; i < n->n; i++) {
		size_t d = distance(s, n->name[i]);

		if (d < limit) {
			limit = d;
			nearest = n->name[i];
		}
	}
	return nearest;
}

const char *names_unknown(const struct names *n, const char *what,
			  const char *given, const char *where, struct arena *a)
{
	const char *nearest = names_nearest(n, given), *text;

	text = arena_printf(a, "unknown %s '%s'%s,", what, given, where);
	if (!n->n)
		return arena_printf(a, "%s there is none", text);
	if (nearest)
		text = arena_printf(a, "%s did you mean '%s'?", text, nearest);
	text = arena_printf(a, "%s known:", text);
	for (size_t i = 0; i < n->n; i++)
		text = arena_printf(a, "%s%s %s", text, i ? "," : "", n->name[i]);
	return text;
}

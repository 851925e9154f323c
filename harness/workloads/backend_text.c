/* backend_text.c - what is told to a real server, and what it tells: text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "workloads/backend.h"

static const struct word *word_at(const char *text, const struct word *w)
{
	for (; w->name; w++)
		if (!strncmp(text, w->name, strlen(w->name)))
			return w;
	return NULL;
}

char *words_expand(const char *text, const struct word *words)
{
	char *out = NULL;
	size_t n;
	FILE *f = open_memstream(&out, &n);

	if (!f)
		return NULL;
	while (*text) {
		const struct word *w = *text == '@' ? word_at(text, words) : NULL;

		if (w)
			fputs(w->value, f);
		else
			fputc(*text, f);
		text += w ? strlen(w->name) : 1;
	}
	if (fclose(f)) {
		free(out);
		return NULL;
	}
	return out;
}

bool mark_find(const char *text, const char *mark, char *out, size_t n)
{
	const char *at = strstr(text, mark);
	size_t length;

	if (!at)
		return false;
	at += strlen(mark);
	length = strcspn(at, "\r\n");
	if (!at[length])
		return false;
	snprintf(out, n, "%.*s", (int)length, at);
	return true;
}

/*
 * picture.c - a figure is read twice: to find out whether it is fit, and which of
 * its ids are used; then to write it.  So the page never has half a figure.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "pipeline/names.h"
#include "report/html.h"
#include "report/markup.h"
#include "report/picture.h"

/* Others make a drawing unfit. */
static const char *const elements[] = {
	"svg", "g", "defs", "path", "text", "tspan", "rect", "circle", "ellipse",
	"line", "polyline", "polygon", "use", "title", "desc", "clipPath", "symbol",
	"filter", "feFlood", "feComposite", "linearGradient", "radialGradient", "stop",
	"pattern", "marker", NULL
};

/* Others are left out. */
static const char *const attributes[] = {
	"id", "x", "y", "x1", "y1", "x2", "y2", "dx", "dy", "cx", "cy", "r", "rx", "ry",
	"d", "points", "width", "height", "viewBox", "transform", "fill", "fill-opacity",
	"fill-rule", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray",
	"stroke-linecap", "stroke-linejoin", "color", "opacity", "shape-rendering",
	"font-family", "font-size", "font-weight", "font-style", "text-anchor",
	"dominant-baseline", "xml:space", "clip-path", "clip-rule", "filter",
	"filterUnits", "in", "in2", "result", "operator", "flood-color", "flood-opacity",
	"offset", "stop-color", "stop-opacity", "gradientUnits", "patternUnits",
	"href", "xlink:href", NULL
};

static bool listed(const char *const *list, struct piece p)
{
	while (*list && !piece_is(p, *list))
		list++;
	return *list;
}

static const char *text_of(struct piece p, struct arena *a)
{
	return arena_printf(a, "%.*s", (int)p.n, p.at);
}

static bool is_link(const struct attribute *a)
{
	return piece_is(a->name, "href") || piece_is(a->name, "xlink:href");
}

/* What is between @before and @after in @value; none: of no length. */
static struct piece within(struct piece value, const char *before, const char *after)
{
	size_t b = strlen(before), e = strlen(after);

	if (value.n < b + e || memcmp(value.at, before, b) ||
	    memcmp(value.at + value.n - e, after, e))
		return (struct piece){ value.at, 0 };
	return (struct piece){ value.at + b, value.n - b - e };
}

/* The id that @a refers to; none: of no length. */
static struct piece target(const struct attribute *a)
{
	return is_link(a) ? within(a->value, "#", "") : within(a->value, "url(#", ")");
}

/* An id with neither space nor anything that CSS reads as more than a name. */
static bool is_id(struct piece p)
{
	static const char marks[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789_-.";
	size_t i = 0;

	while (i < p.n && strchr(marks, p.at[i]))
		i++;
	return p.n && i == p.n;
}

/* Could a browser find in @p what it should fetch?  CSS spells "url" in many ways,
 * all of which have a parenthesis or a backslash. */
static bool fetches(struct piece p, struct arena *a)
{
	const char *s = text_of(p, a);

	return strchr(s, '\\') || strcasestr(s, "url") || strcasestr(s, "image") ||
	       strcasestr(s, "src");
}

/* NULL; or what is wrong with one attribute.  What it refers to is kept. */
static const char *check_attribute(const struct attribute *at, struct names *used,
				   struct arena *a)
{
	struct piece to = target(at);

	if (!listed(attributes, at->name))
		return NULL;
	if (piece_is(at->name, "id"))
		return is_id(at->value) ? NULL : "it has a strange id";
	if (is_id(to))
		names_add(used, text_of(to, a), a);
	else if (is_link(at) || fetches(at->value, a))
		return "it refers to what is not in it";
	return NULL;
}

static const char *check_open(const struct markup *m, struct names *used, struct arena *a)
{
	const char *why = NULL;

	if (!listed(elements, m->name))
		return arena_printf(a, "it holds an element '%.*s'", (int)m->name.n, m->name.at);
	if (m->depth + m->empty == 1 && !piece_is(m->name, "svg"))
		return "it is no drawing";
	for (size_t i = 0; i < m->attributes && !why; i++)
		why = check_attribute(&m->attribute[i], used, a);
	return why;
}

static const char *check(const char *text, struct names *used, struct arena *a)
{
	struct markup m;
	enum markup_kind kind;
	const char *why = NULL;

	markup_init(&m, text);
	while (!why && (kind = markup_next(&m)) != MARKUP_END) {
		if (kind == MARKUP_WRONG)
			why = m.reason;
		else if (kind == MARKUP_OPEN)
			why = check_open(&m, used, a);
	}
	return why;
}

/* The whole file; NULL with errno, 0 when it is empty or binary. */
static char *slurp(const char *path, struct arena *a)
{
	FILE *f = fopen(path, "re");
	char *buf = NULL, *text = NULL;
	size_t cap = 0;
	ssize_t n;

	if (!f)
		return NULL;
	errno = 0;
	n = getdelim(&buf, &cap, '\0', f);
	if (n > 0 && (size_t)n == strlen(buf))
		text = arena_strdup(a, buf);
	free(buf);
	fclose(f);
	return text;
}

const char *picture_read(struct picture *p, const char *path, struct arena *a)
{
	struct names used = { 0 };
	const char *why;

	*p = (struct picture){ .text = slurp(path, a) };
	if (!p->text)
		return errno ? strerror(errno) : "it is empty, or no text";
	why = check(p->text, &used, a);
	p->id = used.name;
	p->ids = used.n;
	return why;
}

/* --- printing, of what was found well formed and fit --- */

static void put(FILE *out, struct piece p)
{
	fwrite(p.at, 1, p.n, out);
}

/* The place of id @v among those that are used; p->ids: not there. */
static size_t find(const struct picture *p, struct piece v)
{
	size_t i = 0;

	while (i < p->ids && !piece_is(v, p->id[i]))
		i++;
	return i;
}

/* An id that nothing refers to is of no use, and one that is there twice is the
 * first one's. */
static void print_id(FILE *out, const struct picture *p, struct piece value,
		     const char *prefix, bool *given)
{
	size_t i = find(p, value);

	if (i == p->ids || given[i])
		return;
	given[i] = true;
	html(out, " id=\"%s%s\"", prefix, p->id[i]);
}

static void print_attribute(FILE *out, const struct picture *p, const struct attribute *a,
			    const char *prefix, bool *given)
{
	struct piece to = target(a);

	if (!listed(attributes, a->name))
		return;
	if (piece_is(a->name, "id")) {
		print_id(out, p, a->value, prefix, given);
		return;
	}
	fputc(' ', out);
	put(out, a->name);
	if (is_id(to)) {
		html(out, is_link(a) ? "=\"#%s%s\"" : "=\"url(#%s%s)\"", prefix,
		     p->id[find(p, to)]);
		return;
	}
	fprintf(out, "=%c", a->quote);
	put(out, a->value);
	fputc(a->quote, out);
}

static void print_open(FILE *out, const struct picture *p, const struct markup *m,
		       const char *prefix, const char *label, bool *given)
{
	fputc('<', out);
	put(out, m->name);
	if (m->depth + m->empty == 1)
		html(out, " xmlns=\"http://www.w3.org/2000/svg\""
		     " xmlns:xlink=\"http://www.w3.org/1999/xlink\""
		     " role=\"img\" aria-label=\"%s\"", label);
	for (size_t i = 0; i < m->attributes; i++)
		print_attribute(out, p, &m->attribute[i], prefix, given);
	fputs(m->empty ? "/>" : ">", out);
}

/* Read on to the end of the element that @m has just opened. */
static void pass_element(struct markup *m)
{
	size_t depth = m->depth;

	while (m->depth >= depth)
		markup_next(m);
}

/* Is there nothing in the element that @m has just opened?  gnuplot makes many a
 * group without marks; and the drawing's own title is "Gnuplot". */
static bool is_idle(const struct markup *m)
{
	const char *s = m->at + strspn(m->at, " \t\n");

	if (m->empty)
		return false;
	if (m->depth == 2 && (piece_is(m->name, "title") || piece_is(m->name, "desc")))
		return true;
	return piece_is(m->name, "g") && s[0] == '<' && s[1] == '/';
}

static bool is_worded(const struct markup *m)
{
	struct piece in = m->open[m->depth - 1];

	return piece_is(in, "text") || piece_is(in, "tspan") || piece_is(in, "title") ||
	       piece_is(in, "desc");
}

void picture_print(FILE *out, const struct picture *p, const char *prefix,
		   const char *label)
{
	struct arena a = { 0 };
	bool *given = arena_alloc(&a, p->ids * sizeof *given);
	enum markup_kind kind;
	struct markup m;

	markup_init(&m, p->text);
	while ((kind = markup_next(&m)) != MARKUP_END) {
		if (kind == MARKUP_OPEN && is_idle(&m)) {
			pass_element(&m);
		} else if (kind == MARKUP_OPEN) {
			print_open(out, p, &m, prefix, label, given);
		} else if (kind == MARKUP_CLOSE) {
			fputs("</", out);
			put(out, m.name);
			fputs(piece_is(m.name, "tspan") ? ">" : ">\n", out);
		} else if (is_worded(&m)) {
			put(out, m.text);
		}
	}
	arena_release(&a);
}

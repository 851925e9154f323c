#include <stdint.h>
#include <string.h>

#include "report/html.h"
#include "report/markup.h"

static const char *const entities[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&apos;" };
enum { ENTITIES = sizeof entities / sizeof *entities };

bool piece_is(struct piece p, const char *s)
{
	return strlen(s) == p.n && !memcmp(p.at, s, p.n);
}

void markup_init(struct markup *m, const char *text)
{
	*m = (struct markup){ .at = text };
}

static enum markup_kind wrong(struct markup *m, const char *why)
{
	m->reason = why;
	return MARKUP_WRONG;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

static void skip_space(struct markup *m)
{
	while (is_space(*m->at))
		m->at++;
}

/* A name in ASCII; none: of no length. */
static struct piece read_name(struct markup *m)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	struct piece p = { m->at, 0 };

	if (*m->at && (strchr(letters, *m->at) || *m->at == '_'))
		while (m->at[p.n] && (strchr(letters, m->at[p.n]) ||
				      strchr("0123456789:_.-", m->at[p.n])))
			p.n++;
	m->at += p.n;
	return p;
}

/* How long the character or the entity at @s is; 0: neither. */
static size_t one(const char *s)
{
	uint32_t c;

	for (int i = 0; *s == '&' && i < ENTITIES; i++)
		if (!strncmp(s, entities[i], strlen(entities[i])))
			return strlen(entities[i]);
	return *s == '&' ? 0 : html_char(s, &c);
}

/* Text up to one of @ends, which must come.  False when it is none. */
static bool read_text(struct markup *m, const char *ends, struct piece *p)
{
	size_t n;

	p->at = m->at;
	while (*m->at && !strchr(ends, *m->at)) {
		if (!strncmp(m->at, "]]>", 3) || !(n = one(m->at)))
			return false;
		m->at += n;
	}
	p->n = (size_t)(m->at - p->at);
	return *m->at;
}

static bool known(const struct markup *m, struct piece name)
{
	for (size_t i = 0; i < m->attributes; i++)
		if (m->attribute[i].name.n == name.n &&
		    !memcmp(m->attribute[i].name.at, name.at, name.n))
			return true;
	return false;
}

/* name="value", with what is around it.  NULL, or what is wrong. */
static const char *read_attribute(struct markup *m)
{
	struct attribute a = { .name = read_name(m) };

	if (!a.name.n || known(m, a.name) || m->attributes == MARKUP_ATTRIBUTES)
		return "an attribute without a name, or twice, or too many";
	skip_space(m);
	if (*m->at != '=')
		return "an attribute without a value";
	m->at++;
	skip_space(m);
	a.quote = *m->at;
	if (a.quote != '"' && a.quote != '\'')
		return "a value without quotes";
	m->at++;
	if (!read_text(m, a.quote == '"' ? "\"<" : "'<", &a.value) || *m->at != a.quote)
		return "a value that does not end, or is no text";
	m->at++;
	m->attribute[m->attributes++] = a;
	return NULL;
}

static enum markup_kind read_open(struct markup *m)
{
	const char *why = NULL;

	m->attributes = 0;
	m->name = read_name(m);
	if (!m->name.n)
		return wrong(m, "an element without a name");
	while (!why && is_space(*m->at)) {
		skip_space(m);
		if (*m->at == '>' || *m->at == '/')
			break;
		why = read_attribute(m);
	}
	if (why)
		return wrong(m, why);
	m->empty = *m->at == '/';
	m->at += m->empty;
	if (*m->at != '>')
		return wrong(m, "an element that does not end");
	m->at++;
	m->roots += !m->depth;
	if (m->roots > 1)
		return wrong(m, "a second drawing");
	if (m->empty)
		return MARKUP_OPEN;
	if (m->depth == MARKUP_DEPTH)
		return wrong(m, "too deep");
	m->open[m->depth++] = m->name;
	return MARKUP_OPEN;
}

static enum markup_kind read_close(struct markup *m)
{
	struct piece open = m->depth ? m->open[m->depth - 1] : (struct piece){ "", 0 };

	m->name = read_name(m);
	skip_space(m);
	if (!open.n || *m->at != '>' || m->name.n != open.n ||
	    memcmp(m->name.at, open.at, open.n))
		return wrong(m, "elements that are not closed in turn");
	m->at++;
	m->depth--;
	return MARKUP_CLOSE;
}

/* Past a comment or a processing instruction that @m stands at.  False: at
 * neither, or it does not end. */
static bool pass_over(struct markup *m)
{
	bool comment = !strncmp(m->at, "<!--", 4);
	const char *end = comment ? strstr(m->at + 4, "-->") :
		!strncmp(m->at, "<?", 2) ? strstr(m->at, "?>") : NULL;

	m->at = end ? end + (comment ? 3 : 2) : m->at;
	return end;
}

static enum markup_kind read_end(struct markup *m)
{
	if (m->depth)
		return wrong(m, "its end is missing");
	return m->roots ? MARKUP_END : wrong(m, "nothing in it");
}

enum markup_kind markup_next(struct markup *m)
{
	while (m->at[0] == '<' && (m->at[1] == '!' || m->at[1] == '?'))
		if (!pass_over(m))
			return wrong(m, "a declaration, or a comment without end");
	if (!*m->at)
		return read_end(m);
	if (*m->at == '<') {
		m->at++;
		if (*m->at != '/')
			return read_open(m);
		m->at++;
		return read_close(m);
	}
	if (!m->depth) {		/* between comments, before and after */
		const char *from = m->at;

		skip_space(m);
		return m->at == from ? wrong(m, "text outside") : markup_next(m);
	}
	return read_text(m, "<", &m->text) ? MARKUP_TEXT :
		wrong(m, "bytes that are no text, or its end is missing");
}

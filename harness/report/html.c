#include <stdarg.h>
#include <stdbool.h>

#include "report/html.h"

static bool allowed(uint32_t c)
{
	if (c < 0xa0)
		return c == '\t' || c == '\n' || (c >= ' ' && c < 0x7f);
	return c < 0xd800 || (c >= 0xe000 && c <= 0x10ffff && (c & 0xfffe) != 0xfffe &&
			      (c < 0xfdd0 || c > 0xfdef));
}

/* How many bytes a character has whose first is @b, or 0. */
static size_t length(unsigned char b)
{
	if (b < 0x80)
		return 1;
	return b < 0xc2 ? 0 : b < 0xe0 ? 2 : b < 0xf0 ? 3 : b < 0xf5 ? 4 : 0;
}

size_t html_char(const char *s, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *b = (const unsigned char *)s;
	size_t n = length(*b);

	*c = n == 1 ? *b : *b & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((b[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (b[i] & 0x3f);
	}
	return n && *c >= least[n] && allowed(*c) ? n : 0;
}

static const char *escape(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

static void put(FILE *out, const char *s)
{
	while (*s) {
		uint32_t c;
		size_t n = html_char(s, &c);
		const char *as = n ? escape(*s) : "\xef\xbf\xbd";

		if (as)
			fputs(as, out);
		else
			fwrite(s, 1, n, out);
		s += n ? n : 1;
	}
}

void html(FILE *out, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	for (; *fmt; fmt++) {
		if (*fmt != '%')
			fputc(*fmt, out);
		else if (*++fmt == 's')
			put(out, va_arg(ap, const char *));
		else
			fputc(*fmt, out);
	}
	va_end(ap);
}

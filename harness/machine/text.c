#include <ctype.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "machine/text.h"

static size_t read_whole(const char *path, char *buf, size_t n)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	size_t len = 0;
	ssize_t got = 1;

	if (fd < 0)
		return 0;
	while (len < n && (got = read(fd, buf + len, n - len)) > 0)
		len += (size_t)got;
	close(fd);
	return len;
}

bool text_read(char *buf, size_t n, const char *fmt, ...)
{
	char path[4096];
	size_t len = 0;
	va_list ap;
	int p;

	va_start(ap, fmt);
	p = vsnprintf(path, sizeof path, fmt, ap);
	va_end(ap);
	if (p >= 0 && (size_t)p < sizeof path)
		len = read_whole(path, buf, n - 1);
	while (len && isspace((unsigned char)buf[len - 1]))
		len--;
	buf[len] = 0;
	return len > 0;
}

/* The start of the line after that of @s, or NULL. */
static const char *next_line(const char *s)
{
	s = strchr(s, '\n');
	return s ? s + 1 : NULL;
}

bool text_number(const char *text, const char *key, uint64_t *out)
{
	size_t n = strlen(key);

	for (; text; text = next_line(text)) {
		const char *s = text + n;

		if (strncmp(text, key, n) || !isblank((unsigned char)*s))
			continue;
		while (isblank((unsigned char)*s))
			s++;
		if (!isdigit((unsigned char)*s))
			return false;
		*out = strtoull(s, NULL, 10);
		return true;
	}
	return false;
}

bool text_field(const char *text, const char *key, char *buf, size_t n)
{
	size_t k = strlen(key);

	for (; text; text = next_line(text)) {
		const char *s = text + k;

		if (strncmp(text, key, k))
			continue;
		s += strspn(s, " \t");
		if (*s++ != ':')
			continue;
		s += strspn(s, " \t");
		snprintf(buf, n, "%.*s", (int)strcspn(s, "\n"), s);
		return true;
	}
	*buf = 0;
	return false;
}

void text_choice(char *s)
{
	const char *from = strchr(s, '[');
	const char *to = from ? strchr(from, ']') : NULL;

	if (!to)
		return;
	memmove(s, from + 1, (size_t)(to - from - 1));
	s[to - from - 1] = 0;
}

void text_add(char *buf, size_t n, const char *fmt, ...)
{
	size_t len = strlen(buf);
	va_list ap;
	int more;

	va_start(ap, fmt);
	more = vsnprintf(buf + len, n - len, fmt, ap);
	va_end(ap);
	if (more >= 0 && (size_t)more >= n - len && n > 3)
		memcpy(buf + n - 4, "...", 4);
}

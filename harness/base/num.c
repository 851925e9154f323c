#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/num.h"

static const struct {
	const char *suffix;
	uint64_t scale;
} units[] = {
	{ "", 1 },
	{ "k", 1000 }, { "M", 1000000 }, { "G", 1000000000 },
	{ "Ki", 1u << 10 }, { "Mi", 1u << 20 }, { "Gi", 1u << 30 },
	{ "ns", 1 }, { "us", 1000 }, { "ms", 1000000 }, { "s", 1000000000 },
};

int num_parse(const char *s, uint64_t *out)
{
	uint64_t v = 0;

	if (!isdigit((unsigned char)*s))
		return -1;
	for (; isdigit((unsigned char)*s); s++)
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(*s - '0'), &v))
			return -1;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (!strcmp(s, units[i].suffix))
			return __builtin_mul_overflow(v, units[i].scale, out) ? -1 : 0;
	return -1;
}

int num_parse_real(const char *s, double *out)
{
	double v = 0, digit = 1;

	if (!isdigit((unsigned char)*s))
		return -1;
	for (; isdigit((unsigned char)*s); s++)
		v = v * 10 + (*s - '0');
	if (*s == '.') {
		if (!isdigit((unsigned char)*++s))
			return -1;
		for (; isdigit((unsigned char)*s); s++) {
			v = v * 10 + (*s - '0');
			digit *= 10;
		}
	}
	if (*s || v > 1e15)	/* beyond this a double is no longer exact */
		return -1;
	*out = v / digit;
	return 0;
}

int num_parse_hex(const char *s, uint64_t *out)
{
	uint64_t v = 0;

	if (strlen(s) != 16)
		return -1;
	for (; *s; s++) {
		if (!isxdigit((unsigned char)*s))
			return -1;
		v = v << 4 | (uint64_t)(isdigit((unsigned char)*s) ? *s - '0' :
					tolower((unsigned char)*s) - 'a' + 10);
	}
	*out = v;
	return 0;
}

const char *num_text(double v, struct arena *a)
{
	if (fabs(v) >= 1000 && fabs(v) < 1e9)
		return arena_printf(a, "%.0f", v);
	if (v == 0)
		return "0";
	if (fabs(v) < 1e-4 || fabs(v) >= 1e9)
		return arena_printf(a, "%.3e", v);
	return arena_printf(a, "%#.4g", v);
}

const char *num_interval(double v, double lo, double hi, struct arena *a)
{
	if (isnan(v))
		return "-";
	if (isnan(lo))
		return num_text(v, a);
	return arena_printf(a, "%s [%s, %s]", num_text(v, a), num_text(lo, a), num_text(hi, a));
}

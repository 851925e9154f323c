#include <string.h>

#include "workloads/lz.h"

void lz_begin(struct lz *z, size_t n)
{
	z->n = n;
	z->at = z->literals = z->out_n = 0;
	memset(z->last, 0, sizeof z->last);
}

/* Put out the bytes before z->at that found no match. */
static void put_literals(struct lz *z)
{
	const unsigned char *from = z->in + z->at - z->literals;

	while (z->literals) {
		size_t n = z->literals < 128 ? z->literals : 128;

		z->out[z->out_n++] = (unsigned char)(n - 1);
		memcpy(z->out + z->out_n, from, n);
		z->out_n += n;
		z->literals -= n;
		from += n;
	}
}

static void put_match(struct lz *z, size_t length, size_t distance)
{
	put_literals(z);
	z->out[z->out_n++] = (unsigned char)(128 + length - LZ_MATCH);
	z->out[z->out_n++] = (unsigned char)distance;
	z->out[z->out_n++] = (unsigned char)(distance >> 8);
	z->at += length;
}

/* Where the four bytes at z->at were last, plus 1, or 0; they are noted. */
static size_t look_up(struct lz *z)
{
	uint32_t four, *last;
	size_t was;

	memcpy(&four, z->in + z->at, sizeof four);
	last = &z->last[four * 2654435761u >> 20];	/* Knuth's multiplier */
	was = *last;
	*last = (uint32_t)(z->at + 1);
	return was;
}

/* How many bytes at z->at equal those at @from; 0 when two bytes do not reach it. */
static size_t match(const struct lz *z, size_t from)
{
	size_t most = z->n - z->at, i = 0;

	if (z->at - from > LZ_REACH)
		return 0;
	if (most > LZ_LONGEST)
		most = LZ_LONGEST;
	while (i < most && z->in[from + i] == z->in[z->at + i])
		i++;
	return i;
}

static void step(struct lz *z)
{
	size_t was = z->n - z->at >= LZ_MATCH ? look_up(z) : 0;
	size_t length = was ? match(z, was - 1) : 0;

	if (length >= LZ_MATCH) {
		put_match(z, length, z->at - (was - 1));
		return;
	}
	z->at++;
	z->literals++;
}

void lz_run(struct lz *z, size_t until)
{
	while (z->at < z->n && z->at < until)
		step(z);
	if (z->at == z->n)
		put_literals(z);
}

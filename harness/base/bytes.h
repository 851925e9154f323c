/*
 * bytes.h - memory that holds one number over and over: what is sent and written.
 * Floor 0.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Fill @n bytes with those of @word, the least significant first, again and again. */
static inline void bytes_fill(unsigned char *to, size_t n, uint64_t word)
{
	uint64_t bytes = htole64(word);

	for (; n >= sizeof bytes; n -= sizeof bytes, to += sizeof bytes)
		memcpy(to, &bytes, sizeof bytes);
	memcpy(to, &bytes, n);
}

/* Whether they are filled so. */
static inline bool bytes_filled(const unsigned char *from, size_t n, uint64_t word)
{
	uint64_t bytes = htole64(word);

	for (; n >= sizeof bytes; n -= sizeof bytes, from += sizeof bytes)
		if (memcmp(from, &bytes, sizeof bytes))
			return false;
	return !memcmp(from, &bytes, n);
}

#endif

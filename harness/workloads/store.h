/*
 * store.h - what the clients of key-value stores have in common: their parameters,
 * and keys that are there before the clock runs, each with a value that depends on
 * it, so that a set sets what is there already.  Floor 1.
 */
#ifndef WORKLOADS_STORE_H
#define WORKLOADS_STORE_H

#include "workloads/backend.h"
#include "workloads/client.h"

enum { STORE_OP, STORE_BYTES, STORE_KEYS, STORE_PIPELINE, STORE_TRANSPORT,
       STORE_RATE, STORE_ARRIVALS, STORE_PARAMS };
enum { STORE_GET, STORE_SET };
extern const struct param store_params[STORE_PARAMS + 1];

/* Start @b and set all keys.  0, or -1 having recorded why. */
int store_setup(struct run *r, const struct backend *b, const struct protocol *p);

enum {
	STORE_KEY = 16,		/* characters of a key's name, as redis-benchmark's */
	STORE_VALUE = 8192,	/* the longest value */
};

/* @key's name; the first @n bytes of its value. */
void store_key(uint64_t key, unsigned char *out);
void store_value(uint64_t key, unsigned char *out, size_t n);

/* Whether @n bytes at @at are those from @i on of @key's value. */
bool store_value_is(uint64_t key, uint64_t i, const char *at, size_t n);

#endif

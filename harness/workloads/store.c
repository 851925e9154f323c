/* store.c - keys, values and parameters of the stores' clients. */
#include <string.h>

#include "workloads/store.h"

_Static_assert(STORE_VALUE + 128 <= CLIENT_REQUEST, "a value and what is around it");

const struct param store_params[STORE_PARAMS + 1] = {
	[STORE_OP] = { "op", STORE_GET, 0, 1, "get|set", "the command" },
	[STORE_BYTES] = { "bytes", 64, 1, STORE_VALUE, "bytes", "of a value" },
	[STORE_KEYS] = { "keys", 10000, 1, 100000, "", "how many there are" },
	[STORE_PIPELINE] = { "pipeline", 1, 1, CLIENT_WINDOW, "",
			     "commands sent at once on a connection; latency is of all" },
	[STORE_TRANSPORT] = { "transport", BACKEND_TCP, 0, 1, "tcp|unix", "how to reach it" },
	OPEN_LOOP_ROWS(STORE_RATE),
	{ .name = NULL }
};

int store_setup(struct run *r, const struct backend *b, const struct protocol *p)
{
	uint64_t param[STORE_PARAMS];

	memcpy(param, r->param, sizeof param);
	param[STORE_OP] = STORE_SET;
	param[STORE_PIPELINE] = CLIENT_WINDOW;
	param[STORE_RATE] = 0;
	if (client_setup(r, p) < 0 ||
	    run_backend(r, b, (enum backend_how)param[STORE_TRANSPORT], NULL, 0) < 0)
		return -1;
	return client_load(r, p, param, param[STORE_KEYS]);
}

void store_key(uint64_t key, unsigned char *out)
{
	memcpy(out, "key:", 4);
	for (int i = STORE_KEY - 1; i >= 4; i--) {
		out[i] = (unsigned char)('0' + key % 10);
		key /= 10;
	}
}

static uint64_t value_word(uint64_t key, uint64_t i)
{
	return rng_mix(rng_mix(key) + i);
}

void store_value(uint64_t key, unsigned char *out, size_t n)
{
	for (size_t i = 0; i < n; i += 8) {
		uint64_t w = value_word(key, i / 8);

		memcpy(out + i, &w, n - i < 8 ? n - i : 8);
	}
}

bool store_value_is(uint64_t key, uint64_t i, const char *at, size_t n)
{
	while (n) {
		size_t in = i % 8, some = n < 8 - in ? n : 8 - in;
		uint64_t w = value_word(key, i / 8);

		if (memcmp(at, (char *)&w + in, some))
			return false;
		at += some;
		i += some;
		n -= some;
	}
	return true;
}

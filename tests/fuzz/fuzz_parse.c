/*
 * libFuzzer against the three parsers: whatever comes, wherever it is cut, the
 * same is found, and nothing is read that is not there.  The first byte says which
 * parser, the next eight where to cut.  make fuzz
 */
#include <stdint.h>

#include "workloads/parsers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	uint64_t seed;

	if (n < 9)
		return 0;
	memcpy(&seed, data + 1, 8);
	if (!pieces_agree(&parsers[data[0] % PARSERS], (const char *)data + 9, n - 9, seed))
		abort();
	return 0;
}

#include "base/clock.h"
#include "machine/machine.h"

enum { RUNS = 3, ADDS = 1 << 20 };

/* Each addition waits for the one before, so that it takes one cycle whatever
 * else the core could do at once.  The empty asm keeps the compiler from adding
 * them all up beforehand, and @step, which it cannot see through either, keeps
 * the core from it: recent ones fold additions of a constant. */
#define ADD		x += step; __asm__("" : "+r"(x))
#define ADD_4		ADD; ADD; ADD; ADD
#define ADD_16		ADD_4; ADD_4; ADD_4; ADD_4

static unsigned long additions(unsigned long x)
{
	unsigned long step = 3;

	__asm__("" : "+r"(step));
	for (int i = 0; i < ADDS / 16; i++) {
		ADD_16;
	}
	return x;
}

uint64_t canary_ns(void)
{
	uint64_t best = UINT64_MAX;
	unsigned long x = 0;

	for (int i = 0; i < RUNS; i++) {
		uint64_t start = clock_ns(), ns;

		x = additions(x);
		__asm__ volatile("" : : "r"(x));	/* done before the clock is read */
		ns = clock_ns() - start;
		best = ns < best ? ns : best;
	}
	return best;
}

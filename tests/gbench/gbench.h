/*
 * gbench.h - Google Benchmark, as C sees it.
 */
#ifndef TESTS_GBENCH_GBENCH_H
#define TESTS_GBENCH_GBENCH_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Let Google Benchmark call @body(@ctx) @n times, in the calling thread, and
 * return the real time that it reports for all of them, in ns.  It stops at the
 * first call that returns less than 0, and when its report is of fewer calls
 * than @n the result is negative. */
double gbench_time_ns(uint64_t n, int (*body)(void *ctx), void *ctx);

#ifdef __cplusplus
}
#endif

#endif

/* wake.h - how long a sleeping thread takes to be woken. */
#ifndef MACHINE_WAKE_H
#define MACHINE_WAKE_H

#include <stdint.h>

/* Two threads pass a byte to and fro through pipes for about 10 ms, bound to the
 * CPUs with OS indexes @a and @b, which may be the same.  The mean round trip in
 * ns, or 0 when it cannot be had. */
uint64_t wake_round_trip_ns(int a, int b);

#endif

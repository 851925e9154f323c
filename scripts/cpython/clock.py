"""Clock, pin and CPU time, the same in every CPython since 2.7."""
import os
import resource
import time

NS = 1000000000

if not hasattr(os, 'sched_setaffinity'):    # 2.7
    import ctypes
    # PyDLL keeps the interpreter lock, as time.time() does; CDLL would drop it
    libc = ctypes.PyDLL(None, use_errno=True)
    PAIR = ctypes.c_long * 2
    MASK = ctypes.c_ulong * 64

if hasattr(time, 'monotonic_ns'):           # 3.7
    clock = time.monotonic_ns
elif hasattr(time, 'monotonic'):            # a double is exact for 100 days
    def clock():
        return int(time.monotonic() * 1e9)
else:
    def clock():
        at = PAIR()
        libc.clock_gettime(1, at)
        return at[0] * NS + at[1]


def pin(cpu):
    """Keep the calling thread on @cpu; -1: anywhere."""
    if cpu < 0:
        return
    if hasattr(os, 'sched_setaffinity'):
        os.sched_setaffinity(0, [cpu])
        return
    mask = MASK()
    mask[cpu // 64] = 1 << cpu % 64
    if libc.sched_setaffinity(0, ctypes.sizeof(mask), mask):
        raise OSError(ctypes.get_errno(), 'sched_setaffinity')


def usage():
    """CPU time and context switches of the calling thread so far."""
    r = resource.getrusage(1)               # RUSAGE_THREAD
    return [int(r.ru_utime * 1e9), int(r.ru_stime * 1e9), r.ru_nvcsw, r.ru_nivcsw]


def sleep_until(at):
    left = at - clock()
    if left > 0:
        time.sleep(left / 1e9)

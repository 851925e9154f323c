"""Run tasks one after another, every wait blocking, as worker_loop() does."""
import os

import tasks
from clock import clock, sleep_until
from workloads import WORKLOADS


def grant(t, kind, arg):
    """What engines/blocking.c does."""
    if kind == tasks.SLEEP:
        sleep_until(arg)
    elif kind == tasks.SEND:
        while arg:
            arg = arg[os.write(t.fd, arg):]
    elif kind == tasks.RECV:
        t.res = os.read(t.fd, arg)
        while 0 < len(t.res) < arg:
            t.res += os.read(t.fd, arg - len(t.res))


def serve(job, w, latency):
    """The share of worker @w, one task after another."""
    run, timed = WORKLOADS[job['workload']]
    lo, hi = (job['tasks'] * k // job['workers'] for k in (w, w + 1))
    units = checksum = 0
    for index in range(lo, hi):
        t = tasks.Task(job, index)
        t.fd, t.unit_ns = job['fds'][w], clock()
        for kind, arg in run(t):
            if kind != 'unit':
                grant(t, kind, arg)
                continue
            units += 1
            if timed:
                now = clock()
                latency.append(now - t.unit_ns)
                t.unit_ns = now
        checksum += t.result
    return [hi - lo, units, checksum & tasks.ALL]

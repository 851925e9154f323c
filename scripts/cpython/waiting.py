"""Workloads that wait, and are timed unit by unit; see tasks.py."""
from struct import pack

from tasks import ALL, RECV, SEND, SLEEP, UNIT, random
try:
    range = xrange                          # 2.7
except NameError:
    pass


def sleep(t):
    total = 0
    for unit in range(t.units):
        yield SLEEP, t.unit_ns + t.param['time']
        total += random(t, unit)
        yield UNIT
    t.result = total


def echo(t, work=0):
    size, x = t.param['bytes'], 0
    for unit in range(t.units):
        r = random(t, unit)
        request = (pack('<Q', r) * (size // 8 + 1))[:size]
        x = x + r & ALL
        yield SEND, request
        yield RECV, size
        if t.res != request:
            raise ValueError('not the answer to what was asked')
        for tick in range(work):
            x ^= tick
            for _ in range(6):
                x = x + 0x9e3779b97f4a7c15 & ALL
                x ^= x >> 29
        yield UNIT
    t.result = x


def delay(t):
    return echo(t, t.param['work'])
